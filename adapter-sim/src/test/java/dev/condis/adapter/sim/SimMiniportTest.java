// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.SimFaults.Operation;
import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.adapter.sim.net.LinkProfile;
import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.PermanentCircuit;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.VirtualTime;
import dev.condis.api.AdapterInfo;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.MediaParameters;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.SpecificParameters;
import dev.condis.api.media.AtmConnection;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.MacAddress;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.nbl.NetBufferListQueue;
import dev.condis.api.status.StatusIndication;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class SimMiniportTest {

    private static final MacAddress LEFT = new MacAddress(0x020000000001L);
    private static final MacAddress RIGHT = new MacAddress(0x020000000002L);

    private final VirtualTime time = new VirtualTime();
    private final NetBufferListPool pool = new NetBufferListPool("test", 300, 66_000);
    private final List<String> removals = new ArrayList<>();
    private final List<StatusIndication> statuses = new ArrayList<>();
    private SimNetwork network;
    private SimMiniport left;
    private SimMiniport right;

    private void start(SimMedium medium, SimNicOptions leftOptions, SimNicOptions rightOptions) {
        network = new SimNetwork(NetworkOptions.of("lab", medium, 1), time);
        if (medium == SimMedium.ATM) {
            network.addPermanentCircuit(new PermanentCircuit(LEFT, new AtmLabel(0, 100), RIGHT, new AtmLabel(0, 200)));
        }
        left = new SimMiniport(network, leftOptions);
        right = new SimMiniport(network, rightOptions);
        assertThat(left.initialize(adapter("left"))).isEqualTo(NdisStatus.SUCCESS);
        assertThat(right.initialize(adapter("right"))).isEqualTo(NdisStatus.SUCCESS);
        for (SimMiniport nic : List.of(left, right)) {
            CompletionStage<NdisStatus> restarted = nic.restart();
            time.runUntilIdle();
            assertThat(restarted).isCompletedWithValue(NdisStatus.SUCCESS);
        }
    }

    private void startAtm() {
        start(SimMedium.ATM, SimNicOptions.of(LEFT), SimNicOptions.of(RIGHT));
    }

    private MiniportAdapter adapter(String name) {
        return new MiniportAdapter() {
            @Override
            public AdapterInfo adapter() {
                return new AdapterInfo(name, Medium.ATM, 0, Map.of());
            }

            @Override
            public void removeMiniport(String cause) {
                removals.add(cause);
            }

            @Override
            public void indicateStatus(StatusIndication indication) {
                statuses.add(indication);
            }

            @Override
            public void resetMiniport(String cause) {
                throw new AssertionError(cause);
            }
        };
    }

    private static FakeVc vc(SimMiniport nic) {
        FakeVc vc = new FakeVc();
        vc.context = (SimVc) nic.createVc(vc).get();
        return vc;
    }

    private static CallParameters on(MediaFlow flow, MediaParameters.Flag... flags) {
        Set<MediaParameters.Flag> all = new HashSet<>(Set.of(flags));
        all.addAll(Set.of(MediaParameters.Flag.TRANSMIT_VC, MediaParameters.Flag.RECEIVE_VC));
        return new CallParameters(
                Set.of(),
                Optional.empty(),
                Optional.of(new MediaParameters(all, 0, 0, Optional.of(flow.toSpecificParameters()))));
    }

    private static NdisStatus activate(FakeVc vc, CallParameters parameters) {
        return vc.context.activateVc(parameters).toCompletableFuture().join().status();
    }

    private FakeVc active(SimMiniport nic, MediaFlow flow) {
        FakeVc vc = vc(nic);
        assertThat(activate(vc, on(flow))).isEqualTo(NdisStatus.SUCCESS);
        return vc;
    }

    private void send(FakeVc vc, String... texts) {
        NetBufferListQueue queue = new NetBufferListQueue();
        for (String text : texts) {
            queue.add(pool.allocate().fill(text.getBytes(StandardCharsets.UTF_8)));
        }
        vc.context.sendNetBufferLists(queue.takeAll(), NblFlags.NONE);
    }

    private static List<String> texts(FakeVc vc) {
        return vc.received.stream()
                .map(octets -> new String(octets, StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void shouldCarryChainsInOrderAndCount_whenBothAreActive() {
        startAtm();
        FakeVc out = active(left, new AtmConnection(0, 100));
        FakeVc in = active(right, new AtmConnection(0, 200));

        send(out, "a", "bb", "ccc");
        send(out, "dddd");
        assertThat(out.completions).as("nothing on the stack of the sender").isEmpty();
        time.runUntilIdle();

        assertThat(texts(in)).containsExactly("a", "bb", "ccc", "dddd");
        assertThat(in.receiveFlags).as("one indication").containsExactly(NblFlags.RECEIVE_DISPATCH_LEVEL);
        assertThat(out.completions).containsExactly("SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS");
        assertThat(pool.outstanding()).isZero();
        assertThat(right.outstandingReceives()).isZero();
        SimStatistics sent = left.statistics();
        assertThat(sent.xmitPdusOk()).isEqualTo(4);
        assertThat(sent.bytesXmit()).isEqualTo(10);
        SimStatistics received = right.vcStatistics().get("fake");
        assertThat(received.rcvPdusOk()).isEqualTo(4);
        assertThat(received.bytesRcv()).isEqualTo(10);
        assertThat(in.timestamps).containsOnly(0L);
    }

    @Test
    void shouldRefuseParametersItCannotCarry_andKeepTheOldOnes() {
        LinkProfile link = LinkProfile.ideal().withRate(8_000_000);
        start(SimMedium.ATM, SimNicOptions.of(LEFT).withLink(link), SimNicOptions.of(RIGHT));
        FakeVc out = active(left, new AtmConnection(0, 100));
        FakeVc in = active(right, new AtmConnection(0, 200));
        FakeVc other = vc(left);

        assertThat(activate(other, on(new AtmConnection(0, 100)))).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(activate(other, on(new AtmConnection(256, 100)))).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(activate(other, on(new AtmConnection(0, 3)))).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(activate(other, on(EthernetFlow.vlan(7)))).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(activate(other, CallParameters.bestEffort())).isEqualTo(NdisStatus.INVALID_DATA);
        SpecificParameters nonsense = new SpecificParameters(AtmConnection.PARAM_TYPE, Octets.ofText("nonsense"));
        assertThat(activate(other, CallParameters.permanent(MediaParameters.duplex(nonsense))))
                .isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(activate(other, on(new AtmConnection(0, 101), MediaParameters.Flag.RESERVE_RESOURCES_VC)))
                .isEqualTo(NdisStatus.INVALID_DATA);
        FlowSpec tooLong = FlowSpec.guaranteed(100, 70_000);
        CallManagerParameters traffic = new CallManagerParameters(tooLong, FlowSpec.bestEffort(), Optional.empty());
        assertThat(activate(out, on(new AtmConnection(0, 100)).withCallManager(traffic)))
                .isEqualTo(NdisStatus.INVALID_DATA);

        send(out, "still");
        time.runUntilIdle();
        assertThat(texts(in)).containsExactly("still");
        assertThat(other.context.deactivateVc().toCompletableFuture().join()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(out.context.deleteVc()).isEqualTo(NdisStatus.NOT_ACCEPTED);
    }

    @Test
    void shouldRoundDown_onlyWhenAsked() {
        LinkProfile link = LinkProfile.ideal().withRate(8_000_000);
        start(SimMedium.ATM, SimNicOptions.of(LEFT).withLink(link), SimNicOptions.of(RIGHT));
        FakeVc out = vc(left);
        FlowSpec fast = FlowSpec.guaranteed(5_000_000, 1_000);
        CallManagerParameters traffic = new CallManagerParameters(fast, FlowSpec.bestEffort(), Optional.empty());

        assertThat(activate(out, on(new AtmConnection(0, 100)).withCallManager(traffic)))
                .isEqualTo(NdisStatus.INVALID_DATA);
        CallParameters rounding = on(new AtmConnection(0, 100), MediaParameters.Flag.ROUND_DOWN_FLOW);
        NdisResult<CallParameters> result = out.context
                .activateVc(rounding.withCallManager(traffic))
                .toCompletableFuture()
                .join();
        CallParameters inForce = result.get();
        assertThat(inForce.callManager().orElseThrow().transmit()).isEqualTo(fast.withRate(1_000_000));
        assertThat(inForce.has(CallParameters.Flag.CALL_PARAMETERS_CHANGED)).isTrue();
        CallManagerParameters fits =
                new CallManagerParameters(fast.withRate(900_000), FlowSpec.bestEffort(), Optional.empty());
        CallParameters asked = rounding.withCallManager(fits);
        assertThat(out.context.activateVc(asked).toCompletableFuture().join().get())
                .isEqualTo(asked);
    }

    @Test
    void shouldMoveToAnotherLabel_whenActivatedAgain() {
        startAtm();
        network.addPermanentCircuit(new PermanentCircuit(LEFT, new AtmLabel(1, 50), RIGHT, new AtmLabel(1, 50)));
        FakeVc out = active(left, new AtmConnection(0, 100));
        FakeVc in = active(right, new AtmConnection(1, 50));
        send(out, "lost");
        time.runUntilIdle();
        assertThat(right.statistics().rcvPdusUnknown()).isEqualTo(1);

        assertThat(activate(out, on(new AtmConnection(1, 50)))).isEqualTo(NdisStatus.SUCCESS);
        send(out, "found");
        time.runUntilIdle();
        assertThat(texts(in)).containsExactly("found");
        FakeVc next = active(left, new AtmConnection(0, 100));
        assertThat(next.context.state()).isEqualTo(SimVc.State.ACTIVE);
    }

    @Test
    void shouldDrainBeforeItIsInactive_whenDeactivated() {
        // One cell of 424 bits takes a millisecond.
        LinkProfile slow = LinkProfile.ideal().withRate(424_000);
        start(SimMedium.ATM, SimNicOptions.of(LEFT).withLink(slow), SimNicOptions.of(RIGHT));
        FakeVc out = active(left, new AtmConnection(0, 100));
        FakeVc in = active(right, new AtmConnection(0, 200));
        in.keep = true;
        send(out, "1", "2", "3", "4");
        send(out, "5");
        time.advance(Duration.ofMillis(2));
        assertThat(in.received).hasSize(2);
        CompletableFuture<NdisStatus> sender = out.context.deactivateVc().toCompletableFuture();
        CompletableFuture<NdisStatus> receiver = in.context.deactivateVc().toCompletableFuture();
        send(out, "late");
        assertThat(out.completions).containsExactly("SUCCESS", "SUCCESS", "VC_NOT_ACTIVATED");
        assertThat(sender).as("three are queued (R93)").isNotDone();
        time.advance(Duration.ofMillis(10));

        assertThat(sender).isCompletedWithValue(NdisStatus.SUCCESS);
        assertThat(out.completions)
                .containsExactly("SUCCESS", "SUCCESS", "VC_NOT_ACTIVATED", "SUCCESS", "SUCCESS", "SUCCESS");
        assertThat(pool.outstanding()).isZero();
        assertThat(receiver).as("two NBLs are with the receiver (R94)").isNotDone();
        assertThat(in.received).as("nothing is indicated any more (R95)").hasSize(2);
        in.giveBack();
        assertThat(receiver).isCompletedWithValue(NdisStatus.SUCCESS);
        assertThat(in.context.deactivateVc().toCompletableFuture().join()).isEqualTo(NdisStatus.NOT_ACCEPTED);

        assertThat(activate(in, on(new AtmConnection(0, 200)))).isEqualTo(NdisStatus.SUCCESS);
        assertThat(activate(out, on(new AtmConnection(0, 100)))).isEqualTo(NdisStatus.SUCCESS);
        in.keep = false;
        send(out, "again");
        time.runUntilIdle();
        assertThat(texts(in)).endsWith("again").hasSize(3);
        assertThat(out.context.deactivateVc()).isCompletedWithValue(NdisStatus.SUCCESS);
        assertThat(out.context.deleteVc()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(activate(out, on(new AtmConnection(0, 100)))).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(left.vcStatistics()).isEmpty();
    }

    @Test
    void shouldCompleteLater_whenAskedToBeAsynchronous() {
        start(SimMedium.ATM, SimNicOptions.of(LEFT).withAsyncCompletions(true), SimNicOptions.of(RIGHT));
        FakeVc out = vc(left);
        CompletableFuture<NdisResult<CallParameters>> activated =
                out.context.activateVc(on(new AtmConnection(0, 100))).toCompletableFuture();
        assertThat(activated).isNotDone();
        time.runUntilIdle();
        assertThat(activated).isCompletedWithValueMatching(NdisResult::isSuccess);
        CompletableFuture<NdisStatus> deactivated = out.context.deactivateVc().toCompletableFuture();
        assertThat(deactivated).isNotDone();
        time.runUntilIdle();
        assertThat(deactivated).isCompletedWithValue(NdisStatus.SUCCESS);
        left.faults().lose(Operation.ACTIVATE, 1);
        assertThat(left.faults().toLose(Operation.ACTIVATE)).isOne();
        CompletableFuture<NdisResult<CallParameters>> lost =
                out.context.activateVc(on(new AtmConnection(0, 100))).toCompletableFuture();
        time.advance(Duration.ofHours(1));
        assertThat(lost).isNotDone();
        assertThat(left.faults().toLose(Operation.ACTIVATE)).isZero();
        assertThat(out.context.state()).isEqualTo(SimVc.State.ACTIVE);
    }

    @Test
    void shouldDropOrLendBuffers_whenTheReceiverKeepsAll() {
        for (boolean copy : List.of(false, true)) {
            startAgain(copy);
            FakeVc out = active(left, new AtmConnection(0, 100));
            FakeVc in = active(right, new AtmConnection(0, 200));
            in.keep = true;
            send(out, "1", "2", "3", "4", "5", "6");
            time.runUntilIdle();
            if (copy) {
                assertThat(texts(in)).containsExactly("1", "2", "3", "4", "5", "6");
                int resources = NblFlags.RECEIVE_DISPATCH_LEVEL | NblFlags.RECEIVE_RESOURCES;
                assertThat(in.receiveFlags)
                        .containsExactly(NblFlags.RECEIVE_DISPATCH_LEVEL, resources, resources, resources);
            } else {
                assertThat(texts(in)).containsExactly("1", "2", "3");
                assertThat(right.statistics().rcvPdusNoBuffer()).isEqualTo(3);
            }
            assertThat(right.outstandingReceives()).isEqualTo(3);
            in.giveBack();
            send(out, "7");
            time.runUntilIdle();
            assertThat(texts(in)).endsWith("7");
            in.giveBack();
            assertThat(in.context.deactivateVc()).isCompletedWithValue(NdisStatus.SUCCESS);
            left.halt(HaltAction.DEVICE_DISABLED);
            right.halt(HaltAction.DEVICE_DISABLED);
        }
    }

    private void startAgain(boolean copy) {
        start(SimMedium.ATM, SimNicOptions.of(LEFT), SimNicOptions.of(RIGHT).withReceiveBuffers(2, 1, copy));
    }

    @Test
    void shouldDropOrMarkDamagedPdus_asTheVcWants() {
        LinkProfile bad = LinkProfile.ideal().withCorruption(1);
        start(SimMedium.ATM, SimNicOptions.of(LEFT).withLink(bad), SimNicOptions.of(RIGHT));
        FakeVc out = active(left, new AtmConnection(0, 100));
        FakeVc in = active(right, new AtmConnection(0, 200));
        send(out, "x");
        time.runUntilIdle();
        assertThat(in.received).isEmpty();
        assertThat(right.statistics().rcvPdusError()).isEqualTo(1);

        assertThat(activate(
                        in,
                        on(
                                new AtmConnection(0, 200),
                                MediaParameters.Flag.INDICATE_ERRED_PACKETS,
                                MediaParameters.Flag.RECEIVE_TIME_INDICATION)))
                .isEqualTo(NdisStatus.SUCCESS);
        time.advance(Duration.ofSeconds(3));
        send(out, "x");
        time.runUntilIdle();
        assertThat(in.received).hasSize(1);
        assertThat(in.timestamps).containsExactly(3_000_000_000L);
    }

    @Test
    void shouldCompleteWithTheRightStatus_whenItCannotBeSent() {
        startAtm();
        FakeVc out = vc(left);
        send(out, "early");
        assertThat(out.completions).containsExactly("VC_NOT_ACTIVATED");
        MediaParameters receiveOnly = new MediaParameters(
                Set.of(MediaParameters.Flag.RECEIVE_VC),
                0,
                0,
                Optional.of(new AtmConnection(0, 100).toSpecificParameters()));
        assertThat(activate(out, CallParameters.permanent(receiveOnly))).isEqualTo(NdisStatus.SUCCESS);
        send(out, "wrong way");
        assertThat(out.completions).endsWith("FAILURE");
        assertThat(activate(out, on(new AtmConnection(0, 100)))).isEqualTo(NdisStatus.SUCCESS);
        NetBufferList huge = pool.allocate();
        huge.data().limit(65_536);
        out.context.sendNetBufferLists(huge, NblFlags.NONE);
        time.runUntilIdle();
        assertThat(out.completions).endsWith("INVALID_LENGTH");
        left.port().orElseThrow().setUp(false);
        send(out, "down");
        time.runUntilIdle();
        assertThat(out.completions).endsWith("FAILURE");
        left.surpriseRemoved();
        send(out, "gone");
        assertThat(out.completions).endsWith("NOT_ACCEPTED").hasSize(5);
        assertThat(left.statistics().xmitPdusError()).isEqualTo(5);
        assertThat(out.context.deactivateVc()).isCompletedWithValue(NdisStatus.SUCCESS);
        assertThat(left.createVc(new FakeVc()).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(pool.outstanding()).isZero();
    }

    @Test
    void shouldGiveEverythingBack_whenPulledOutWhileSending() {
        LinkProfile slow = LinkProfile.ideal().withRate(424_000);
        start(SimMedium.ATM, SimNicOptions.of(LEFT).withLink(slow), SimNicOptions.of(RIGHT));
        FakeVc out = active(left, new AtmConnection(0, 100));
        send(out, "1", "2", "3");
        time.advance(Duration.ofNanos(1_500_000));
        send(out, "4");
        left.faults().surpriseRemoval();
        assertThat(out.completions).containsExactly("SUCCESS", "NOT_ACCEPTED", "NOT_ACCEPTED", "NOT_ACCEPTED");
        assertThat(removals).singleElement().asString().contains("pulled out");
        assertThat(pool.outstanding()).isZero();
        assertThat(out.context.deactivateVc()).isCompletedWithValue(NdisStatus.SUCCESS);
        left.halt(HaltAction.SURPRISE_REMOVED);
        left.halt(HaltAction.SURPRISE_REMOVED);
        assertThat(network.port(LEFT)).isEmpty();

        SimMiniport next = new SimMiniport(network, SimNicOptions.of(LEFT));
        assertThat(next.initialize(adapter("left"))).isEqualTo(NdisStatus.SUCCESS);
        assertThat(new SimMiniport(network, SimNicOptions.of(LEFT)).initialize(adapter("twin")))
                .isEqualTo(NdisStatus.RESOURCE_CONFLICT);
    }

    @Test
    void shouldShareTheLinkBetweenVcs_whenSeveralHaveMuchToSend() {
        LinkProfile slow = LinkProfile.ideal().withRate(424_000);
        start(SimMedium.ATM, SimNicOptions.of(LEFT).withLink(slow), SimNicOptions.of(RIGHT));
        network.addPermanentCircuit(new PermanentCircuit(LEFT, new AtmLabel(0, 101), RIGHT, new AtmLabel(0, 201)));
        FakeVc first = active(left, new AtmConnection(0, 100));
        FakeVc second = active(left, new AtmConnection(0, 101));
        active(right, new AtmConnection(0, 200));
        active(right, new AtmConnection(0, 201));
        for (int i = 0; i < 100; i++) {
            send(first, "x");
        }
        send(second, "y");
        time.advance(Duration.ofMillis(40));
        assertThat(second.completions)
                .as("does not wait for all of the other's")
                .hasSize(1);
        time.runUntilIdle();
        assertThat(first.completions).hasSize(100);
    }

    @Test
    void shouldCarrySignalingWithEveryStation_andSessions_whenTheMediumIsEthernet() {
        start(SimMedium.ETHERNET, SimNicOptions.of(LEFT), SimNicOptions.of(RIGHT));
        FakeVc everyOut = active(left, EthernetFlow.parse("vlan:7/stations:0x8863"));
        FakeVc everyIn = active(right, EthernetFlow.parse("vlan:7/stations:0x8863"));
        FakeVc sessionOut = active(left, EthernetFlow.parse("vlan:7/peer:" + RIGHT + "/pppoe:5"));
        FakeVc sessionIn = active(right, EthernetFlow.parse("vlan:7/peer:" + LEFT + "/pppoe:5"));
        FakeVc otherSession = active(right, EthernetFlow.parse("vlan:7/peer:" + LEFT + "/pppoe:6"));

        sendLatin(everyOut, stations(RIGHT, RIGHT) + "padi");
        sendLatin(everyOut, stations(MacAddress.BROADCAST, RIGHT) + "to all");
        sendLatin(everyOut, stations(new MacAddress(0x0200_0000_0077L), RIGHT) + "not for here");
        sendLatin(everyOut, "too short");
        send(sessionOut, "ppp");
        time.runUntilIdle();

        assertThat(everyIn.received)
                .extracting(pdu -> new String(pdu, StandardCharsets.ISO_8859_1))
                .as("the sender is who it is, whatever the PDU says")
                .containsExactly(stations(RIGHT, LEFT) + "padi", stations(MacAddress.BROADCAST, LEFT) + "to all");
        assertThat(everyOut.completions).containsExactlyInAnyOrder("SUCCESS", "SUCCESS", "SUCCESS", "INVALID_LENGTH");
        assertThat(texts(sessionIn)).containsExactly("ppp");
        assertThat(otherSession.received).isEmpty();
        FakeVc second = vc(left);
        assertThat(activate(second, on(EthernetFlow.parse("vlan:7/stations:0x8863"))))
                .isEqualTo(NdisStatus.INVALID_DATA);
    }

    private void sendLatin(FakeVc vc, String text) {
        vc.context.sendNetBufferLists(pool.allocate().fill(text.getBytes(StandardCharsets.ISO_8859_1)), NblFlags.NONE);
    }

    private static String stations(MacAddress to, MacAddress from) {
        byte[] both = new byte[12];
        to.copyTo(both, 0);
        from.copyTo(both, 6);
        return new String(both, StandardCharsets.ISO_8859_1);
    }

    @Test
    void shouldCarryFlows_whenTheMediumIsEthernet() {
        start(SimMedium.ETHERNET, SimNicOptions.of(LEFT), SimNicOptions.of(RIGHT));
        FakeVc typeOut = active(left, EthernetFlow.peer(RIGHT, 0x88B5));
        FakeVc typeIn = active(right, EthernetFlow.peer(LEFT, 0x88B5));
        FakeVc vlanOut = active(left, EthernetFlow.vlan(100));
        FakeVc vlanIn = active(right, EthernetFlow.vlan(100));
        FakeVc innerOut = active(left, EthernetFlow.parse("svlan:100/vlan:7/peer:" + RIGHT + "/type:0x88b6"));
        FakeVc innerIn = active(right, EthernetFlow.parse("svlan:100/vlan:7/peer:" + LEFT + "/type:0x88b6"));
        FakeVc llcOut = active(left, EthernetFlow.parse("peer:" + RIGHT + "/type:llc"));
        FakeVc llcIn = active(right, EthernetFlow.parse("peer:" + LEFT + "/type:llc"));

        send(typeOut, "type");
        send(vlanOut, "\u0008\u0000vlan");
        send(innerOut, "inner");
        send(llcOut, "llc");
        time.runUntilIdle();
        assertThat(texts(typeIn)).containsExactly("type");
        assertThat(texts(vlanIn)).containsExactly("\u0008\u0000vlan");
        assertThat(texts(innerIn)).containsExactly("inner");
        assertThat(texts(llcIn)).containsExactly("llc");
        FakeVc other = vc(left);
        assertThat(activate(other, on(EthernetFlow.vlan(100)))).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(activate(other, on(EthernetFlow.parse("mpls:500")))).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(activate(other, on(new AtmConnection(0, 100)))).isEqualTo(NdisStatus.INVALID_DATA);
        NetBufferList tooLong = pool.allocate();
        tooLong.data().limit(1_520);
        typeOut.context.sendNetBufferLists(tooLong, NblFlags.NONE);
        time.runUntilIdle();
        assertThat(typeOut.completions).containsExactly("SUCCESS", "INVALID_LENGTH");
        assertThat(vlanIn.context.deactivateVc()).isCompletedWithValue(NdisStatus.SUCCESS);
        send(vlanOut, "\u0008\u0000gone");
        time.runUntilIdle();
        assertThat(vlanIn.received).hasSize(1);
    }
}
