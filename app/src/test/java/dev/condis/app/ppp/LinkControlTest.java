// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.ppp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkControlTest {
    private final LinkControl link = new LinkControl();

    private static byte[] octets(final String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private List<String> answers(final String pdu) {
        return link.received(octets(pdu)).stream()
                .map(HexFormat.of()::formatHex)
                .toList();
    }

    private void open() {
        link.configureRequest();
        answers("c021 02 01 0004");
        answers("c021 01 07 0004");
        assertThat(link.isOpened()).isTrue();
    }

    @Test
    void acknowledgesWhatItKnowsAndAsksForItself() {
        assertThat(link.configureRequest()).isEqualTo(octets("c021 01 01 0004"));
        assertThat(answers("c021 01 05 000e 0104 05d4 0506 11223344"))
                .containsExactly("c0210205000e010405d4050611223344", "c02101010004");
        assertThat(link.isOpened()).isFalse();
        assertThat(answers("c021 02 01 0004")).isEmpty();
        assertThat(link.isOpened()).isTrue();
    }

    @Test
    void twoThatBeginAtTheSameTimeAgreeAndFallSilent() {
        final LinkControl other = new LinkControl();
        final Deque<byte[]> toOther = new ArrayDeque<>(List.of(link.configureRequest()));
        final Deque<byte[]> toLink = new ArrayDeque<>(List.of(other.configureRequest()));
        for (int i = 0; i < 10; i++) {
            step(toOther, other, toLink);
            step(toLink, link, toOther);
        }
        assertThat(link.isOpened()).isTrue();
        assertThat(other.isOpened()).isTrue();
        assertThat(toOther).isEmpty();
        assertThat(toLink).isEmpty();
    }

    private static void step(final Deque<byte[]> arriving, final LinkControl at, final Deque<byte[]> leaving) {
        if (!arriving.isEmpty()) {
            leaving.addAll(at.received(arriving.remove()));
        }
    }

    @Test
    void asksAnewAfterATermination() {
        open();
        answers("c021 05 09 0004");
        assertThat(answers("c021 01 08 0004")).containsExactly("c02102080004", "c02101020004");
    }

    @Test
    void rejectsOptionsThatItDoesNotKnow() {
        link.configureRequest();
        assertThat(answers("c021 01 05 0010 0104 05d4 0304 c023 0702 0802").get(0))
                .isEqualTo("c0210405000c0304c02307020802");
        assertThat(link.isOpened()).isFalse();
    }

    @Test
    void hearsOnlyTheAcknowledgementOfItsLastWish() {
        link.configureRequest();
        link.configureRequest();
        answers("c021 01 05 0004");
        answers("c021 02 01 0004");
        assertThat(link.isOpened()).isFalse();
    }

    @Test
    void answersEchoesOnlyOnALinkThatIsOpened() {
        assertThat(answers("c021 09 01 0008 11223344")).isEmpty();
        open();
        assertThat(answers("c021 09 01 000a 11223344 abcd")).containsExactly("c0210a01000a00000000abcd");
    }

    @Test
    void rejectsOtherProtocolsAndCodes() {
        assertThat(answers("8021 01 01 0004")).isEmpty();
        open();
        assertThat(answers("8021 01 01 0004").get(0)).startsWith("c02108").endsWith("802101010004");
        assertThat(answers("c021 63 09 0005 ff").get(0)).startsWith("c02107").endsWith("63090005ff");
    }

    @Test
    void ends() {
        open();
        assertThat(answers("c021 05 09 0006 4142")).containsExactly("c021060900064142");
        assertThat(link.isOpened()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "c0",
                "c021",
                "c021 01 01 00",
                "c021 01 01 0003",
                "c021 01 01 0005",
                "c021 01 01 ffff",
                "c021 01 01 0005 01",
                "c021 01 01 0006 0100",
                "c021 01 01 0006 0101",
                "c021 01 01 0006 0105",
                "c021 09 01 0007 112233"
            })
    void isSilentToWhatIsMalformed(final String pdu) {
        open();
        assertThat(answers(pdu)).isEmpty();
    }

    @Test
    void survivesNoise() {
        open();
        final Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            final byte[] noise = new byte[random.nextInt(60)];
            random.nextBytes(noise);
            if (noise.length > 1 && random.nextBoolean()) {
                noise[0] = (byte) 0xc0;
                noise[1] = 0x21;
            }
            assertThat(link.received(noise)).allMatch(answer -> answer.length >= 6 && answer.length <= 1500);
        }
    }
}
