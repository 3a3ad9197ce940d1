// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.Lab.Form;
import dev.condis.adapter.sim.SimFaults.Operation;
import dev.condis.adapter.sim.TalkingClient.Talk;
import dev.condis.adapter.sim.net.LinkProfile;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.FlowSpec;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.PartyState;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.Sap;
import dev.condis.api.VcState;
import dev.condis.api.client.ClientParty;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A root calls several leaves: its PDUs reach all of them (S24 to S26, R164 to R175). */
@Timeout(60)
class MultipointTest {

    private static final int LEAVES = 3;

    @RegisterExtension
    final CheckedDrivers drivers = new CheckedDrivers();

    private Lab lab;
    private Talk root;
    private final List<ClientParty> parties = new ArrayList<>();

    private static CallParameters call(final int station) {
        return Q2931Parameters.call(Lab.number(station));
    }

    private void start(final Form form, final LinkProfile link) {
        lab = new Lab(drivers, form, LEAVES + 1, link);
        root = lab.clients.get(0).createVc();
    }

    /** Calls the first leaf and adds the others. */
    private void connectAll() {
        parties.add(lab.settled(root.vc.makeCall(call(1), root)).get());
        for (int leaf = 2; leaf <= LEAVES; leaf++) {
            parties.add(lab.settled(root.vc.addParty(call(leaf), root)).get());
        }
        lab.pass(50);
        assertThat(parties).allMatch(party -> party.state() == PartyState.ACTIVE);
    }

    private Talk leaf(final int station) {
        final List<Talk> incoming = lab.clients.get(station).incoming;
        return incoming.get(incoming.size() - 1);
    }

    private void assertReceived(final long first, final long second, final long third) {
        lab.pass(200);
        assertThat(List.of(
                        leaf(1).received.get(),
                        leaf(2).received.get(),
                        leaf(3).received.get()))
                .containsExactly(first, second, third);
    }

    private void assertAllOver() {
        assertThat(root.vc.callState()).isEqualTo(CallState.IDLE);
        assertThat(root.vc.state()).isEqualTo(VcState.INACTIVE);
        assertThat(root.vc.deleteVc().isSuccess()).isTrue();
        lab.assertNothingLeft();
        lab.clients.forEach(client -> assertThat(client.incoming).allMatch(talk -> talk.deleted));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldCopyToEveryLeaf_andLetThemLeaveOneByOne(final Form form) {
        start(form, LinkProfile.ideal().withRate(50_000_000));
        connectAll();
        assertThat(lab.network.statistics().activeCalls()).isEqualTo(1);
        assertThat(leaf(2).vc.callParameters().orElseThrow().has(CallParameters.Flag.MULTIPOINT_VC))
                .isTrue();
        root.send(100, 200, 10);
        assertReceived(100, 100, 100);
        assertThat(List.of(
                        leaf(1).outOfOrder.get(),
                        leaf(2).outOfOrder.get(),
                        leaf(3).outOfOrder.get()))
                .containsOnly(0L);

        leaf(1).send(3, 100, 3);
        lab.pass(50);
        assertThat(leaf(1).failed).as("a leaf does not send").hasValue(3);
        assertThat(root.received).hasValue(0);
        assertThat(leaf(2).received).hasValue(100);

        // The first party leaves first; the call does not depend on it (R170).
        assertThat(lab.settled(parties.get(0).dropParty(Octets.ofText("bye"))).status())
                .isEqualTo(NdisStatus.SUCCESS);
        lab.pass(50);
        assertThat(leaf(1).events).containsExactly("connected", "closed SUCCESS 'bye'", "close SUCCESS");
        root.send(10, 200, 5);
        assertReceived(100, 110, 110);

        assertThat(lab.settled(leaf(3).vc.closeCall(Octets.ofText("had enough")))
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
        lab.pass(50);
        assertThat(root.events).containsExactly("left SUCCESS 'had enough'");
        assertThat(root.vc.parties()).containsExactly(parties.get(1));
        assertThat(parties.get(2).state()).isEqualTo(PartyState.GONE);
        root.send(10, 200, 5);
        assertReceived(100, 120, 110);

        drivers.mayBreak("R169", "client0");
        assertThat(lab.settled(parties.get(1).dropParty(Octets.EMPTY)).status())
                .as("the last leaves with the call (R169)")
                .isEqualTo(NdisStatus.FAILURE);
        assertThat(lab.settled(root.vc.closeCall(parties.get(1), Octets.ofText("the end")))
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
        lab.pass(50);
        assertThat(leaf(2).events).containsExactly("connected", "closed SUCCESS 'the end'", "close SUCCESS");
        assertAllOver();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldEndTheCall_whenTheLastLeafLeaves(final Form form) {
        start(form, LinkProfile.ideal());
        connectAll();
        for (int station = 1; station <= LEAVES; station++) {
            lab.settled(leaf(station).vc.closeCall(Octets.ofText("bye " + station)));
            lab.pass(50);
        }
        assertThat(root.events)
                .containsExactly(
                        "left SUCCESS 'bye 1'", "left SUCCESS 'bye 2'", "closed SUCCESS 'bye 3'", "close SUCCESS");
        assertThat(parties).allMatch(party -> party.state() == PartyState.GONE);
        assertAllOver();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldEndTheCall_whenAllLeavesLeaveAtOnce(final Form form) {
        start(form, LinkProfile.ideal());
        connectAll();
        for (int station = 1; station <= LEAVES; station++) {
            leaf(station).vc.closeCall();
        }
        lab.pass(1_000);
        assertThat(root.events).contains("close SUCCESS");
        assertAllOver();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldEndTheCall_whenOneIsDroppedAndTheOthersLeaveAtOnce(final Form form) {
        start(form, LinkProfile.ideal().withLatency(Duration.ofMillis(2), Duration.ZERO));
        connectAll();
        final CompletableFuture<NdisResult<Void>> dropped =
                parties.get(0).dropParty(Octets.EMPTY).toCompletableFuture();
        leaf(2).vc.closeCall();
        leaf(3).vc.closeCall();
        lab.pass(1_000);
        assertThat(dropped).isDone();
        assertThat(root.events).contains("close SUCCESS");
        assertAllOver();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldSayWhy_whenAPartyCannotBeAdded(final Form form) {
        start(form, LinkProfile.ideal().withRate(8_000_000));
        final FlowSpec flow = FlowSpec.guaranteed(300_000, 1_500);
        final CallParameters asked = Q2931Parameters.call(Lab.number(1), flow, FlowSpec.bestEffort());
        final ClientParty first = lab.settled(root.vc.makeCall(asked, root)).get();
        assertThat(first.callParameters().has(CallParameters.Flag.CALL_PARAMETERS_CHANGED))
                .isFalse();
        assertThat(lab.settled(root.vc.addParty(Q2931Parameters.call(Sap.e164("1")), root))
                        .status())
                .isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        lab.clients.get(2).answer = NdisStatus.RESOURCES;
        assertThat(lab.settled(root.vc.addParty(call(2), root)).status()).isEqualTo(NdisStatus.RESOURCES);
        lab.clients.get(2).answer = NdisStatus.SUCCESS;
        lab.nics.get(2).faults().exhaust(Operation.ACTIVATE, true);
        assertThat(lab.settled(root.vc.addParty(call(2), root)).isSuccess()).isFalse();
        lab.nics.get(2).faults().exhaust(Operation.ACTIVATE, false);
        assertThat(lab.settled(root.vc.addParty(CallParameters.bestEffort(), root))
                        .status())
                .isEqualTo(NdisStatus.NOT_SUPPORTED);
        lab.pass(100);

        final ClientParty second = lab.settled(root.vc.addParty(call(2), root)).get();
        assertThat(second.callParameters().has(CallParameters.Flag.CALL_PARAMETERS_CHANGED))
                .as("another flow than that of the VC is reset to it (R166)")
                .isTrue();
        assertThat(second.callParameters().callManager().orElseThrow().transmit())
                .isEqualTo(flow);
        lab.pass(50);
        assertThat(leaf(2).vc
                        .callParameters()
                        .orElseThrow()
                        .callManager()
                        .orElseThrow()
                        .receive())
                .isEqualTo(flow);
        root.send(5, 100, 5);
        lab.pass(50);
        assertThat(leaf(1).received).hasValue(5);
        assertThat(leaf(2).received).hasValue(5);
        assertThat(lab.settled(root.vc.modifyCallQoS(Q2931Parameters.call(Lab.number(1))))
                        .status())
                .isEqualTo(NdisStatus.NOT_SUPPORTED);
        lab.settled(first.dropParty(Octets.EMPTY));
        lab.settled(root.vc.closeCall());
        assertAllOver();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldUseTheRootsLinkOnce_whenRatesArePromised(final Form form) {
        start(form, LinkProfile.ideal().withRate(8_000_000));
        final FlowSpec flow = FlowSpec.guaranteed(900_000, 1_500);
        for (int round = 0; round < 3; round++) {
            final CallParameters asked = Q2931Parameters.call(Lab.number(1), flow, FlowSpec.bestEffort());
            lab.settled(root.vc.makeCall(asked, root)).get();
            for (int leaf = 2; leaf <= LEAVES; leaf++) {
                lab.settled(root.vc.addParty(Q2931Parameters.call(Lab.number(leaf), flow, FlowSpec.bestEffort()), root))
                        .get();
            }
            final Talk other = lab.clients.get(1).createVc();
            assertThat(lab.settled(other.vc.makeCall(Q2931Parameters.call(Lab.number(2), flow, FlowSpec.bestEffort())))
                            .status())
                    .as("the link of the second leaf is full")
                    .isEqualTo(NdisStatus.CELLRATE_NOT_AVAILABLE);
            assertThat(other.vc.deleteVc().isSuccess()).isTrue();
            final List<ClientParty> all = root.vc.parties();
            all.stream().skip(1).forEach(party -> lab.settled(party.dropParty(Octets.EMPTY)));
            lab.settled(root.vc.closeCall());
            lab.pass(50);
        }
        final FlowSpec back = FlowSpec.guaranteed(1, 1_500);
        assertThat(lab.settled(root.vc.makeCall(Q2931Parameters.call(Lab.number(1), flow, back), root))
                        .status())
                .as("nothing comes back from a leaf")
                .isEqualTo(NdisStatus.INCOMPATIBLE_QOS);
        assertAllOver();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldKeepTheOthers_whenALeafLosesItsLinkOrItsAdapter(final Form form) {
        start(form, LinkProfile.ideal());
        connectAll();
        lab.nics.get(1).port().orElseThrow().setUp(false);
        lab.pass(100);
        assertThat(root.events).containsExactly("left DEST_OUT_OF_ORDER ''");
        lab.adapters.get(2).unregister();
        lab.pass(10_000);
        assertThat(root.events).hasSize(2).last().asString().startsWith("left ");
        root.send(10, 100, 5);
        lab.pass(50);
        assertThat(leaf(3).received).hasValue(10);

        lab.nics.get(1).port().orElseThrow().setUp(true);
        lab.pass(1_000);
        assertThat(leaf(1).events).contains("closed DEST_OUT_OF_ORDER ''", "close SUCCESS");
        parties.add(lab.settled(root.vc.addParty(call(1), root)).get());
        lab.pass(50);
        root.send(10, 100, 5);
        lab.pass(50);
        assertThat(leaf(1).received).as("from where it was added").hasValueGreaterThanOrEqualTo(10);
        assertThat(leaf(3).received).hasValue(20);
        lab.settled(parties.get(3).dropParty(Octets.EMPTY));
        lab.settled(root.vc.closeCall());
        assertAllOver();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldEndForAll_whenTheRootLosesItsLink(final Form form) {
        start(form, LinkProfile.ideal());
        connectAll();
        lab.nics.get(0).port().orElseThrow().setUp(false);
        lab.pass(100);
        for (int station = 1; station <= LEAVES; station++) {
            assertThat(leaf(station).events).contains("closed DEST_OUT_OF_ORDER ''", "close SUCCESS");
        }
        assertThat(root.vc.callState()).as("the link alone ends nothing (R212)").isEqualTo(CallState.CONNECTED);
        final CompletableFuture<NdisResult<ClientParty>> adding =
                root.vc.addParty(call(1), root).toCompletableFuture();
        lab.pass(100);
        lab.nics.get(0).port().orElseThrow().setUp(true);
        lab.pass(1_000);
        assertThat(adding.join().isSuccess()).isFalse();
        assertThat(root.events).contains("closed DEST_OUT_OF_ORDER ''", "close SUCCESS");
        assertAllOver();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldReachEveryLeafInOrder_whenTheirLinksDiffer(final Form form) {
        start(form, LinkProfile.ideal());
        lab.nics.get(2).port().orElseThrow().setRate(2_000_000);
        lab.nics
                .get(3)
                .port()
                .orElseThrow()
                .setProfile(LinkProfile.ideal().withLatency(Duration.ofMillis(7), Duration.ofMillis(3)));
        lab.pass(1);
        connectAll();
        root.send(1_000, 500, 50);
        lab.pass(5_000);
        for (int station = 1; station <= LEAVES; station++) {
            assertThat(leaf(station).received).hasValue(1_000);
            assertThat(leaf(station).outOfOrder).hasValue(0);
        }
        assertThat(root.completed).hasValue(1_000);
        lab.settled(parties.get(0).dropParty(Octets.EMPTY));
        lab.settled(parties.get(1).dropParty(Octets.EMPTY));
        lab.settled(root.vc.closeCall());
        assertAllOver();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldAddAndDropInTheEnd_whenSignalingIsLossy(final Form form) {
        start(form, LinkProfile.ideal());
        parties.add(lab.settled(root.vc.makeCall(call(1), root)).get());
        lab.pass(50);
        final LinkProfile lossy = LinkProfile.ideal().withLoss(0.15).withImpairedSignaling(true);
        lab.nics.get(0).port().orElseThrow().setProfile(lossy);
        int added = 0;
        for (int round = 0; round < 20; round++) {
            final CompletableFuture<NdisResult<ClientParty>> adding =
                    root.vc.addParty(call(2), root).toCompletableFuture();
            lab.pass(80_000);
            assertThat(adding).isDone();
            final Optional<ClientParty> party = adding.join().value();
            added += party.isPresent() ? 1 : 0;
            if (party.isPresent()) {
                final CompletableFuture<NdisResult<Void>> dropping =
                        party.get().dropParty(Octets.EMPTY).toCompletableFuture();
                lab.pass(20_000);
                assertThat(dropping.join().status()).isEqualTo(NdisStatus.SUCCESS);
            }
        }
        assertThat(added).isBetween(15, 20);
        lab.nics.get(0).port().orElseThrow().setProfile(LinkProfile.ideal());
        lab.pass(10);
        lab.settled(root.vc.closeCall());
        assertAllOver();
    }
}
