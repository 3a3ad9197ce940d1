// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.SimFaults.Operation;
import dev.condis.adapter.sim.TalkingClient.Talk;
import dev.condis.adapter.sim.net.LinkProfile;
import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.NsapAddress;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.VirtualTime;
import dev.condis.api.AdapterInfo;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.FlowSpec;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.Sap;
import dev.condis.api.VcState;
import dev.condis.api.client.ClientSap;
import dev.condis.api.media.MacAddress;
import dev.condis.core.engine.DriverDescriptor;
import dev.condis.core.engine.MiniportDescriptor;
import dev.condis.core.engine.MiniportRegistration;
import dev.condis.core.engine.NdisEngine;
import dev.condis.core.engine.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two clients on two simulated NICs call each other through the switch and the real core, on virtual time. */
@Timeout(60)
class CallTest {

    /** How the drivers are put together and what they are told. */
    enum Variant {
        MCM(true, false, false, false),
        MCM_ASYNC(true, true, false, false),
        MCM_ACTIVATE_FIRST(true, false, true, false),
        MCM_REUSE(true, true, true, true),
        STAND_ALONE(false, false, false, false),
        STAND_ALONE_ASYNC(false, true, false, false),
        STAND_ALONE_ACTIVATE_FIRST(false, true, true, false),
        STAND_ALONE_REUSE(false, false, false, true);

        final boolean mcm;
        final boolean async;
        final boolean activateFirst;
        final boolean reuse;

        Variant(boolean mcm, boolean async, boolean activateFirst, boolean reuse) {
            this.mcm = mcm;
            this.async = async;
            this.activateFirst = activateFirst;
            this.reuse = reuse;
        }
    }

    private static final Sap CALLED = Sap.e164("4930200");

    @RegisterExtension
    final CheckedDrivers drivers = new CheckedDrivers();

    private final VirtualTime time = new VirtualTime();
    private final SimNetwork network = new SimNetwork(NetworkOptions.of("lab", SimMedium.ATM, 7), time);
    private final NdisEngine engine = drivers.engine(time);
    private final List<SimMiniport> miniports = new ArrayList<>();
    private final List<SimCallManager> callManagers = new ArrayList<>();
    private final List<MiniportRegistration> adapters = new ArrayList<>();
    private final List<Registration> others = new ArrayList<>();
    private final TalkingClient caller = new TalkingClient();
    private final TalkingClient callee = new TalkingClient();

    private void start(Variant variant, LinkProfile link) {
        SimCallManagerOptions options = SimCallManagerOptions.defaults()
                .withActivationBeforeOffer(variant.activateFirst)
                .withReusedVcs(variant.reuse);
        if (!variant.mcm) {
            SimCallManager callManager = new SimCallManager(time, options);
            callManagers.add(callManager);
            others.add(engine.registerCallManager(DriverDescriptor.everywhere("sim-cm"), callManager));
        }
        for (int i = 1; i <= 2; i++) {
            SimNicOptions nic = SimNicOptions.of(new MacAddress(i))
                    .withLink(link)
                    .withReceiveBuffers(256, 4, false)
                    .withAsyncCompletions(variant.async);
            AdapterInfo info = new AdapterInfo("atm" + i, Medium.ATM, 0, Map.of());
            if (variant.mcm) {
                SimMcm mcm = new SimMcm(network, nic, options);
                miniports.add(mcm.miniport());
                callManagers.add(mcm.callManager());
                adapters.add(engine.registerMiniport(MiniportDescriptor.of(info), mcm));
            } else {
                SimMiniport miniport = new SimMiniport(network, nic);
                miniports.add(miniport);
                adapters.add(engine.registerMiniport(MiniportDescriptor.of(info), miniport));
            }
        }
        others.add(engine.registerClient(DriverDescriptor.on("caller", "atm1"), caller));
        others.add(engine.registerClient(DriverDescriptor.on("callee", "atm2"), callee));
        time.advance(Duration.ofMillis(100));
        CompletableFuture<NdisResult<ClientSap>> sap = callee.listen(CALLED).toCompletableFuture();
        time.advance(Duration.ofMillis(100));
        assertThat(sap).isCompletedWithValueMatching(NdisResult::isSuccess);
    }

    private <T> T settled(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        for (int i = 0; i < 1_000 && !future.isDone(); i++) {
            time.advance(Duration.ofMillis(1));
        }
        assertThat(future).isDone();
        return future.join();
    }

    private Talk connect() {
        Talk talk = caller.createVc();
        NdisResult<CallParameters> made = settled(talk.vc.makeCall(Q2931Parameters.call(CALLED)));
        assertThat(made.status()).isEqualTo(NdisStatus.SUCCESS);
        time.advance(Duration.ofMillis(20));
        return talk;
    }

    private void assertNothingLeft() {
        time.advance(Duration.ofSeconds(1));
        callManagers.forEach(callManager -> assertThat(callManager.calls()).isZero());
        assertThat(network.statistics().activeCalls()).isZero();
        miniports.forEach(miniport -> assertThat(miniport.outstandingReceives()).isZero());
        assertThat(caller.pool.outstanding()).isZero();
        assertThat(callee.pool.outstanding()).isZero();
        // Every label is free again: the next call can have any.
        Talk talk = caller.createVc();
        settled(talk.vc.makeCall(Q2931Parameters.call(CALLED)));
        settled(talk.vc.closeCall());
        assertThat(talk.vc.deleteVc().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void shouldTalkInBothDirectionsWithoutLoss_whenTheCallerCloses(Variant variant) {
        start(
                variant,
                LinkProfile.ideal().withRate(100_000_000).withLatency(Duration.ofMillis(2), Duration.ofMillis(1)));
        Talk out = connect();
        Talk in = callee.incoming.get(0);
        assertThat(in.events).containsExactly("connected");
        assertThat(out.vc.callState()).isEqualTo(CallState.CONNECTED);
        assertThat(in.vc.callState()).isEqualTo(CallState.CONNECTED);

        out.send(1_000, 200, 32);
        in.send(700, 1_000, 1);
        time.advance(Duration.ofSeconds(1));
        assertThat(in.received).hasValue(1_000);
        assertThat(out.received).hasValue(700);
        assertThat(in.outOfOrder).hasValue(0);
        assertThat(out.outOfOrder).hasValue(0);
        assertThat(out.completed).hasValue(1_000);
        assertThat(out.failed).hasValue(0);

        assertThat(settled(out.vc.closeCall(Octets.ofText("bye"))).status()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(out.vc.state()).isEqualTo(VcState.INACTIVE);
        time.advance(Duration.ofSeconds(1));
        assertThat(in.events).containsExactly("connected", "closed SUCCESS 'bye'", "close SUCCESS");
        assertThat(in.deleted).isNotEqualTo(variant.reuse);
        assertThat(out.vc.deleteVc().isSuccess()).isTrue();
        assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void shouldCloseFromTheOtherSide_andCallAgainOnTheSameVc(Variant variant) {
        start(variant, LinkProfile.ideal());
        Talk out = connect();
        for (int round = 1; round <= 3; round++) {
            Talk in = callee.incoming.get(callee.incoming.size() - 1);
            out.send(10, 100, 4);
            time.advance(Duration.ofMillis(10));
            assertThat(settled(in.vc.closeCall()).status()).isEqualTo(NdisStatus.SUCCESS);
            time.advance(Duration.ofMillis(100));
            assertThat(out.vc.callState()).isEqualTo(CallState.IDLE);
            assertThat(out.vc.state()).isEqualTo(VcState.INACTIVE);
            assertThat(settled(out.vc.makeCall(Q2931Parameters.call(CALLED))).status())
                    .isEqualTo(NdisStatus.SUCCESS);
            time.advance(Duration.ofMillis(20));
        }
        assertThat(callee.incoming).as("VCs made for incoming calls").hasSize(variant.reuse ? 1 : 4);
        settled(out.vc.closeCall());
        assertThat(out.vc.deleteVc().isSuccess()).isTrue();
        assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void shouldLoseNothing_whenBothSendFromTheirFirstCallback(Variant variant) {
        start(variant, LinkProfile.ideal().withLatency(Duration.ofMillis(1), Duration.ofMillis(3)));
        callee.onConnected = () -> callee.incoming.get(0).send(50, 100, 5);
        Talk out = caller.createVc();
        out.vc.makeCall(Q2931Parameters.call(CALLED)).thenAccept(made -> out.send(50, 100, 5));
        time.advance(Duration.ofSeconds(1));
        assertThat(out.received).hasValue(50);
        assertThat(callee.incoming.get(0).received).hasValue(50);
        settled(out.vc.closeCall());
        assertThat(out.vc.deleteVc().isSuccess()).isTrue();
        assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void shouldSayWhy_whenACallCannotBeMade(Variant variant) {
        start(variant, LinkProfile.ideal().withRate(8_000_000));
        Talk out = caller.createVc();

        assertThat(settled(out.vc.makeCall(CallParameters.bestEffort())).status())
                .isEqualTo(NdisStatus.NOT_SUPPORTED);
        assertThat(settled(out.vc.makeCall(Q2931Parameters.call(Sap.e164("1")))).status())
                .isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        FlowSpec tooMuch = FlowSpec.guaranteed(2_000_000, 1_500);
        assertThat(settled(out.vc.makeCall(Q2931Parameters.call(CALLED, tooMuch, tooMuch)))
                        .status())
                .isEqualTo(NdisStatus.CELLRATE_NOT_AVAILABLE);
        callee.answer = NdisStatus.RESOURCES;
        assertThat(settled(out.vc.makeCall(Q2931Parameters.call(CALLED))).status())
                .isEqualTo(NdisStatus.RESOURCES);
        assertThat(callee.refused).hasValue(1);
        assertThat(out.vc.state()).isEqualTo(VcState.INACTIVE);
        callee.answer = NdisStatus.SUCCESS;

        miniports.get(0).faults().exhaust(Operation.ACTIVATE, true);
        assertThat(settled(out.vc.makeCall(Q2931Parameters.call(CALLED))).status())
                .isEqualTo(NdisStatus.RESOURCES);
        miniports.get(0).faults().exhaust(Operation.ACTIVATE, false);
        time.advance(Duration.ofMillis(100));
        miniports.get(1).faults().exhaust(Operation.ACTIVATE, true);
        assertThat(settled(out.vc.makeCall(Q2931Parameters.call(CALLED))).isSuccess())
                .isFalse();
        miniports.get(1).faults().exhaust(Operation.ACTIVATE, false);
        time.advance(Duration.ofMillis(100));
        assertThat(out.vc.deleteVc().isSuccess()).isTrue();
        assertNothingLeft();
    }

    @Test
    void shouldSayWhoCalls_andRouteByNsap() {
        start(Variant.MCM, LinkProfile.ideal());
        Sap nsap = NsapAddress.of(new MacAddress(2), 9);
        List<CallParameters> offered = new ArrayList<>();
        callee.af.join().registerSap(nsap, (vc, context, parameters) -> {
            offered.add(parameters);
            CallManagerParameters traffic = parameters.callManager().orElseThrow();
            CallManagerParameters less = new CallManagerParameters(
                    traffic.transmit(), traffic.receive().withRate(1_000), traffic.specific());
            return NdisResult.success(
                            parameters.withCallManager(less).with(CallParameters.Flag.CALL_PARAMETERS_CHANGED))
                    .asStage();
        });
        time.advance(Duration.ofMillis(10));
        Talk out = caller.createVc();
        FlowSpec asked = FlowSpec.bestEffort().withRate(5_000);
        CallParameters made = settled(out.vc.makeCall(Q2931Parameters.call(nsap, asked, FlowSpec.bestEffort())))
                .get();

        Q2931Parameters parties = offered.get(0)
                .callManager()
                .flatMap(CallManagerParameters::specific)
                .flatMap(Q2931Parameters::parse)
                .orElseThrow();
        assertThat(parties.called()).isEqualTo(nsap);
        assertThat(parties.calling()).contains(NsapAddress.of(new MacAddress(1), 0));
        assertThat(made.has(CallParameters.Flag.CALL_PARAMETERS_CHANGED)).isTrue();
        assertThat(made.callManager().orElseThrow().transmit().tokenRate()).isEqualTo(1_000);
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void shouldTellBothClients_whenALinkGoesDownAndComesBack(Variant variant) {
        start(variant, LinkProfile.ideal());
        Talk out = connect();
        Talk in = callee.incoming.get(0);
        miniports.get(1).port().orElseThrow().setUp(false);
        out.send(5, 100, 5);
        time.advance(Duration.ofMillis(100));
        assertThat(out.vc.callState()).isEqualTo(CallState.IDLE);
        assertThat(out.vc.state()).isEqualTo(VcState.INACTIVE);
        assertThat(out.events).containsExactly("closed DEST_OUT_OF_ORDER ''", "close SUCCESS");
        assertThat(settled(out.vc.makeCall(Q2931Parameters.call(CALLED))).status())
                .isEqualTo(NdisStatus.DEST_OUT_OF_ORDER);

        miniports.get(1).port().orElseThrow().setUp(true);
        time.advance(Duration.ofSeconds(1));
        assertThat(in.events).containsExactly("connected", "closed DEST_OUT_OF_ORDER ''", "close SUCCESS");
        assertThat(settled(out.vc.makeCall(Q2931Parameters.call(CALLED))).status())
                .isEqualTo(NdisStatus.SUCCESS);
        settled(out.vc.closeCall());
        assertThat(out.vc.deleteVc().isSuccess()).isTrue();
        assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void shouldGiveUp_whenTheNetworkIsSilent(Variant variant) {
        start(variant, LinkProfile.ideal());
        miniports.get(0).port().orElseThrow().setUp(false);
        time.advance(Duration.ofMillis(1));
        Talk out = caller.createVc();
        CompletableFuture<NdisResult<CallParameters>> made =
                out.vc.makeCall(Q2931Parameters.call(CALLED)).toCompletableFuture();
        time.advance(Duration.ofMillis(7_900));
        assertThat(made).isNotDone();
        time.advance(Duration.ofMillis(200));
        assertThat(made.join().status()).isEqualTo(NdisStatus.DEST_OUT_OF_ORDER);
        assertThat(out.vc.deleteVc().isSuccess()).isTrue();
        miniports.get(0).port().orElseThrow().setUp(true);
        time.advance(Duration.ofSeconds(1));
        assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void shouldTakeTheAdapterDownUnderACall_andSettleTheOther(Variant variant) {
        start(variant, LinkProfile.ideal());
        Talk out = connect();
        out.send(20, 100, 4);
        time.advance(Duration.ofMillis(5));
        CompletableFuture<Void> gone = adapters.get(1).unregister().toCompletableFuture();
        time.advance(Duration.ofSeconds(40));
        assertThat(gone).isDone();
        assertThat(network.port(new MacAddress(2))).isEmpty();
        assertThat(out.vc.callState()).isEqualTo(CallState.IDLE);
        assertThat(out.vc.deleteVc().isSuccess()).isTrue();
        assertThat(network.statistics().activeCalls()).isZero();
        callManagers.forEach(callManager -> assertThat(callManager.calls()).isZero());
        assertThat(miniports.get(1).outstandingReceives()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"MCM", "STAND_ALONE"})
    void shouldComeThrough_whenDriversHangLoseAndDelayCompletions(Variant variant) {
        start(variant, LinkProfile.ideal());
        SimFaults faults = miniports.get(0).faults();
        faults.hang(Operation.ACTIVATE);
        Talk out = caller.createVc();
        CompletableFuture<NdisResult<CallParameters>> made =
                out.vc.makeCall(Q2931Parameters.call(CALLED)).toCompletableFuture();
        time.advance(Duration.ofMillis(100));
        assertThat(made).isNotDone();
        assertThat(faults.held(Operation.ACTIVATE)).isEqualTo(1);
        faults.release(Operation.ACTIVATE);
        assertThat(settled(made).status()).isEqualTo(NdisStatus.SUCCESS);

        faults.hang(Operation.SEND);
        out.send(8, 100, 8);
        time.advance(Duration.ofMillis(10));
        assertThat(callee.incoming.get(0).received)
                .as("the PDUs are transmitted")
                .hasValue(8);
        assertThat(out.completed).hasValue(0);
        faults.release(Operation.SEND);
        time.advance(Duration.ofMillis(1));
        assertThat(out.completed).hasValue(8);
        faults.delay(Operation.SEND, Duration.ofMillis(50));
        out.send(1, 100, 1);
        time.advance(Duration.ofMillis(49));
        assertThat(out.completed).hasValue(8);
        time.advance(Duration.ofMillis(2));
        assertThat(out.completed).hasValue(9);
        faults.release(Operation.SEND);
        faults.exhaust(Operation.SEND, true);
        out.send(2, 100, 2);
        time.advance(Duration.ofMillis(1));
        assertThat(out.failed).hasValue(2);
        faults.exhaust(Operation.SEND, false);

        faults.hang(Operation.DEACTIVATE);
        CompletableFuture<NdisResult<Void>> closed = out.vc.closeCall().toCompletableFuture();
        time.advance(Duration.ofMillis(100));
        assertThat(closed).isNotDone();
        assertThat(out.vc.state()).isNotEqualTo(VcState.INACTIVE);
        assertThat(out.vc.callState()).isEqualTo(CallState.CLOSING);
        faults.release(Operation.DEACTIVATE);
        assertThat(settled(closed).status()).isEqualTo(NdisStatus.SUCCESS);
        faults.exhaust(Operation.CREATE, true);
        assertThat(caller.af.join().createVc(new Talk(caller)).status()).isEqualTo(NdisStatus.RESOURCES);
        faults.exhaust(Operation.CREATE, false);
        assertThat(out.vc.deleteVc().isSuccess()).isTrue();
        assertNothingLeft();
    }

    @Test
    void shouldLeaveTheNetwork_whenTheNicIsPulledOut() {
        start(Variant.MCM, LinkProfile.ideal());
        Talk out = connect();
        out.send(3, 100, 3);
        miniports.get(0).faults().surpriseRemoval();
        time.advance(Duration.ofSeconds(60));
        assertThat(network.port(new MacAddress(1))).isEmpty();
        assertThat(out.completed).hasValue(3);
        assertThat(out.failed).hasValue(3);
        assertThat(callee.incoming.get(0).events).contains("closed DEST_OUT_OF_ORDER ''");
        assertThat(network.statistics().activeCalls()).isZero();
        assertThat(caller.pool.outstanding()).isZero();
    }

    @Test
    void shouldMakeHundredCallsAtATime() {
        start(Variant.MCM, LinkProfile.ideal());
        List<Talk> talks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Talk talk = caller.createVc();
            talk.vc.makeCall(Q2931Parameters.call(CALLED)).thenAccept(made -> talk.send(10, 64, 10));
            talks.add(talk);
        }
        time.advance(Duration.ofSeconds(1));
        assertThat(network.statistics().activeCalls()).isEqualTo(100);
        assertThat(callee.incoming).hasSize(100).allMatch(talk -> talk.received.get() == 10);
        talks.forEach(talk -> talk.vc.closeCall());
        time.advance(Duration.ofSeconds(1));
        talks.forEach(talk -> assertThat(talk.vc.deleteVc().isSuccess()).isTrue());
        assertThat(callee.incoming).allMatch(talk -> talk.deleted);
        assertNothingLeft();
    }
}
