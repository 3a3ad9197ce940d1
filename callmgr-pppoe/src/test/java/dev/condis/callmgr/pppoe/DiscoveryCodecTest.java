// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.Octets;
import dev.condis.api.media.MacAddress;
import dev.condis.api.pppoe.PppoeTag;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiscoveryCodecTest {
    private static final MacAddress HERE = new MacAddress(0x0200_0000_0001L);
    private static final String TO = "020000000001";
    private static final String FROM = "020000000002";

    private static DiscoveryCodec.Reading read(final String hex) {
        return DiscoveryCodec.read(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    @Test
    void readsAPadiAsPeersSendIt() {
        final DiscoveryCodec.Reading reading =
                read("ffffffffffff" + FROM + "11 09 0000 0010 0101 0000 0103 0008 0102030405060708" + "00".repeat(30));
        assertThat(reading.problem()).isEmpty();
        final SignalFrame frame = reading.frame().orElseThrow();
        assertThat(frame.destination()).isEqualTo(MacAddress.BROADCAST);
        assertThat(frame.source()).isEqualTo(new MacAddress(0x0200_0000_0002L));
        assertThat(frame.packet())
                .isEqualTo(DiscoveryPacket.of(
                        DiscoveryPacket.Code.PADI,
                        List.of(
                                PppoeTag.ofText(PppoeTag.SERVICE_NAME, ""),
                                new PppoeTag(
                                        PppoeTag.HOST_UNIQ,
                                        Octets.of(HexFormat.of().parseHex("0102030405060708"))))));
    }

    @Test
    void stopsAtTheEndOfTheList() {
        final DiscoveryCodec.Reading reading = read(TO + FROM + "11 a7 0007 000d 0203 0001 41 0000 0000 0101 ffff");
        assertThat(reading.frame().orElseThrow().packet())
                .isEqualTo(new DiscoveryPacket(
                        DiscoveryPacket.Code.PADT, 7, List.of(PppoeTag.ofText(PppoeTag.GENERIC_ERROR, "A"))));
    }

    @ParameterizedTest
    @CsvSource({
        "CUT, ''",
        "CUT, '020000000001 020000000002 11 09 0000 00'",
        "VERSION, '020000000001 020000000002 12 09 0000 0000'",
        "VERSION, '020000000001 020000000002 21 09 0000 0000'",
        "LENGTH, '020000000001 020000000002 11 09 0000 0001'",
        "LENGTH, '020000000001 020000000002 11 09 0000 ffff 0101 0000'",
        "CODE, '020000000001 020000000002 11 00 0000 0000'",
        "CODE, '020000000001 020000000002 11 ff 0000 0000'",
        "TAGS, '020000000001 020000000002 11 09 0000 0001 01'",
        "TAGS, '020000000001 020000000002 11 09 0000 0004 0101 0001 41'",
        "TAGS, '020000000001 020000000002 11 09 0000 0004 0101 ffff'",
        "TAGS, '020000000001 020000000002 11 09 0000 0007 0101 0000 010300'",
        "GROUP_SOURCE, '020000000001 030000000002 11 09 0000 0000'",
        "GROUP_SOURCE, '020000000001 ffffffffffff 11 09 0000 0000'",
        "GROUP_SOURCE, '020000000001 000000000000 11 09 0000 0000'",
        "GROUP_DESTINATION, 'ffffffffffff 020000000002 11 07 0000 0000'",
        "GROUP_DESTINATION, 'ffffffffffff 020000000002 11 19 0000 0000'",
        "GROUP_DESTINATION, 'ffffffffffff 020000000002 11 65 0001 0000'",
        "GROUP_DESTINATION, '010000000000 020000000002 11 a7 0001 0000'",
        "SESSION_ID, '020000000001 020000000002 11 09 0001 0000'",
        "SESSION_ID, '020000000001 020000000002 11 07 0001 0000'",
        "SESSION_ID, '020000000001 020000000002 11 19 0001 0000'",
        "SESSION_ID, '020000000001 020000000002 11 65 ffff 0000'",
        "SESSION_ID, '020000000001 020000000002 11 a7 0000 0000'",
        "SESSION_ID, '020000000001 020000000002 11 a7 ffff 0000'"
    })
    void saysWhatIsWrong(final Dropped problem, final String hex) {
        assertThat(read(hex)).isEqualTo(new DiscoveryCodec.Reading(Optional.empty(), Optional.of(problem)));
    }

    @Test
    void readsNoMoreTagsThanThereMayBe() {
        final byte[] tags = PppoeTag.write(
                java.util.Collections.nCopies(PppoeTag.MAX_TAGS + 1, PppoeTag.ofText(PppoeTag.AC_NAME, "")));
        assertThat(PppoeTag.read(tags, 0, tags.length)).isEmpty();
        assertThat(PppoeTag.read(tags, 0, tags.length - 4).orElseThrow()).hasSize(PppoeTag.MAX_TAGS);
    }

    @Test
    void readsNothingLongerThanAnyDiscovery() {
        assertThat(DiscoveryCodec.read(new byte[DiscoveryCodec.MAX_PDU + 1]).problem())
                .contains(Dropped.TOO_LONG);
    }

    @Provide
    Arbitrary<DiscoveryPacket> packets() {
        final Arbitrary<PppoeTag> tag = Combinators.combine(
                        Arbitraries.integers().between(1, 65_535),
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(60))
                .as((type, value) -> new PppoeTag(type, Octets.of(value)));
        return Combinators.combine(
                        Arbitraries.of(DiscoveryPacket.Code.class),
                        Arbitraries.integers().between(1, DiscoveryPacket.LAST_SESSION_ID),
                        tag.list().ofMaxSize(20))
                .as((code, id, tags) -> new DiscoveryPacket(
                        code, code == DiscoveryPacket.Code.PADS || code == DiscoveryPacket.Code.PADT ? id : 0, tags));
    }

    private static byte[] written(final DiscoveryPacket packet) {
        final byte[] pdu = DiscoveryCodec.write(HERE, packet);
        new MacAddress(0x0200_0000_0002L).copyTo(pdu, 6);
        return pdu;
    }

    @Property(tries = 500)
    void readsBackWhatItWrote(
            @ForAll("packets") final DiscoveryPacket packet, @ForAll @IntRange(max = 46) final int pad) {
        final byte[] pdu = written(packet);
        final DiscoveryCodec.Reading reading = DiscoveryCodec.read(Arrays.copyOf(pdu, pdu.length + pad));
        assertThat(reading.frame().orElseThrow().packet()).isEqualTo(packet);
        assertThat(reading.frame().orElseThrow().destination()).isEqualTo(HERE);
    }

    @Property(tries = 500)
    void readsNothingOfAPacketThatWasCut(
            @ForAll("packets") final DiscoveryPacket packet, @ForAll @IntRange(min = 1, max = 2000) final int cut) {
        final byte[] pdu = written(packet);
        final int left = Math.max(0, pdu.length - cut);
        assertThat(DiscoveryCodec.read(Arrays.copyOf(pdu, left)).problem())
                .contains(left < DiscoveryCodec.HEADER ? Dropped.CUT : Dropped.LENGTH);
    }

    /** Whatever a frame is, it is either a packet that can be written again or has a problem, and nothing is thrown. */
    @Property(tries = 2000)
    void survivesEverything(
            @ForAll("packets") final DiscoveryPacket packet,
            @ForAll @Size(max = 8) final List<@IntRange(max = 2000) Integer> places,
            @ForAll final byte put) {
        final byte[] pdu = written(packet);
        places.forEach(place -> pdu[place % pdu.length] = put);
        final DiscoveryCodec.Reading reading = DiscoveryCodec.read(pdu);
        assertThat(reading.frame().isPresent()).isNotEqualTo(reading.problem().isPresent());
        reading.frame().ifPresent(frame -> assertThat(DiscoveryCodec.read(written(frame.packet()))
                        .frame()
                        .orElseThrow()
                        .packet())
                .isEqualTo(frame.packet()));
    }

    @Property(tries = 2000)
    void survivesNoise(@ForAll @Size(max = 200) final byte[] noise) {
        final DiscoveryCodec.Reading reading = DiscoveryCodec.read(noise);
        assertThat(reading.frame().isPresent()).isNotEqualTo(reading.problem().isPresent());
    }
}
