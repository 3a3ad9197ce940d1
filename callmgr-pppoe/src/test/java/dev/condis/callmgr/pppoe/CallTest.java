// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.client.ClientVc;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.MacAddress;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.pppoe.PppoeParameters;
import dev.condis.api.pppoe.PppoeTag;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of ours to ours, over a simulated Ethernet. */
@Timeout(60)
class CallTest {
    private static final Octets LCP = Octets.of((byte) 0xc0, (byte) 0x21, (byte) 9, (byte) 1, (byte) 0, (byte) 4);
    private static final Octets IP = Octets.of((byte) 0x00, (byte) 0x21, (byte) 0x45);

    private PppoeLab lab = new PppoeLab();

    @AfterEach
    void leavesNothing() {
        lab.close();
    }

    private void restart(final PppoeSettings settings, final boolean async) {
        lab.close();
        lab = new PppoeLab(settings, async);
    }

    private static EthernetFlow flow(final CallParameters call) {
        return (EthernetFlow) MediaFlow.fromSpecificParameters(
                        call.media().orElseThrow().specific().orElseThrow())
                .orElseThrow();
    }

    @ParameterizedTest(name = "NICs that complete later: {0}")
    @ValueSource(booleans = {false, true})
    void carriesACallFromTheServiceToTheLastDelete(final boolean async) {
        restart(PppoeSettings.DEFAULT.named(PppoeLab.AC_NAME), async);
        lab.serve("internet");
        final PppoeLab.Making making = lab.begin(PppoeParameters.service("internet"));
        final CallParameters made = lab.now(making.made()).get();

        assertThat(made.flags()).containsExactly(CallParameters.Flag.CALL_PARAMETERS_CHANGED);
        assertThat(PppoeParameters.of(made))
                .contains(PppoeParameters.service("internet").at(PppoeLab.AC_NAME));
        assertThat(made.callManager().orElseThrow().transmit().maxSduSize()).isEqualTo(1494);
        final CallParameters offered = lab.server.offered().get(0);
        assertThat(PppoeParameters.of(offered)).isEqualTo(PppoeParameters.of(made));
        assertThat(flow(made).peer()).contains(PppoeLab.AC);
        assertThat(flow(offered).peer()).contains(PppoeLab.HOST);
        assertThat(flow(made).innermost()).isEqualTo(flow(offered).innermost());
        assertThat(lab.server.events()).containsExactly("connected");

        final ClientVc there = lab.server.incoming().get(0);
        lab.send(making.vc(), LCP);
        lab.send(there, IP);
        assertThat(lab.server.received()).containsExactly(LCP);
        assertThat(lab.host.received()).containsExactly(IP);

        lab.hangUp(making.vc(), "");
        assertThat(making.vc().state()).isEqualTo(VcState.INACTIVE);
        assertThat(lab.server.events()).containsExactly("connected", "closed SUCCESS", "deleted");
        assertThat(making.vc().deleteVc().isSuccess()).isTrue();
        assertThat(lab.signaling("ac").sessions().size()).isZero();
        assertThat(lab.signaling("host").sessions().size()).isZero();
        assertThat(lab.signaling("ac").concentrator().requests()).isZero();
    }

    @Test
    void carriesCloseDataBothWays() {
        lab.serve("internet");
        final ClientVc first = lab.call("internet");
        lab.hangUp(first, "done");
        assertThat(lab.server.events()).contains("closed SUCCESS 'done'");

        final CallParameters asked = PppoeParameters.service("internet").toCall();
        assertThat(lab.now(first.makeCall(asked)).isSuccess())
                .as("the next call on the same VC (R113)")
                .isTrue();
        lab.hangUp(lab.server.incoming().get(1), "maintenance");
        assertThat(lab.host.events()).containsExactly("closed SUCCESS 'maintenance'");
        assertThat(first.deleteVc().isSuccess()).isTrue();
    }

    @Test
    void refusesCloseDataThatDoNotFit() {
        lab.serve("internet");
        final ClientVc vc = lab.call("internet");
        assertThat(lab.now(vc.closeCall(Octets.of(new byte[256]))).status()).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
        lab.hangUp(vc, "");
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @Test
    void findsTheServiceThatIsAskedFor() {
        lab.serve("internet");
        lab.serve("voice");
        final ClientVc voice = lab.call("voice");
        final ClientVc any = lab.call("");

        assertThat(lab.server.offered())
                .extracting(call -> PppoeParameters.of(call).orElseThrow().serviceName())
                .containsExactly("voice", "");
        assertThat(lab.failure(PppoeParameters.service("tv").toCall(), Duration.ofSeconds(7))
                        .status())
                .isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        assertThat(lab.dropped("ac", Dropped.UNKNOWN_SERVICE)).isEqualTo(3);
        lab.hangUp(voice, "");
        lab.hangUp(any, "");
    }

    @Test
    void takesAnyServiceForWhomWantsAny() {
        lab.serve(AccessConcentrator.ANY);
        final PppoeLab.Making making = lab.begin(PppoeParameters.service("whatever"));
        assertThat(PppoeLab.agreed(lab.now(making.made())).orElseThrow().serviceName())
                .isEqualTo("whatever");
        lab.hangUp(making.vc(), "");
    }

    @Test
    void looksForTheAccessConcentratorThatIsNamed() {
        lab.serve("internet");
        final PppoeParameters wanted = PppoeParameters.service("internet");
        assertThat(lab.failure(wanted.at("another").toCall(), Duration.ofSeconds(7))
                        .status())
                .isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        assertThat(lab.dropped("host", Dropped.UNFIT)).isEqualTo(3);
        final PppoeLab.Making making = lab.begin(wanted.at(PppoeLab.AC_NAME));
        assertThat(lab.now(making.made()).isSuccess()).isTrue();
        lab.hangUp(making.vc(), "");
    }

    @Test
    void looksForTheStationThatIsNamed() {
        lab.serve("internet");
        final CallParameters wanted = PppoeParameters.service("internet").toCall();
        final CallParameters elsewhere =
                wanted.withMedia(EthernetFlow.parse("peer:02-00-00-00-00-0c").toMediaParameters());
        final CallParameters there =
                wanted.withMedia(EthernetFlow.parse("peer:02-00-00-00-00-0b").toMediaParameters());
        assertThat(lab.failure(elsewhere, Duration.ofSeconds(7)).status())
                .isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        final PppoeLab.Making making = lab.begin(there);
        assertThat(lab.now(making.made()).isSuccess()).isTrue();
        lab.hangUp(making.vc(), "");
    }

    @Test
    void callsWithinVlans() {
        restart(PppoeSettings.DEFAULT.named(PppoeLab.AC_NAME).onLinks("untagged", "svlan:200/vlan:7"), false);
        lab.serve("internet");
        final CallParameters wanted = PppoeParameters.service("internet").toCall();
        final PppoeLab.Making making = lab.begin(
                wanted.withMedia(EthernetFlow.parse("svlan:200/vlan:7").toMediaParameters()));
        final CallParameters made = lab.now(making.made()).get();

        assertThat(flow(made).text()).startsWith("svlan:200/vlan:7/peer:02-00-00-00-00-0b/pppoe:");
        assertThat(flow(lab.server.offered().get(0)).text())
                .startsWith("svlan:200/vlan:7/peer:02-00-00-00-00-0a/pppoe:");
        lab.send(making.vc(), LCP);
        assertThat(lab.server.received()).containsExactly(LCP);
        lab.hangUp(making.vc(), "");
        assertThat(lab.failure(wanted.withMedia(EthernetFlow.vlan(8).toMediaParameters()), Duration.ZERO)
                        .status())
                .isEqualTo(NdisStatus.NOT_SUPPORTED);
    }

    @ParameterizedTest
    @CsvSource({"1500, 1500, 1500", "1500, 9000, 1500", "9000, 1500, 1500", "1492, 1500, 1492", "1500, 1492, 1492"})
    void agreesOnTheLargestPayloadThatBothCan(final int asked, final int allowed, final int agreed) {
        restart(PppoeSettings.DEFAULT.named(PppoeLab.AC_NAME).with(new PppoeSettings.Limits(10, 10, allowed)), false);
        lab.serve("internet");
        final PppoeLab.Making making =
                lab.begin(PppoeParameters.service("internet").withMaxPayload(asked));
        final NdisResult<CallParameters> made = lab.now(making.made());
        assertThat(PppoeLab.agreed(made).orElseThrow().maxPayload()).isEqualTo(agreed);
        assertThat(PppoeParameters.of(lab.server.offered().get(0)).orElseThrow().maxPayload())
                .isEqualTo(agreed);
        lab.hangUp(making.vc(), "");
    }

    @Test
    void carriesTagsThatConcernOnlyTheClients() {
        lab.serve("internet");
        final PppoeTag line = new PppoeTag(PppoeTag.VENDOR_SPECIFIC, Octets.ofText("\0\0\rline 7"));
        final PppoeLab.Making making =
                lab.begin(PppoeParameters.service("internet").withOthers(List.of(line)));
        assertThat(lab.now(making.made()).isSuccess()).isTrue();
        assertThat(PppoeParameters.of(lab.server.offered().get(0)).orElseThrow().others())
                .containsExactly(line);
        lab.hangUp(making.vc(), "");
    }

    @ParameterizedTest
    @CsvSource({"NOT_SUPPORTED, INVALID_SAP", "RESOURCES, RESOURCES", "FAILURE, FAILURE"})
    void tellsTheHostWhyItWasRejected(final NdisStatus said, final NdisStatus heard) {
        lab.serve("internet");
        lab.server.answers(
                parameters -> NdisResult.<CallParameters>failure(said).asStage());
        final NdisResult<CallParameters> refused =
                lab.failure(PppoeParameters.service("internet").toCall(), Duration.ZERO);
        assertThat(refused.status()).isEqualTo(heard);
        assertThat(refused.refusal().orElseThrow().explanation()).contains("'ac-one' refuses: ");
        assertThat(lab.server.events()).containsExactly("deleted");
        assertThat(lab.vcs()).isEqualTo(2);
        assertThat(lab.signaling("ac").sessions().size()).isZero();
    }

    @Test
    void acceptsNoOtherParametersFromTheCalledClient() {
        lab.serve("internet");
        lab.server.answers(parameters -> NdisResult.success(
                        PppoeParameters.service("mine").toCall().with(CallParameters.Flag.CALL_PARAMETERS_CHANGED))
                .asStage());
        assertThat(lab.failure(PppoeParameters.service("internet").toCall(), Duration.ZERO)
                        .status())
                .isEqualTo(NdisStatus.INVALID_SAP);
        assertThat(lab.server.events()).containsExactly("closed NOT_SUPPORTED", "deleted");
    }

    @Test
    void waitsForAClientThatThinks() {
        lab.serve("internet");
        final CompletableFuture<NdisResult<CallParameters>> thought = new CompletableFuture<>();
        lab.server.answers(parameters -> thought);
        final PppoeLab.Making making = lab.begin(PppoeParameters.service("internet"));
        lab.time.advance(Duration.ofSeconds(2));
        assertThat(lab.dropped("ac", Dropped.DUPLICATE)).as("PADRs sent again").isEqualTo(1);
        thought.complete(NdisResult.success(lab.server.offered().get(0)));
        assertThat(lab.now(making.made()).isSuccess()).isTrue();
        assertThat(lab.server.offered()).hasSize(1);
        lab.hangUp(making.vc(), "");
    }

    @Test
    void boundsTheSessionsOfAPeerAndOfAll() {
        restart(PppoeSettings.DEFAULT.named(PppoeLab.AC_NAME).with(new PppoeSettings.Limits(2, 1, 1492)), false);
        lab.serve("internet");
        final ClientVc first = lab.call("internet");
        assertThat(lab.failure(PppoeParameters.service("internet").toCall(), Duration.ofSeconds(7))
                        .status())
                .isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        assertThat(lab.dropped("ac", Dropped.FULL)).isEqualTo(3);
        lab.hangUp(first, "");
        assertThat(first.deleteVc().isSuccess()).isTrue();
        lab.hangUp(lab.call("internet"), "");
    }

    @Test
    void hasOtherBoundsWhenTheyAreChangedAndKeepsItsSessions() {
        final PppoeSettings before = PppoeSettings.DEFAULT.named(PppoeLab.AC_NAME);
        lab.serve("internet");
        final ClientVc first = lab.call("internet");
        final ClientVc second = lab.call("internet");

        lab.change(before.with(new PppoeSettings.Limits(10, 1, 1500)).named("renamed"));
        assertThat(lab.failure(PppoeParameters.service("internet").toCall(), Duration.ofSeconds(7))
                        .status())
                .isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        lab.send(first, LCP);
        lab.send(second, IP);
        assertThat(lab.server.received()).containsExactly(LCP, IP);
        assertThat(lab.server.events()).containsExactly("connected", "connected");

        lab.change(before.with(new PppoeSettings.Limits(10, 3, 1500)).named("renamed"));
        final PppoeLab.Making third =
                lab.begin(PppoeParameters.service("internet").at("renamed").withMaxPayload(1500));
        assertThat(PppoeLab.agreed(lab.now(third.made())).orElseThrow().maxPayload())
                .isEqualTo(1500);
        List.of(first, second, third.vc()).forEach(vc -> lab.hangUp(vc, ""));
    }

    @Test
    void changesItsTimesWithoutEndingAnything() {
        lab.begin(PppoeParameters.service("nobody has this"));
        lab.change(PppoeSettings.DEFAULT
                .named(PppoeLab.AC_NAME)
                .with(new PppoeSettings.Timing(
                        Duration.ofMillis(100), 1, Duration.ofSeconds(1), Duration.ofMillis(50), Duration.ZERO)));
        assertThat(lab.failure(PppoeParameters.service("nor this").toCall(), Duration.ofMillis(100))
                        .status())
                .isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
    }

    @Test
    void takesLinksInAndOutOfUse() {
        final PppoeSettings settings = PppoeSettings.DEFAULT.named(PppoeLab.AC_NAME);
        lab.serve("internet");
        final ClientVc untagged = lab.call("internet");
        final CallParameters wanted = PppoeParameters.service("internet").toCall();
        final CallParameters tagged = wanted.withMedia(EthernetFlow.vlan(7).toMediaParameters());
        assertThat(lab.failure(tagged, Duration.ZERO).status()).isEqualTo(NdisStatus.NOT_SUPPORTED);

        lab.change(settings.onLinks("vlan:7"));
        final PppoeLab.Making making = lab.begin(tagged);
        assertThat(lab.now(making.made()).isSuccess()).isTrue();
        assertThat(lab.failure(wanted, Duration.ZERO).status()).isEqualTo(NdisStatus.NOT_SUPPORTED);
        lab.stranger.heard();
        lab.stranger.send(
                MacAddress.BROADCAST, DiscoveryPacket.Code.PADI, 0, PppoeTag.ofText(PppoeTag.SERVICE_NAME, "internet"));
        lab.settle();
        assertThat(lab.stranger.heard()).as("no call begins there").isEmpty();
        lab.send(untagged, LCP);
        assertThat(lab.server.received()).containsExactly(LCP);
        lab.hangUp(untagged, "and its end is signaled there");
        assertThat(lab.server.events()).contains("closed SUCCESS 'and its end is signaled there'");

        lab.change(settings.onLinks("untagged", "vlan:7"));
        lab.hangUp(lab.call("internet"), "");
        lab.hangUp(making.vc(), "");
        assertThat(lab.vcs()).as("signaling on both links of both").isEqualTo(4 + 3);
    }

    @Test
    void refusesWhatItCannotSignal() {
        final CallParameters good = PppoeParameters.service("internet").toCall();
        final List<CallParameters> bad = List.of(
                CallParameters.bestEffort(),
                good.with(CallParameters.Flag.PERMANENT_VC),
                good.with(CallParameters.Flag.BROADCAST_VC),
                good.withMedia(MediaFlow.parse("peer:02-00-00-00-00-0b/pppoe:7").toMediaParameters()),
                good.withMedia(MediaFlow.parse("type:0x88b6").toMediaParameters()));
        bad.forEach(
                asked -> assertThat(lab.failure(asked, Duration.ZERO).status()).isEqualTo(NdisStatus.NOT_SUPPORTED));
        assertThat(lab.failure(good.withMedia(MediaFlow.parse("atm:0/100").toMediaParameters()), Duration.ZERO)
                        .status())
                .isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(lab.signaling("host").counters().sentOf(DiscoveryPacket.Code.PADI))
                .isZero();
    }

    @Test
    void hasEachServiceOnce() {
        lab.serve("internet");
        assertThat(lab.now(lab.host.af().registerSap(dev.condis.api.Sap.pppoe("internet"), lab.host))
                        .isSuccess())
                .as("on another adapter")
                .isTrue();
        for (final dev.condis.api.Sap sap : List.of(
                dev.condis.api.Sap.pppoe("internet"),
                dev.condis.api.Sap.pppoe(""),
                dev.condis.api.Sap.pppoe("x".repeat(256)),
                dev.condis.api.Sap.pvc("internet"),
                new dev.condis.api.Sap(dev.condis.api.Sap.PPPOE, Octets.of((byte) 0xff)))) {
            assertThat(lab.now(lab.server.af().registerSap(sap, lab.server)).status())
                    .isEqualTo(NdisStatus.INVALID_DATA);
        }
    }

    @Test
    void offersNothingWhenTheServiceIsGone() {
        final dev.condis.api.client.ClientSap sap = lab.serve("internet");
        final ClientVc vc = lab.call("internet");
        assertThat(lab.now(sap.deregister()).isSuccess()).isTrue();
        assertThat(vc.state()).as("R59: calls go on").isEqualTo(VcState.ACTIVE);
        assertThat(lab.failure(PppoeParameters.service("internet").toCall(), Duration.ofSeconds(7))
                        .status())
                .isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        assertThat(lab.dropped("ac", Dropped.NOT_SERVING)).isEqualTo(3);
        lab.hangUp(vc, "");
    }

    @Test
    void keepsItsSessionsWhenTheAdapterBelowIsReplaced() {
        lab.serve("internet");
        final ClientVc vc = lab.call("internet");
        final ClientVc there = lab.server.incoming().get(0);

        lab.replace("host", PppoeLab.HOST);
        lab.replace("ac", PppoeLab.AC);
        lab.send(vc, LCP);
        lab.send(there, IP);
        assertThat(lab.server.received()).containsExactly(LCP);
        assertThat(lab.host.received()).containsExactly(IP);

        final ClientVc second = lab.call("internet");
        lab.hangUp(second, "signaling goes on too");
        assertThat(lab.server.events()).contains("closed SUCCESS 'signaling goes on too'");
        lab.hangUp(vc, "");
        assertThat(lab.server.events().stream().filter(event -> event.startsWith("closed")))
                .hasSize(2);
    }

    @Test
    void endsCallsWithTheirClientsAndAdapters() {
        lab.serve("internet");
        lab.call("internet");
        lab.begin(PppoeParameters.service("tv"));
        assertThat(lab.vcs()).isGreaterThan(3);
        // leavesNothing unregisters all of it in the middle of that
        assertThat(Optional.of(lab.signaling("host").sessions().size())).contains(2);
    }
}
