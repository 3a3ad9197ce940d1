// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.signaling.MessageType;
import dev.condis.adapter.sim.signaling.SignalCodec;
import dev.condis.adapter.sim.signaling.SignalMessage;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.media.MacAddress;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The switch as two NICs without an engine see it: octets on VPI 0/VCI 5. */
class SwitchSignalingTest {

    private static final Sap CALLED = Sap.e164("200");
    private static final long RATE = 1_000_000;

    private final VirtualTime time = new VirtualTime();
    private SimNetwork network;
    private RecordingNic left;
    private RecordingNic right;

    @BeforeEach
    void startTwoNics() {
        start(LinkProfile.ideal());
    }

    private void start(LinkProfile profile) {
        network = new SimNetwork(NetworkOptions.of("lab", SimMedium.ATM, 1).withVcis(100, 101), time);
        left = new RecordingNic(network, 0xA, profile);
        right = new RecordingNic(network, 0xB, profile);
        say(right, SignalMessage.of(MessageType.REGISTER, false, 1).withCalled(CALLED));
        assertThat(heard(right)).singleElement().satisfies(message -> assertThat(message.type())
                .isEqualTo(MessageType.REGISTER_ACK));
    }

    private void say(RecordingNic nic, SignalMessage message) {
        nic.send(AtmLabel.SIGNALING, SignalCodec.encode(message).orElseThrow());
        time.runUntilIdle();
    }

    /** What arrived on the signaling channel since the last time. */
    private static List<SignalMessage> heard(RecordingNic nic) {
        List<SignalMessage> messages = nic.arrivals.stream()
                .filter(arrival -> arrival.label() == AtmLabel.SIGNALING.packed())
                .map(arrival -> SignalCodec.parse(arrival.octets()).orElseThrow())
                .toList();
        nic.arrivals.clear();
        return messages;
    }

    private static SignalMessage only(List<SignalMessage> messages, MessageType type) {
        assertThat(messages).hasSize(1);
        assertThat(messages.get(0).type()).isEqualTo(type);
        return messages.get(0);
    }

    private SignalMessage call(int reference) {
        say(left, SignalMessage.of(MessageType.SETUP, false, reference).withCalled(CALLED));
        return only(heard(right), MessageType.SETUP);
    }

    private static SignalMessage answer(SignalMessage to, MessageType type) {
        return SignalMessage.of(type, to.networkReference(), to.reference());
    }

    @Test
    void shouldConnectHoldAndRelease_whenBothSidesPlayByTheBook() {
        SignalMessage setup = call(7);
        AtmLabel leftLabel =
                only(heard(left), MessageType.CALL_PROCEEDING).label().orElseThrow();
        assertThat(setup.calling()).contains(NsapAddress.of(new MacAddress(0xA), 0));
        AtmLabel rightLabel = setup.label().orElseThrow();

        say(right, answer(setup, MessageType.CONNECT));
        assertThat(only(heard(left), MessageType.CONNECT).label()).contains(leftLabel);
        left.sendNumbered(leftLabel, 3, 8);
        time.runUntilIdle();
        assertThat(right.arrivals).as("the called party has not said READY").isEmpty();

        say(left, SignalMessage.of(MessageType.CONNECT_ACK, false, 7));
        only(heard(right), MessageType.CONNECT_ACK);
        right.sendNumbered(rightLabel, 1, 8);
        time.runUntilIdle();
        assertThat(left.arrivals).as("the other way is open").hasSize(1);
        left.arrivals.clear();
        say(right, answer(setup, MessageType.READY));
        assertThat(right.numbers()).containsExactly(0, 1, 2);
        left.send(leftLabel, new byte[] {0, 0, 0, 3});
        time.runUntilIdle();
        assertThat(right.numbers()).containsExactly(0, 1, 2, 3);
        right.arrivals.clear();
        assertThat(network.statistics().activeCalls()).isEqualTo(1);

        say(
                left,
                SignalMessage.of(MessageType.RELEASE, false, 7)
                        .withCause(NdisStatus.SUCCESS)
                        .withCloseData(Octets.ofText("bye")));
        only(heard(left), MessageType.RELEASE_COMPLETE);
        SignalMessage release = only(heard(right), MessageType.RELEASE);
        assertThat(release.cause()).contains(NdisStatus.SUCCESS);
        assertThat(release.closeData()).isEqualTo(Octets.ofText("bye"));
        assertThat(network.statistics().activeCalls()).isZero();
        assertThat(network.space(new MacAddress(0xA)).size())
                .as("until the user says that its VC is inactive")
                .isEqualTo(1);

        say(left, SignalMessage.of(MessageType.RELEASE_COMPLETE, false, 7));
        say(right, answer(setup, MessageType.RELEASE_COMPLETE));
        assertThat(network.space(new MacAddress(0xA)).size()).isZero();
        assertThat(network.space(new MacAddress(0xB)).size()).isZero();
        assertThat(heard(left)).isEmpty();
        assertThat(heard(right)).isEmpty();
    }

    @Test
    void shouldRefuseWithTheCause_whenItCannotRoute() {
        say(left, SignalMessage.of(MessageType.SETUP, false, 1).withCalled(Sap.e164("999")));
        assertThat(only(heard(left), MessageType.RELEASE_COMPLETE).cause())
                .contains(NdisStatus.NO_ROUTE_TO_DESTINATION);

        right.port.setUp(false);
        say(left, SignalMessage.of(MessageType.SETUP, false, 2).withCalled(CALLED));
        assertThat(only(heard(left), MessageType.RELEASE_COMPLETE).cause()).contains(NdisStatus.DEST_OUT_OF_ORDER);
        right.port.setUp(true);
        time.runUntilIdle();
        only(heard(right), MessageType.RESTART);

        call(3);
        call(4);
        heard(left);
        say(left, SignalMessage.of(MessageType.SETUP, false, 5).withCalled(CALLED));
        assertThat(only(heard(left), MessageType.RELEASE_COMPLETE).cause()).contains(NdisStatus.VC_NOT_AVAILABLE);
    }

    @Test
    void shouldRefuseTheRate_whenALinkCannotPromiseIt() {
        start(LinkProfile.ideal().withRate(8_000_000));
        CallManagerParameters half =
                new CallManagerParameters(FlowSpec.guaranteed(600_000, 1_500), FlowSpec.bestEffort(), Optional.empty());
        say(
                left,
                SignalMessage.of(MessageType.SETUP, false, 1).withCalled(CALLED).withTraffic(Optional.of(half)));
        SignalMessage setup = only(heard(right), MessageType.SETUP);
        assertThat(setup.traffic().orElseThrow().receive())
                .as("what the caller sends the called party receives")
                .isEqualTo(half.transmit());
        heard(left);
        say(
                left,
                SignalMessage.of(MessageType.SETUP, false, 2).withCalled(CALLED).withTraffic(Optional.of(half)));
        assertThat(only(heard(left), MessageType.RELEASE_COMPLETE).cause()).contains(NdisStatus.CELLRATE_NOT_AVAILABLE);

        say(right, answer(setup, MessageType.RELEASE_COMPLETE).withCause(NdisStatus.FAILURE));
        assertThat(only(heard(left), MessageType.RELEASE).cause()).contains(NdisStatus.FAILURE);
        say(left, SignalMessage.of(MessageType.RELEASE_COMPLETE, false, 1));
        say(
                left,
                SignalMessage.of(MessageType.SETUP, false, 3).withCalled(CALLED).withTraffic(Optional.of(half)));
        only(heard(right), MessageType.SETUP);
    }

    @Test
    void shouldKeepSapsApart() {
        say(left, SignalMessage.of(MessageType.REGISTER, false, 9).withCalled(CALLED));
        assertThat(only(heard(left), MessageType.REGISTER_REJECT).cause()).contains(NdisStatus.SAP_IN_USE);
        Sap ofRight = NsapAddress.of(new MacAddress(0xB), 1);
        say(left, SignalMessage.of(MessageType.REGISTER, false, 10).withCalled(ofRight));
        assertThat(only(heard(left), MessageType.REGISTER_REJECT).cause()).contains(NdisStatus.INVALID_ADDRESS);
        say(left, SignalMessage.of(MessageType.REGISTER, false, 11).withCalled(new Sap(7, Octets.ofText("x"))));
        assertThat(only(heard(left), MessageType.REGISTER_REJECT).cause()).contains(NdisStatus.INVALID_SAP);

        say(right, SignalMessage.of(MessageType.DEREGISTER, false, 0).withCalled(CALLED));
        say(left, SignalMessage.of(MessageType.REGISTER, false, 12).withCalled(CALLED));
        only(heard(left), MessageType.REGISTER_ACK);
    }

    @Test
    void shouldClearTheFarEndAndHoldTheLabels_whenALinkGoesDown() {
        SignalMessage setup = call(1);
        say(right, answer(setup, MessageType.CONNECT));
        say(left, SignalMessage.of(MessageType.CONNECT_ACK, false, 1));
        heard(left);
        heard(right);

        right.port.setUp(false);
        time.runUntilIdle();
        assertThat(only(heard(left), MessageType.RELEASE).cause()).contains(NdisStatus.DEST_OUT_OF_ORDER);
        say(left, SignalMessage.of(MessageType.RELEASE_COMPLETE, false, 1));
        right.port.setUp(true);
        time.runUntilIdle();
        only(heard(right), MessageType.RESTART);
        say(left, SignalMessage.of(MessageType.SETUP, false, 2).withCalled(CALLED));
        assertThat(only(heard(left), MessageType.RELEASE_COMPLETE).cause())
                .as("its VC may still be active")
                .contains(NdisStatus.DEST_OUT_OF_ORDER);

        say(right, SignalMessage.of(MessageType.RESTART_ACK, true, 0));
        assertThat(network.space(new MacAddress(0xB)).size()).isZero();
        call(3);
    }

    @Test
    void shouldForgetEverything_whenAUserBeginsAnew() {
        SignalMessage setup = call(1);
        heard(left);
        say(right, SignalMessage.of(MessageType.RESTART, false, 0));
        only(heard(right), MessageType.RESTART_ACK);
        assertThat(only(heard(left), MessageType.RELEASE).cause()).contains(NdisStatus.DEST_OUT_OF_ORDER);
        say(right, answer(setup, MessageType.CONNECT));
        only(heard(right), MessageType.RELEASE_COMPLETE);
        say(left, SignalMessage.of(MessageType.RELEASE_COMPLETE, false, 1));
        say(left, SignalMessage.of(MessageType.SETUP, false, 2).withCalled(CALLED));
        assertThat(only(heard(left), MessageType.RELEASE_COMPLETE).cause())
                .contains(NdisStatus.NO_ROUTE_TO_DESTINATION);
    }

    @Test
    void shouldSurviveNonsense_andCountIt() {
        start(LinkProfile.ideal().withRate(RATE * 8));
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(40)];
            random.nextBytes(noise);
            left.send(AtmLabel.SIGNALING, noise);
        }
        MessageType[] types = MessageType.values();
        for (int i = 0; i < 20_000; i++) {
            SignalMessage message =
                    SignalMessage.of(types[random.nextInt(types.length)], random.nextBoolean(), random.nextInt(4));
            SignalMessage more = decorated(random, message);
            RecordingNic sender = random.nextBoolean() ? left : right;
            sender.send(AtmLabel.SIGNALING, SignalCodec.encode(more).orElseThrow());
            if (i % 50 == 0) {
                time.runUntilIdle();
            }
        }
        time.runUntilIdle();
        assertThat(network.statistics().malformed()).isGreaterThan(19_000);
        say(left, SignalMessage.of(MessageType.RESTART, false, 0));
        say(right, SignalMessage.of(MessageType.RESTART, false, 0));
        assertThat(network.space(new MacAddress(0xA)).size()).isZero();
        assertThat(network.space(new MacAddress(0xB)).size()).isZero();
        assertThat(network.statistics().activeCalls()).isZero();
        // Every promise was taken back: the whole rate can be had.
        heard(left);
        heard(right);
        say(right, SignalMessage.of(MessageType.REGISTER, false, 1).withCalled(CALLED));
        heard(right);
        say(
                left,
                SignalMessage.of(MessageType.SETUP, false, 1).withCalled(CALLED).withTraffic(guaranteed(RATE)));
        only(heard(right), MessageType.SETUP);
    }

    private static SignalMessage decorated(SplittableRandom random, SignalMessage message) {
        SignalMessage decorated = random.nextBoolean() ? message.withCalled(CALLED) : message;
        decorated = random.nextBoolean() ? decorated.withParty(random.nextInt(3)) : decorated;
        decorated = random.nextBoolean() ? decorated.withTraffic(guaranteed(random.nextLong(RATE / 3))) : decorated;
        return decorated
                .with(SignalMessage.Flag.MULTIPOINT, random.nextBoolean())
                .with(SignalMessage.Flag.ROUND_DOWN, random.nextBoolean());
    }

    private static Optional<CallManagerParameters> guaranteed(long octetsPerSecond) {
        FlowSpec flow = FlowSpec.guaranteed(octetsPerSecond, 1_500);
        return Optional.of(new CallManagerParameters(flow, flow, Optional.empty()));
    }

    private SignalMessage connected(int reference) {
        SignalMessage setup = call(reference);
        say(right, answer(setup, MessageType.CONNECT));
        say(left, SignalMessage.of(MessageType.CONNECT_ACK, false, reference));
        say(right, answer(setup, MessageType.READY));
        heard(left);
        heard(right);
        return setup;
    }

    @Test
    void shouldPassChangesOn_andArbitrate() {
        start(LinkProfile.ideal().withRate(RATE * 8));
        SignalMessage setup = connected(1);
        say(left, SignalMessage.of(MessageType.MODIFY_REQUEST, false, 1).withTraffic(guaranteed(RATE + 1)));
        assertThat(only(heard(left), MessageType.MODIFY_REJECT).cause()).contains(NdisStatus.CELLRATE_NOT_AVAILABLE);
        say(left, SignalMessage.of(MessageType.MODIFY_REQUEST, false, 1));
        assertThat(only(heard(left), MessageType.MODIFY_REJECT).cause()).contains(NdisStatus.INVALID_DATA);

        CallManagerParameters asked =
                new CallManagerParameters(FlowSpec.guaranteed(RATE, 100), FlowSpec.bestEffort(), Optional.empty());
        say(left, SignalMessage.of(MessageType.MODIFY_REQUEST, false, 1).withTraffic(Optional.of(asked)));
        SignalMessage request = only(heard(right), MessageType.MODIFY_REQUEST);
        assertThat(request.traffic().orElseThrow().receive()).isEqualTo(asked.transmit());
        say(right, answer(setup, MessageType.MODIFY_REQUEST).withTraffic(guaranteed(1)));
        assertThat(only(heard(right), MessageType.MODIFY_REJECT).cause())
                .as("the other one asked first")
                .contains(NdisStatus.NOT_ACCEPTED);
        say(right, answer(setup, MessageType.STATUS_ENQUIRY));
        assertThat(only(heard(right), MessageType.MODIFY_REQUEST)).as("again").isEqualTo(request);
        say(right, answer(setup, MessageType.MODIFY_REJECT).withCause(NdisStatus.RESOURCES));
        assertThat(only(heard(left), MessageType.MODIFY_REJECT).cause()).contains(NdisStatus.RESOURCES);

        say(
                left,
                SignalMessage.of(MessageType.MODIFY_REQUEST, false, 1)
                        .with(SignalMessage.Flag.ROUND_DOWN, true)
                        .withTraffic(guaranteed(5 * RATE)));
        request = only(heard(right), MessageType.MODIFY_REQUEST);
        assertThat(request.traffic()).isEqualTo(guaranteed(RATE));
        say(right, answer(setup, MessageType.MODIFY_ACK).withTraffic(request.traffic()));
        assertThat(only(heard(left), MessageType.MODIFY_ACK).traffic()).isEqualTo(request.traffic());
        say(right, answer(setup, MessageType.MODIFY_ACK).withTraffic(guaranteed(1)));
        assertThat(heard(left)).as("nobody has asked").isEmpty();

        say(
                left,
                SignalMessage.of(MessageType.SETUP, false, 2).withCalled(CALLED).withTraffic(guaranteed(1)));
        assertThat(only(heard(left), MessageType.RELEASE_COMPLETE).cause()).contains(NdisStatus.CELLRATE_NOT_AVAILABLE);
    }

    @Test
    void shouldRepeatWhatWaits_whenAUserAsks() {
        SignalMessage setup = call(1);
        say(right, SignalMessage.of(MessageType.STATUS_ENQUIRY, false, 0));
        List<SignalMessage> again = heard(right);
        assertThat(again.stream().map(SignalMessage::type)).containsExactly(MessageType.STATUS, MessageType.SETUP);
        assertThat(again.get(0).called()).contains(NsapAddress.of(new MacAddress(0xB), 0));
        assertThat(again.get(1)).isEqualTo(setup);
        heard(left);
        say(left, SignalMessage.of(MessageType.SETUP, false, 1).withCalled(CALLED));
        only(heard(left), MessageType.CALL_PROCEEDING);
        assertThat(only(heard(right), MessageType.SETUP)).isEqualTo(setup);

        say(left, SignalMessage.of(MessageType.RELEASE, false, 1));
        only(heard(right), MessageType.RELEASE);
        say(right, answer(setup, MessageType.STATUS_ENQUIRY));
        only(heard(right), MessageType.RELEASE);
        say(right, answer(setup, MessageType.RELEASE_COMPLETE));
        say(right, answer(setup, MessageType.STATUS_ENQUIRY));
        only(heard(right), MessageType.RELEASE_COMPLETE);
        say(right, SignalMessage.of(MessageType.STATUS_ENQUIRY, false, 0));
        only(heard(right), MessageType.STATUS);
    }

    @Test
    void shouldSetUpAndClearParties() {
        say(
                left,
                SignalMessage.of(MessageType.SETUP, false, 1)
                        .with(SignalMessage.Flag.MULTIPOINT, true)
                        .withCalled(CALLED));
        AtmLabel root = only(heard(left), MessageType.CALL_PROCEEDING).label().orElseThrow();
        SignalMessage first = only(heard(right), MessageType.SETUP);
        assertThat(first.has(SignalMessage.Flag.MULTIPOINT)).isTrue();
        SignalMessage add =
                SignalMessage.of(MessageType.ADD_PARTY, false, 1).withParty(5).withCalled(CALLED);
        say(left, add);
        assertThat(only(heard(left), MessageType.ADD_PARTY_REJECT).cause())
                .as("the first one has not answered")
                .contains(NdisStatus.NOT_ACCEPTED);
        say(right, answer(first, MessageType.CONNECT));
        only(heard(left), MessageType.CONNECT);
        say(left, SignalMessage.of(MessageType.CONNECT_ACK, false, 1));
        only(heard(right), MessageType.CONNECT_ACK);
        say(right, answer(first, MessageType.READY));

        say(left, add);
        SignalMessage second = only(heard(right), MessageType.SETUP);
        say(left, add);
        assertThat(only(heard(right), MessageType.SETUP)).as("asked again").isEqualTo(second);
        say(right, answer(second, MessageType.CONNECT));
        only(heard(right), MessageType.CONNECT_ACK);
        assertThat(only(heard(left), MessageType.ADD_PARTY_ACK).party()).hasValue(5);
        left.sendNumbered(root, 2, 8);
        time.runUntilIdle();
        assertThat(right.numbers()).as("the second is not ready").containsExactly(0, 1);
        say(right, answer(second, MessageType.READY));
        assertThat(right.numbers()).containsExactly(0, 1, 0, 1);
        right.arrivals.clear();
        right.send(second.label().orElseThrow(), new byte[8]);
        right.send(first.label().orElseThrow(), new byte[8]);
        time.runUntilIdle();
        assertThat(left.arrivals).as("nothing comes back").isEmpty();
        assertThat(right.arrivals).isEmpty();

        say(right, answer(first, MessageType.RELEASE).withCloseData(Octets.ofText("bye")));
        only(heard(right), MessageType.RELEASE_COMPLETE);
        SignalMessage left0 = only(heard(left), MessageType.DROP_PARTY);
        assertThat(left0.party()).hasValue(0);
        assertThat(left0.closeData()).isEqualTo(Octets.ofText("bye"));
        say(left, SignalMessage.of(MessageType.DROP_PARTY_ACK, false, 1).withParty(0));
        say(left, SignalMessage.of(MessageType.DROP_PARTY, false, 1).withParty(0));
        assertThat(only(heard(left), MessageType.DROP_PARTY_ACK).party()).hasValue(0);
        say(right, answer(second, MessageType.RELEASE_COMPLETE).withCause(NdisStatus.FAILURE));
        assertThat(only(heard(left), MessageType.RELEASE).cause())
                .as("that was the last")
                .contains(NdisStatus.FAILURE);
        say(left, SignalMessage.of(MessageType.RELEASE_COMPLETE, false, 1));
        say(right, answer(first, MessageType.RELEASE_COMPLETE));
        assertThat(network.space(new MacAddress(0xA)).size()).isZero();
        assertThat(network.space(new MacAddress(0xB)).size()).isZero();
        assertThat(network.statistics().activeCalls()).isZero();
    }
}
