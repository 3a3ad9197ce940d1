// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.condis.api.media.MediaFlow;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class FrameParserTest {

    private static final String PDU = "payload";

    static Stream<Arguments> goodFrames() {
        return Stream.of(
                good(
                        "type",
                        LinkType.ETHERNET,
                        Frames.ethernet().u16(0x88b6).text(PDU),
                        "peer:02-00-00-00-00-0a/type:0x88b6",
                        PDU),
                good(
                        "llc, trimmed by its length",
                        LinkType.ETHERNET,
                        Frames.ethernet().u16(7).text(PDU).text("pad"),
                        "peer:02-00-00-00-00-0a/type:llc",
                        PDU),
                good(
                        "vlan",
                        LinkType.ETHERNET,
                        Frames.ethernet().vlan(100).text("\u0008\u0000" + PDU),
                        "vlan:100",
                        "\u0008\u0000" + PDU),
                good(
                        "priority tag",
                        LinkType.ETHERNET,
                        Frames.ethernet().vlan(0xe000).text("\u0008\u0000"),
                        "vlan:0",
                        "\u0008\u0000"),
                good(
                        "pcp and dei are no part of the id",
                        LinkType.ETHERNET,
                        Frames.ethernet().vlan(0xb00a).text("\u0008\u0000"),
                        "vlan:10",
                        "\u0008\u0000"),
                good(
                        "qinq",
                        LinkType.ETHERNET,
                        Frames.ethernet().svlan(200).vlan(7).text("\u0008\u0000"),
                        "svlan:200/vlan:7",
                        "\u0008\u0000"),
                good(
                        "0x9100",
                        LinkType.ETHERNET,
                        Frames.ethernet().u16(0x9100).u16(5).vlan(7).text("\u0008\u0000"),
                        "vlan9100:5/vlan:7",
                        "\u0008\u0000"),
                good(
                        "llc in a vlan",
                        LinkType.ETHERNET,
                        Frames.ethernet().vlan(7).u16(3).text("abc"),
                        "vlan:7",
                        "\u0000\u0003abc"),
                good(
                        "mpls",
                        LinkType.ETHERNET,
                        Frames.ethernet()
                                .u16(0x8847)
                                .label(501, false)
                                .label(701, true)
                                .text(PDU),
                        "mpls:501/mpls:701",
                        PDU),
                good(
                        "mpls in a vlan",
                        LinkType.ETHERNET,
                        Frames.ethernet().vlan(9).u16(0x8847).label(16, true),
                        "vlan:9/mpls:16",
                        ""),
                good(
                        "pppoe session",
                        LinkType.ETHERNET,
                        Frames.ethernet()
                                .u16(0x8864)
                                .pppoe(0, 17, PDU.length())
                                .text(PDU)
                                .text("padding"),
                        "pppoe:17",
                        PDU),
                good(
                        "pppoe in two vlans",
                        LinkType.ETHERNET,
                        Frames.ethernet()
                                .vlan(2474)
                                .vlan(3704)
                                .u16(0x8864)
                                .pppoe(0, 3847, 2)
                                .text("xy"),
                        "vlan:2474/vlan:3704/pppoe:3847",
                        "xy"),
                good(
                        "pppoe discovery without session",
                        LinkType.ETHERNET,
                        Frames.ethernet().u16(0x8863).pppoe(9, 0, 0),
                        "peer:02-00-00-00-00-0a/type:0x8863",
                        "\u0011\u0009\u0000\u0000\u0000\u0000"),
                good("mpls over udp", LinkType.ETHERNET, mplsOverUdp(6635), "udp:6635/mpls:77", PDU),
                good(
                        "udp to another port",
                        LinkType.ETHERNET,
                        mplsOverUdp(6636),
                        "peer:02-00-00-00-00-0a/type:0x0800",
                        text(mplsOverUdp(6636).toBytes(), 14)),
                good(
                        "ppp",
                        LinkType.PPP,
                        Frames.raw().u8(0xff).u8(3).u16(0x0021).text(PDU),
                        "ppp:0x0021",
                        PDU),
                good(
                        "ppp without address and control",
                        LinkType.PPP,
                        Frames.raw().u16(0xc021).text(PDU),
                        "ppp:0xc021",
                        PDU),
                good(
                        "ppp with compressed protocol",
                        LinkType.PPP,
                        Frames.raw().u8(0x21).text(PDU),
                        "ppp:0x0021",
                        PDU),
                good(
                        "mpls over ppp",
                        LinkType.PPP,
                        Frames.raw().u8(0xff).u8(3).u16(0x0281).label(100, true).text(PDU),
                        "mpls:100",
                        PDU),
                good(
                        "serial ppp",
                        LinkType.PPP_SERIAL,
                        Frames.raw().u8(0xff).u8(3).u16(0x0021).text(PDU),
                        "ppp:0x0021",
                        PDU),
                good(
                        "serial cisco",
                        LinkType.PPP_SERIAL,
                        Frames.raw().u8(0x0f).u8(0).u16(0x0800).text(PDU),
                        "type:0x0800",
                        PDU),
                good(
                        "cisco hdlc",
                        LinkType.C_HDLC,
                        Frames.raw().u8(0x8f).u8(0).u16(0x2000).text(PDU),
                        "type:0x2000",
                        PDU),
                good(
                        "mpls over cisco hdlc",
                        LinkType.C_HDLC,
                        Frames.raw().u8(0x0f).u8(0).u16(0x8847).label(42, true).text(PDU),
                        "mpls:42",
                        PDU),
                good("cooked", LinkType.LINUX_SLL, cooked(0x0806).text(PDU), "peer:02-00-00-00-00-0a/type:0x0806", PDU),
                good(
                        "cooked vlan",
                        LinkType.LINUX_SLL,
                        cooked(0x8100).u16(5).u16(0x0800).text(PDU),
                        "vlan:5",
                        "\u0008\u0000" + PDU),
                good("cooked llc", LinkType.LINUX_SLL, cooked(4).text(PDU), "peer:02-00-00-00-00-0a/type:llc", PDU),
                good(
                        "atm",
                        LinkType.SUNATM,
                        Frames.raw().u8(0x86).u8(1).u16(200).text(PDU),
                        "atm:1/200",
                        PDU));
    }

    private static Arguments good(
            final String what, final LinkType link, final Frames frame, final String flow, final String pdu) {
        return Arguments.of(what, link, frame.toBytes(), flow, pdu);
    }

    private static Frames mplsOverUdp(final int port) {
        final int udp = 8 + 4 + PDU.length();
        return Frames.ethernet()
                .u16(0x0800)
                .u16(0x4500)
                .u16(20 + udp)
                .u16(0)
                .u16(0x4000)
                .u8(64)
                .u8(17)
                .u16(0)
                .u16(0x0a00)
                .u16(1)
                .u16(0x0a00)
                .u16(2)
                .u16(50_000)
                .u16(port)
                .u16(udp)
                .u16(0)
                .label(77, true)
                .text(PDU);
    }

    private static Frames cooked(final int protocol) {
        return Frames.raw().u16(0).u16(1).u16(6).mac(Frames.PEER).u16(0).u16(protocol);
    }

    private static String text(final byte[] bytes, final int from) {
        return new String(bytes, from, bytes.length - from, StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goodFrames")
    void shouldNameTheFlowAndFindItsPdu(
            final String what, final LinkType link, final byte[] frame, final String flow, final String pdu) {
        final FrameParser parser = new FrameParser(link);
        assertThat(parser.parse(frame, frame.length, frame.length)).isEqualTo(FrameProblem.NONE);
        final FlowKey key = parser.canonical(new FlowKey());
        assertThat(key.toFlow()).isEqualTo(MediaFlow.parse(flow));
        assertThat(key.copy()).isEqualTo(FlowKey.of(MediaFlow.parse(flow))).hasSameHashCodeAs(key);
        assertThat(pdu(parser, frame)).isEqualTo(pdu);
    }

    private static String pdu(final FrameParser parser, final byte[] frame) {
        return text(Arrays.copyOf(frame, parser.canonicalEnd()), parser.canonicalStart());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goodFrames")
    void shouldStayWithinTheFrame_whereverItIsCut(
            final String what, final LinkType link, final byte[] frame, final String flow, final String pdu) {
        final FrameParser parser = new FrameParser(link);
        for (int length = 0; length <= frame.length; length++) {
            // an exact copy, so that a read behind the end throws; once as a short frame, once as a short capture
            final byte[] cut = Arrays.copyOf(frame, length);
            parser.parse(cut, length, length);
            checkBounds(parser, length);
            parser.parse(cut, length, frame.length);
            checkBounds(parser, length);
            assertThat(parser.problem()).isIn(FrameProblem.NONE, FrameProblem.NOT_CAPTURED);
        }
    }

    private static void checkBounds(final FrameParser parser, final int length) {
        if (parser.canonical(new FlowKey()).length() > 0) {
            assertThat(parser.canonicalStart()).isBetween(0, length);
            assertThat(parser.canonicalEnd()).isBetween(parser.canonicalStart(), length);
        }
    }

    static Stream<Arguments> badFrames() {
        return Stream.of(
                bad(
                        FrameProblem.LINK_HEADER_CUT,
                        LinkType.ETHERNET,
                        Frames.raw().text("0123456789abc")),
                bad(FrameProblem.LINK_HEADER_CUT, LinkType.SUNATM, Frames.raw().text("abc")),
                bad(
                        FrameProblem.LINK_HEADER_CUT,
                        LinkType.LINUX_SLL,
                        Frames.raw().text("0123456789abcde")),
                bad(FrameProblem.LINK_HEADER_CUT, LinkType.C_HDLC, Frames.raw().text("abc")),
                bad(FrameProblem.TAG_CUT, LinkType.ETHERNET, Frames.ethernet().u16(0x8100)),
                bad(FrameProblem.TAG_CUT, LinkType.ETHERNET, Frames.ethernet().vlan(5)),
                bad(
                        FrameProblem.VLAN_ID_RESERVED,
                        LinkType.ETHERNET,
                        Frames.ethernet().vlan(4095).u16(0x0800)),
                bad(FrameProblem.TAGS_TOO_DEEP, LinkType.ETHERNET, tags(17).u16(0x0800)),
                bad(
                        FrameProblem.TYPE_INVALID,
                        LinkType.ETHERNET,
                        Frames.ethernet().u16(0x05dd).text(PDU)),
                bad(FrameProblem.TYPE_INVALID, LinkType.LINUX_SLL, cooked(3)),
                bad(
                        FrameProblem.LENGTH_PAST_FRAME,
                        LinkType.ETHERNET,
                        Frames.ethernet().u16(8).text(PDU)),
                bad(
                        FrameProblem.LABEL_STACK_CUT,
                        LinkType.ETHERNET,
                        Frames.ethernet().u16(0x8847).label(5, false)),
                bad(
                        FrameProblem.LABEL_STACK_CUT,
                        LinkType.ETHERNET,
                        Frames.ethernet().u16(0x8847).u16(1)),
                bad(FrameProblem.LABELS_TOO_DEEP, LinkType.ETHERNET, labels(17)),
                bad(
                        FrameProblem.PPPOE_HEADER_CUT,
                        LinkType.ETHERNET,
                        Frames.ethernet().u16(0x8864).u16(0x1100)),
                bad(
                        FrameProblem.PPPOE_VERSION,
                        LinkType.ETHERNET,
                        Frames.ethernet().u16(0x8864).u16(0x2100).u16(5).u16(0)),
                bad(
                        FrameProblem.PPPOE_VERSION,
                        LinkType.ETHERNET,
                        Frames.ethernet().u16(0x8863).u16(0x1265).u16(5).u16(0)),
                bad(
                        FrameProblem.PPPOE_CODE,
                        LinkType.ETHERNET,
                        Frames.ethernet().u16(0x8864).pppoe(0x65, 5, 0)),
                bad(
                        FrameProblem.PPPOE_SESSION_ZERO,
                        LinkType.ETHERNET,
                        Frames.ethernet().u16(0x8864).pppoe(0, 0, 0)),
                bad(
                        FrameProblem.PPPOE_LENGTH,
                        LinkType.ETHERNET,
                        Frames.ethernet().u16(0x8864).pppoe(0, 5, 1)),
                bad(
                        FrameProblem.PPPOE_LENGTH,
                        LinkType.ETHERNET,
                        Frames.ethernet().u16(0x8863).pppoe(0x65, 5, 65_535)),
                bad(FrameProblem.PPP_CUT, LinkType.PPP, Frames.raw().u8(0xff)),
                bad(FrameProblem.PPP_CUT, LinkType.PPP, Frames.raw().u8(0xff).u8(3)),
                bad(
                        FrameProblem.PPP_CONTROL,
                        LinkType.PPP,
                        Frames.raw().u16(0xff60).u16(0x0021)),
                bad(FrameProblem.PPP_CUT, LinkType.PPP, Frames.raw().u8(0xc0)),
                bad(FrameProblem.PPP_CUT, LinkType.PPP, Frames.raw()),
                bad(FrameProblem.PPP_CUT, LinkType.PPP_SERIAL, Frames.raw()));
    }

    private static Frames tags(final int count) {
        final Frames frame = Frames.ethernet();
        for (int i = 1; i <= count; i++) {
            frame.vlan(i);
        }
        return frame;
    }

    private static Frames labels(final int count) {
        final Frames frame = Frames.ethernet().u16(0x8847);
        for (int i = 1; i <= count; i++) {
            frame.label(i, i == count);
        }
        return frame;
    }

    private static Arguments bad(final FrameProblem problem, final LinkType link, final Frames frame) {
        return Arguments.of(problem, link, frame.toBytes());
    }

    @ParameterizedTest
    @MethodSource("badFrames")
    void shouldSayWhatIsWrong(final FrameProblem problem, final LinkType link, final byte[] frame) {
        final FrameParser parser = new FrameParser(link);
        assertThat(parser.parse(frame, frame.length, frame.length)).isEqualTo(problem);
        assertThat(parser.canonical(new FlowKey()).length()).isZero();
    }

    @Test
    void shouldReadAsManyTagsAndLabelsAsItsBounds() {
        final FrameParser parser = new FrameParser(LinkType.ETHERNET);
        final byte[] tags = tags(FrameParser.MAX_TAGS).u16(0x0800).toBytes();
        assertThat(parser.parse(tags, tags.length, tags.length)).isEqualTo(FrameProblem.NONE);
        assertThat(parser.tagCount()).isEqualTo(FrameParser.MAX_TAGS);
        final byte[] labels = labels(FrameParser.MAX_LABELS).toBytes();
        assertThat(parser.parse(labels, labels.length, labels.length)).isEqualTo(FrameProblem.NONE);
        assertThat(parser.labelCount()).isEqualTo(FrameParser.MAX_LABELS);
    }

    @ParameterizedTest
    @EnumSource(names = {"PADS", "PADT"})
    void shouldTakeConfirmationAndTerminationAsEvidenceOfASession(final DiscoveryCode code) {
        final FrameParser parser = new FrameParser(LinkType.ETHERNET);
        final byte[] frame = Frames.ethernet()
                .vlan(5)
                .u16(0x8863)
                .pppoe(code.number, 17, 4)
                .text("tags")
                .toBytes();
        assertThat(parser.parse(frame, frame.length, frame.length)).isEqualTo(FrameProblem.NONE);
        assertThat(parser.isEvidence()).isTrue();
        assertThat(parser.canonical(new FlowKey())).hasToString("vlan:5/pppoe:17");
        assertThat(parser.canonicalEnd() - parser.canonicalStart()).isZero();
    }

    enum DiscoveryCode {
        PADS(0x65),
        PADT(0xa7);

        private final int number;

        DiscoveryCode(final int number) {
            this.number = number;
        }
    }

    @ParameterizedTest
    @EnumSource(LinkType.class)
    void shouldNeverThrow_whenFramesAreRandom(final LinkType link) {
        final Random random = new Random(20_240_502);
        final FrameParser parser = new FrameParser(link);
        final FlowKey key = new FlowKey();
        final int[] interesting = {0x81, 0x00, 0x88, 0xa8, 0x47, 0x63, 0x64, 0x11, 0x65, 0xa7, 0xff, 0x03, 0x45, 0x08};
        int named = 0;
        for (int i = 0; i < 300_000; i++) {
            final byte[] frame = new byte[random.nextInt(96)];
            random.nextBytes(frame);
            for (int n = random.nextInt(12); n > 0 && frame.length > 0; n--) {
                frame[random.nextInt(frame.length)] = (byte) interesting[random.nextInt(interesting.length)];
            }
            parser.parse(frame, frame.length, frame.length + random.nextInt(3));
            checkBounds(parser, frame.length);
            if (parser.canonical(key).length() > 0) {
                named++;
                assertThat(MediaFlow.parse(key.toFlow().text())).isEqualTo(key.toFlow());
            }
        }
        assertThat(named).isPositive();
    }

    @Test
    void shouldNotTrustTheCapturedLengthBeyondTheArray() {
        final FrameParser parser = new FrameParser(LinkType.ETHERNET);
        final byte[] frame = Frames.ethernet().vlan(5).toBytes();
        assertThatCode(() -> parser.parse(frame, 1_000_000, 1_000_000)).doesNotThrowAnyException();
        assertThat(parser.end()).isEqualTo(frame.length);
    }
}
