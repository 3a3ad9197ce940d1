// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.SpecificParameters;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SignalCodecTest {

    private static SignalMessage full(MessageType type) {
        CallManagerParameters traffic = new CallManagerParameters(
                FlowSpec.guaranteed(1_000_000, 9_180),
                FlowSpec.bestEffort(),
                Optional.of(new SpecificParameters(1, Octets.ofText("specific"))));
        return SignalMessage.of(type, true, Integer.MAX_VALUE)
                .withCalled(Sap.e164("4930123456"))
                .withCalling(Optional.of(Sap.e164("1")))
                .withLabel(new AtmLabel(255, 65_535))
                .withCause(NdisStatus.NO_ROUTE_TO_DESTINATION)
                .withTraffic(Optional.of(traffic))
                .withParty(Integer.MAX_VALUE)
                .with(SignalMessage.Flag.MULTIPOINT, true)
                .with(SignalMessage.Flag.ROUND_DOWN, true)
                .withCloseData(Octets.ofText("bye"));
    }

    @ParameterizedTest
    @EnumSource(MessageType.class)
    void shouldReadBackWhatWasWritten(MessageType type) {
        SignalMessage bare = SignalMessage.of(type, false, 0);
        assertThat(SignalCodec.parse(SignalCodec.encode(bare).orElseThrow())).contains(bare);
        SignalMessage full = full(type);
        assertThat(SignalCodec.parse(SignalCodec.encode(full).orElseThrow())).contains(full);
    }

    @Test
    void shouldHaveTheDocumentedOctets() {
        SignalMessage release = SignalMessage.of(MessageType.RELEASE, true, 0x01020304)
                .withCause(NdisStatus.DEST_OUT_OF_ORDER)
                .withLabel(new AtmLabel(1, 0x0203));

        assertThat(SignalCodec.encode(release).orElseThrow()).isEqualTo(new byte[] {
            (byte) 0xC5, 1, 0x4D, (byte) 0x80, 1, 2, 3, 4, 3, 0, 4, 0, 1, 2, 3, 4, 0, 4, (byte) 0xC0, 1, 0, 0x24
        });
    }

    @Test
    void shouldHaveTheDocumentedOctets_ofParties() {
        SignalMessage drop = SignalMessage.of(MessageType.DROP_PARTY, false, 7)
                .with(SignalMessage.Flag.MULTIPOINT, true)
                .withParty(0x0A0B0C0D);

        byte[] octets = {(byte) 0xC5, 1, (byte) 0x83, 0x40, 0, 0, 0, 7, 9, 0, 4, 0x0A, 0x0B, 0x0C, 0x0D};
        assertThat(SignalCodec.encode(drop).orElseThrow()).isEqualTo(octets);
        octets[11] = (byte) 0x80;
        assertThat(SignalCodec.parse(octets)).as("a number is not negative").isEmpty();
    }

    @Test
    void shouldSkipWhatItDoesNotKnow_andRefuseWhatIsCut() {
        byte[] octets = SignalCodec.encode(full(MessageType.SETUP)).orElseThrow();
        byte[] withUnknown = Arrays.copyOf(octets, octets.length + 5);
        withUnknown[octets.length] = 0x77;
        withUnknown[octets.length + 2] = 2;
        assertThat(SignalCodec.parse(withUnknown)).contains(full(MessageType.SETUP));

        int refused = 0;
        for (int length = 0; length < octets.length; length++) {
            Optional<SignalMessage> parsed = SignalCodec.parse(Arrays.copyOf(octets, length));
            refused += parsed.isEmpty() ? 1 : 0;
            assertThat(parsed).isNotEqualTo(Optional.of(full(MessageType.SETUP)));
        }
        assertThat(refused).as("only cuts between elements leave a message").isGreaterThan(octets.length - 9);
    }

    @Test
    void shouldNeverThrow_whateverTheOctets() {
        SplittableRandom random = new SplittableRandom(20_260_101);
        byte[] valid = SignalCodec.encode(full(MessageType.SETUP)).orElseThrow();
        int accepted = 0;
        for (int i = 0; i < 300_000; i++) {
            byte[] octets = i % 2 == 0 ? noise(random) : mutated(random, valid);
            Optional<SignalMessage> parsed = SignalCodec.parse(octets);
            if (parsed.isPresent()) {
                accepted++;
                assertThat(SignalCodec.parse(SignalCodec.encode(parsed.get()).orElseThrow()))
                        .as("what is accepted can be written")
                        .isEqualTo(parsed);
            }
        }
        assertThat(accepted).isGreaterThan(1_000);
    }

    private static byte[] noise(SplittableRandom random) {
        byte[] octets = new byte[random.nextInt(64)];
        random.nextBytes(octets);
        if (octets.length > 8 && random.nextBoolean()) {
            octets[0] = (byte) 0xC5;
            octets[1] = 1;
            octets[2] = (byte) MessageType.values()[random.nextInt(MessageType.values().length)].code();
            octets[4] &= 0x7F;
        }
        return octets;
    }

    private static byte[] mutated(SplittableRandom random, byte[] valid) {
        byte[] octets = Arrays.copyOf(valid, valid.length - random.nextInt(3) * random.nextInt(20));
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
        }
        return octets;
    }

    @Test
    void shouldNotBeWritten_whenUsersSupplyTooMuch() {
        Sap huge = new Sap(99, Octets.of(new byte[SignalCodec.MAX_LENGTH]));
        assertThat(SignalCodec.encode(
                        SignalMessage.of(MessageType.SETUP, false, 1).withCalled(huge)))
                .isEmpty();
        assertThat(SignalCodec.parse(new byte[SignalCodec.MAX_LENGTH + 1])).isEmpty();
    }
}
