// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.Lab.Form;
import dev.condis.adapter.sim.SimFaults.Operation;
import dev.condis.adapter.sim.TalkingClient.Talk;
import dev.condis.adapter.sim.net.LinkProfile;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.FlowSpec;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.Sap;
import dev.condis.api.media.AtmConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both ends of a call change its parameters (S17, S18, R140 to R147). */
@Timeout(60)
class QosChangeTest {

    /** A million octets a second. */
    private static final LinkProfile LINK = LinkProfile.ideal().withRate(8_000_000);

    @RegisterExtension
    final CheckedDrivers drivers = new CheckedDrivers();

    private Lab lab;
    private Talk out;
    private Talk in;

    private static CallParameters rate(final long octetsPerSecond) {
        final FlowSpec flow = FlowSpec.guaranteed(octetsPerSecond, 1_500);
        return CallParameters.of(new CallManagerParameters(flow, FlowSpec.bestEffort(), Optional.empty()));
    }

    private static CallParameters roundedRate(final long octetsPerSecond) {
        return rate(octetsPerSecond)
                .withMedia(new MediaParameters(
                        Set.of(
                                MediaParameters.Flag.TRANSMIT_VC,
                                MediaParameters.Flag.RECEIVE_VC,
                                MediaParameters.Flag.ROUND_DOWN_FLOW),
                        0,
                        0,
                        Optional.empty()));
    }

    private static long transmitRate(final CallParameters parameters) {
        return parameters.callManager().orElseThrow().transmit().tokenRate();
    }

    private static long receiveRate(final Talk talk) {
        return talk.vc
                .callParameters()
                .orElseThrow()
                .callManager()
                .orElseThrow()
                .receive()
                .tokenRate();
    }

    private static long transmitRate(final Talk talk) {
        return transmitRate(talk.vc.callParameters().orElseThrow());
    }

    private void connect(final Form form, final LinkProfile link) {
        lab = new Lab(drivers, form, 2, link);
        out = lab.clients.get(0).createVc();
        final FlowSpec flow = FlowSpec.guaranteed(100_000, 1_500);
        final CallParameters asked = Q2931Parameters.call(Lab.number(1), flow, FlowSpec.bestEffort());
        assertThat(lab.settled(out.vc.makeCall(asked)).status()).isEqualTo(NdisStatus.SUCCESS);
        lab.pass(50);
        in = lab.clients.get(1).incoming.get(0);
        assertThat(in.vc.callState()).isEqualTo(CallState.CONNECTED);
    }

    private NdisStatus modified(final Talk talk, final CallParameters wanted) {
        final NdisStatus status = lab.settled(talk.vc.modifyCallQoS(wanted)).status();
        lab.pass(50);
        return status;
    }

    /** Both ends, and what the network has promised, are as they were: all that is free can be had, and no more. */
    private void assertRates(final long octetsPerSecond) {
        assertThat(transmitRate(out)).isEqualTo(octetsPerSecond);
        assertThat(receiveRate(in)).isEqualTo(octetsPerSecond);
        final Talk second = lab.clients.get(0).createVc();
        final FlowSpec tooMuch = FlowSpec.guaranteed(1_000_001 - octetsPerSecond, 1_500);
        assertThat(lab.settled(second.vc.makeCall(Q2931Parameters.call(Lab.number(1), tooMuch, FlowSpec.bestEffort())))
                        .status())
                .isEqualTo(NdisStatus.CELLRATE_NOT_AVAILABLE);
        final FlowSpec rest = FlowSpec.guaranteed(1_000_000 - octetsPerSecond, 1_500);
        assertThat(lab.settled(second.vc.makeCall(Q2931Parameters.call(Lab.number(1), rest, FlowSpec.bestEffort())))
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
        lab.pass(50);
        lab.settled(second.vc.closeCall());
        lab.pass(50);
        assertThat(second.vc.deleteVc().isSuccess()).isTrue();
    }

    private void close() {
        assertThat(lab.settled(out.vc.closeCall()).status()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(out.vc.deleteVc().isSuccess()).isTrue();
        lab.assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldBeInForceAtBothEnds_whenEitherAsks(final Form form) {
        connect(form, LINK);
        final NdisResult<CallParameters> more = lab.settled(out.vc.modifyCallQoS(rate(400_000)));
        lab.pass(50);
        assertThat(more.status()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(more.get().has(CallParameters.Flag.CALL_PARAMETERS_CHANGED)).isFalse();
        assertThat(in.events).containsExactly("connected", "qos 400000");
        assertRates(400_000);

        final CallManagerParameters seenFromHere =
                new CallManagerParameters(FlowSpec.bestEffort(), FlowSpec.guaranteed(200_000, 1_500), Optional.empty());
        assertThat(modified(in, CallParameters.of(seenFromHere))).isEqualTo(NdisStatus.SUCCESS);
        assertThat(out.events).hasSize(1).first().asString().startsWith("qos ");
        assertRates(200_000);

        out.send(20, 100, 4);
        in.send(20, 100, 4);
        lab.pass(100);
        assertThat(in.received).hasValue(20);
        assertThat(out.received).hasValue(20);
        close();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldConnectWithOtherParameters_whenTheCalledClientNegotiates(final Form form) {
        lab = new Lab(drivers, form, 2, LINK);
        final Sap bargain = Sap.e164("777");
        lab.settled(lab.clients.get(1).af.join().registerSap(bargain, (vc, context, offered) -> {
            final CallManagerParameters less = new CallManagerParameters(
                    FlowSpec.bestEffort(), FlowSpec.guaranteed(70_000, 1_500), Optional.empty());
            return vc.modifyCallQoS(CallParameters.of(less));
        }));
        out = lab.clients.get(0).createVc();
        final FlowSpec flow = FlowSpec.guaranteed(100_000, 1_500);
        final NdisResult<CallParameters> made =
                lab.settled(out.vc.makeCall(Q2931Parameters.call(bargain, flow, FlowSpec.bestEffort())));
        assertThat(made.status()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(made.get().has(CallParameters.Flag.CALL_PARAMETERS_CHANGED)).isTrue();
        assertThat(transmitRate(made.get())).isEqualTo(70_000);
        lab.pass(50);
        in = lab.clients.get(1).incoming.get(0);
        assertThat(in.vc.callState()).isEqualTo(CallState.CONNECTED);
        assertRates(70_000);
        close();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldKeepTheOldParameters_whenTheNetworkRefuses(final Form form) {
        connect(form, LINK);
        assertThat(modified(out, rate(1_000_001))).as("R142").isEqualTo(NdisStatus.FAILURE);
        assertThat(modified(
                        out,
                        CallParameters.permanent(
                                MediaParameters.duplex(new AtmConnection(0, 99).toSpecificParameters()))))
                .as("there is nothing to change")
                .isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(in.events).containsExactly("connected");
        assertRates(100_000);
        close();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldSayThatItWasChanged_whenItWasRounded(final Form form) {
        connect(form, LINK);
        final NdisResult<CallParameters> rounded = lab.settled(out.vc.modifyCallQoS(roundedRate(5_000_000)));
        lab.pass(50);
        assertThat(rounded.status()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(rounded.get().has(CallParameters.Flag.CALL_PARAMETERS_CHANGED))
                .isTrue();
        assertThat(transmitRate(rounded.get())).isEqualTo(1_000_000);
        assertThat(receiveRate(in)).isEqualTo(1_000_000);
        assertThat(modified(out, rate(300_000))).isEqualTo(NdisStatus.SUCCESS);
        assertRates(300_000);
        close();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldRestoreTheOldParameters_whenAMiniportRefuses(final Form form) {
        connect(form, LINK);
        lab.nics.get(1).faults().exhaust(Operation.ACTIVATE, true);
        assertThat(modified(out, rate(400_000))).isEqualTo(NdisStatus.RESOURCES);
        assertThat(in.events).as("the other client is not told").containsExactly("connected");
        lab.nics.get(1).faults().exhaust(Operation.ACTIVATE, false);
        assertRates(100_000);

        lab.nics.get(0).faults().exhaust(Operation.ACTIVATE, true);
        assertThat(modified(out, rate(400_000))).isEqualTo(NdisStatus.RESOURCES);
        lab.nics.get(0).faults().exhaust(Operation.ACTIVATE, false);
        assertThat(in.events).as("there and back").containsExactly("connected", "qos 400000", "qos 100000");
        assertRates(100_000);
        out.send(3, 100, 3);
        lab.pass(50);
        assertThat(in.received).hasValue(3);
        close();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldEndTheCall_whenTheOtherClientDoesNotWantIt(final Form form) {
        connect(form, LINK);
        in.onQosChange = () -> in.vc.closeCall();
        final NdisStatus refused =
                lab.settled(out.vc.modifyCallQoS(rate(400_000))).status();
        assertThat(refused.isSuccess()).isFalse();
        lab.pass(1_000);
        assertThat(out.events).contains("close SUCCESS");
        assertThat(out.vc.callState()).isEqualTo(CallState.IDLE);
        assertThat(out.vc.deleteVc().isSuccess()).isTrue();
        lab.assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldRenegotiate_whenTheOtherClientAnswersWithAChange(final Form form) {
        connect(form, LINK);
        final CallManagerParameters less =
                new CallManagerParameters(FlowSpec.bestEffort(), FlowSpec.guaranteed(150_000, 1_500), Optional.empty());
        final List<NdisStatus> answers = new ArrayList<>();
        in.onQosChange = () -> {
            in.onQosChange = () -> {};
            in.vc.modifyCallQoS(CallParameters.of(less)).thenAccept(result -> answers.add(result.status()));
        };
        assertThat(modified(out, rate(400_000))).isEqualTo(NdisStatus.SUCCESS);
        lab.pass(100);
        assertThat(answers).containsExactly(NdisStatus.SUCCESS);
        assertThat(out.events).hasSize(1).first().asString().startsWith("qos ");
        assertRates(150_000);
        close();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldSettleOnOne_whenBothAskAtOnce(final Form form) {
        connect(form, LINK.withLatency(Duration.ofMillis(3), Duration.ZERO));
        final CompletableFuture<NdisResult<CallParameters>> caller =
                out.vc.modifyCallQoS(rate(400_000)).toCompletableFuture();
        final CallManagerParameters less =
                new CallManagerParameters(FlowSpec.bestEffort(), FlowSpec.guaranteed(50_000, 1_500), Optional.empty());
        final CompletableFuture<NdisResult<CallParameters>> callee =
                in.vc.modifyCallQoS(CallParameters.of(less)).toCompletableFuture();
        lab.pass(20_000);
        assertThat(caller).isDone();
        assertThat(callee).isDone();
        assertThat(caller.join().isSuccess() || callee.join().isSuccess())
                .as("one of them gets what it wants")
                .isTrue();
        assertThat(receiveRate(in)).isEqualTo(transmitRate(out));
        assertRates(transmitRate(out));
        close();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldAnswerInTime_whenTheCallEndsUnderAChange(final Form form) {
        connect(form, LINK);
        lab.nics.get(1).faults().hang(Operation.ACTIVATE);
        final CompletableFuture<NdisResult<CallParameters>> change =
                out.vc.modifyCallQoS(rate(400_000)).toCompletableFuture();
        lab.pass(100);
        assertThat(change).isNotDone();
        final CompletableFuture<NdisResult<Void>> closed = in.vc.closeCall().toCompletableFuture();
        lab.pass(100);
        lab.nics.get(1).faults().release(Operation.ACTIVATE);
        lab.pass(1_000);
        assertThat(change.join().isSuccess()).isFalse();
        assertThat(closed.join().status()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(out.vc.callState()).isEqualTo(CallState.IDLE);
        assertThat(out.vc.deleteVc().isSuccess()).isTrue();
        lab.assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldEndWithTheSameParametersAtBothEnds_whenSignalingIsLossy(final Form form) {
        connect(form, LINK);
        for (int i = 0; i < 2; i++) {
            lab.nics.get(i).port().orElseThrow().setProfile(LINK.withLoss(0.1).withImpairedSignaling(true));
        }
        int succeeded = 0;
        for (int i = 1; i <= 30; i++) {
            final CompletableFuture<NdisResult<CallParameters>> change =
                    out.vc.modifyCallQoS(rate(100_000 + i * 1_000L)).toCompletableFuture();
            lab.pass(20_000);
            assertThat(change).as("change %d", i).isDone();
            succeeded += change.join().isSuccess() ? 1 : 0;
        }
        assertThat(succeeded).as("what is lost is said again").isBetween(20, 30);
        for (int i = 0; i < 2; i++) {
            lab.nics.get(i).port().orElseThrow().setProfile(LINK);
        }
        lab.pass(10);
        assertThat(modified(out, rate(250_000))).isEqualTo(NdisStatus.SUCCESS);
        assertRates(250_000);
        close();
    }
}
