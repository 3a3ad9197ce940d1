// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.adapter.sim.net.LinkProfile;
import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.PermanentCircuit;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.VirtualTime;
import dev.condis.api.AdapterInfo;
import dev.condis.api.CallParameters;
import dev.condis.api.Medium;
import dev.condis.api.NdisStatus;
import dev.condis.api.media.AtmConnection;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.MacAddress;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.status.StatusIndication;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** NICs of one station that share an address and a port of the switch. */
class StandInTest {

    private static final MacAddress HERE = new MacAddress(0x0200_0000_000AL);
    private static final MacAddress THERE = new MacAddress(0x0200_0000_000BL);
    private static final AtmConnection ATM = new AtmConnection(0, 100);
    private static final LinkProfile LONG = LinkProfile.ideal().withLatency(Duration.ofMillis(10), Duration.ZERO);

    private final VirtualTime time = new VirtualTime();
    private final NetBufferListPool pool = new NetBufferListPool("test", 64, 64);
    private SimNetwork network;
    private SimMiniport first;
    private SimMiniport second;
    private SimMiniport far;

    private void start(final SimMedium medium, final LinkProfile link) {
        network = new SimNetwork(NetworkOptions.of("lab", medium, 1), time);
        final AtmLabel label = new AtmLabel(0, 100);
        network.addPermanentCircuit(new PermanentCircuit(HERE, label, THERE, label));
        first = nic("here", HERE, link);
        second = nic("here", HERE, link);
        far = nic("there", THERE, link);
    }

    private SimMiniport nic(final String adapter, final MacAddress address, final LinkProfile link) {
        final SimMiniport nic =
                new SimMiniport(network, SimNicOptions.of(address).withLink(link));
        assertThat(nic.initialize(new Named(adapter))).isEqualTo(NdisStatus.SUCCESS);
        final CompletionStage<NdisStatus> restarted = nic.restart();
        time.runUntilIdle();
        assertThat(restarted).isCompletedWithValue(NdisStatus.SUCCESS);
        return nic;
    }

    private record Named(String name) implements MiniportAdapter {
        @Override
        public AdapterInfo adapter() {
            return new AdapterInfo(name, Medium.ATM, 0, Map.of());
        }

        @Override
        public void removeMiniport(final String cause) {
            assertThat(cause).contains("pulled out");
        }

        @Override
        public void indicateStatus(final StatusIndication indication) {
            assertThat(indication.code()).isNotNull();
        }

        @Override
        public void resetMiniport(final String cause) {
            throw new AssertionError(cause);
        }
    }

    private static FakeVc active(final SimMiniport nic, final MediaFlow flow) {
        final FakeVc vc = new FakeVc();
        vc.context = (SimVc) nic.createVc(vc).get();
        assertThat(vc.context
                        .activateVc(CallParameters.permanent(flow.toMediaParameters()))
                        .toCompletableFuture()
                        .join()
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
        return vc;
    }

    private void send(final FakeVc vc, final String... texts) {
        for (final String text : texts) {
            vc.context.sendNetBufferLists(pool.allocate().fill(text.getBytes(StandardCharsets.UTF_8)), NblFlags.NONE);
        }
    }

    private static List<String> texts(final FakeVc vc) {
        return vc.received.stream()
                .map(octets -> new String(octets, StandardCharsets.UTF_8))
                .toList();
    }

    private static void deactivate(final FakeVc vc) {
        assertThat(vc.context.deactivateVc()).isCompletedWithValue(NdisStatus.SUCCESS);
    }

    @Test
    void shouldEndTheCircuitAtWhoeverHasIt_whenAPduArrives() {
        start(SimMedium.ATM, LONG);
        final FakeVc peer = active(far, ATM);
        final FakeVc before = active(first, ATM);
        send(peer, "1");
        time.advance(Duration.ofMillis(30));
        final FakeVc after = active(second, ATM);
        send(peer, "2");
        time.advance(Duration.ofMillis(30));
        assertThat(texts(before)).as("the first keeps it while it has it").containsExactly("1", "2");
        send(peer, "3");
        time.advance(Duration.ofMillis(15));
        deactivate(before);
        time.advance(Duration.ofMillis(15));
        assertThat(texts(after)).as("was on its way when the circuit moved").containsExactly("3");

        final FakeVc again = active(first, ATM);
        send(peer, "4");
        time.advance(Duration.ofMillis(30));
        assertThat(texts(again)).as("the first, which is active again").containsExactly("4");
        send(peer, "5");
        time.advance(Duration.ofMillis(5));
        first.halt(HaltAction.DEVICE_DISABLED);
        time.advance(Duration.ofMillis(30));
        assertThat(texts(after)).as("the first is gone").containsExactly("3", "5");
        deactivate(after);
        send(peer, "6");
        time.advance(Duration.ofMillis(30));
        assertThat(second.statistics().rcvPdusUnknown()).as("nobody has it").isEqualTo(1);
        assertThat(peer.completions).hasSize(6).containsOnly("SUCCESS");
    }

    @Test
    void shouldKeepTheOrder_whenOneSendsAfterTheOther() {
        start(SimMedium.ATM, LONG.withLatency(Duration.ofMillis(5), Duration.ofMillis(5)));
        final FakeVc peer = active(far, ATM);
        final FakeVc before = active(first, ATM);
        send(before, "1", "2", "3");
        time.advance(Duration.ofNanos(1));
        deactivate(before);
        assertThat(before.completions).hasSize(3).containsOnly("SUCCESS");
        final FakeVc after = active(second, ATM);
        send(after, "4", "5");
        first.halt(HaltAction.DEVICE_DISABLED);
        time.runUntilIdle();
        assertThat(texts(peer)).containsExactly("1", "2", "3", "4", "5");
        assertThat(network.port(HERE)).isPresent();
        second.halt(HaltAction.DEVICE_DISABLED);
        assertThat(network.port(HERE)).isEmpty();
    }

    @Test
    void shouldNotTransmitWhatIsReportedAsFailed_whenOneIsPulledOut() {
        // one cell takes a millisecond
        start(SimMedium.ATM, LinkProfile.ideal().withRate(424_000));
        final FakeVc peer = active(far, ATM);
        final FakeVc before = active(first, ATM);
        send(before, "1", "2", "3");
        time.advance(Duration.ofNanos(1_500_000));
        first.faults().surpriseRemoval();
        assertThat(before.completions).containsExactly("SUCCESS", "NOT_ACCEPTED", "NOT_ACCEPTED");
        final FakeVc after = active(second, ATM);
        send(after, "4");
        time.runUntilIdle();
        assertThat(texts(peer)).containsExactly("1", "4");
    }

    @Test
    void shouldCutOneOff_andKeepTheOther() {
        start(SimMedium.ATM, LinkProfile.ideal());
        final FakeVc peer = active(far, ATM);
        final FakeVc before = active(first, ATM);
        final FakeVc after = active(second, ATM);
        first.port().orElseThrow().setUp(false);
        time.runUntilIdle();
        assertThat(first.port().orElseThrow().isUp()).isFalse();
        assertThat(second.port().orElseThrow().isUp()).isTrue();
        send(before, "not sent");
        send(after, "sent");
        send(peer, "to the one with a link");
        time.runUntilIdle();
        assertThat(before.completions).containsExactly("FAILURE");
        assertThat(after.completions).containsExactly("SUCCESS");
        assertThat(texts(peer)).containsExactly("sent");
        assertThat(texts(after)).containsExactly("to the one with a link");

        second.port().orElseThrow().setUp(false);
        first.port().orElseThrow().setUp(true);
        time.runUntilIdle();
        send(peer, "to the other");
        send(before, "sent again");
        time.runUntilIdle();
        assertThat(texts(before)).containsExactly("to the other");
        assertThat(texts(peer)).containsExactly("sent", "sent again");
    }

    @Test
    void shouldSendAsTheOwnLinkDoes_whenTheOtherLosesEverything() {
        start(SimMedium.ATM, LinkProfile.ideal());
        final FakeVc peer = active(far, ATM);
        final FakeVc after = active(second, ATM);
        first.port().orElseThrow().setProfile(LinkProfile.ideal().withLoss(1));
        time.runUntilIdle();
        send(after, "there");
        send(peer, "and back");
        time.runUntilIdle();
        assertThat(texts(peer)).containsExactly("there");
        assertThat(texts(after)).containsExactly("and back");
    }

    @Test
    void shouldGiveAFrameToTheCircuitThatSaysMost_whoeverHasIt() {
        start(SimMedium.ETHERNET, LinkProfile.ideal());
        final FakeVc anything = active(first, EthernetFlow.peer(THERE, 0x88B5));
        final FakeVc vlan = active(second, EthernetFlow.parse("vlan:7/peer:" + THERE + "/type:0x88b5"));
        final FakeVc peer = active(far, EthernetFlow.peer(HERE, 0x88B5));
        final FakeVc peerVlan = active(far, EthernetFlow.parse("vlan:7/peer:" + HERE + "/type:0x88b5"));
        send(peer, "plain");
        send(peerVlan, "tagged");
        time.runUntilIdle();
        assertThat(texts(anything)).containsExactly("plain");
        assertThat(texts(vlan)).containsExactly("tagged");
        deactivate(anything);
        final FakeVc moved = active(second, EthernetFlow.peer(THERE, 0x88B5));
        send(peer, "plain");
        time.runUntilIdle();
        assertThat(texts(moved)).containsExactly("plain");
    }

    @Test
    void shouldRefuse_whenTheAddressIsAnothersStation() {
        start(SimMedium.ATM, LinkProfile.ideal());
        final SimMiniport stranger = new SimMiniport(network, SimNicOptions.of(HERE));
        assertThat(stranger.initialize(new Named("elsewhere"))).isEqualTo(NdisStatus.RESOURCE_CONFLICT);
        assertThat(network.ports()).hasSize(3);
        network.close();
        assertThat(network.ports()).isEmpty();
    }
}
