// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.client.ClientVc;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.MacAddress;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.pppoe.PppoeTag;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Floods of every kind of packet, most of them from a station of its own each. What they cost is told by the sizes of the tables, which stay what they
 * are; meanwhile a session carries every frame that is sent in it, both ways.
 */
@Timeout(120)
class FloodTest {
    private static final int PACKETS = 20_000;
    private static final int BETWEEN_FRAMES = 100;
    private static final int SESSIONS = 50;
    private static final int SESSIONS_PER_PEER = 5;
    private static final long FIRST_STATION = 0x0266_0000_0000L;
    private static final PppoeTag INTERNET = PppoeTag.ofText(PppoeTag.SERVICE_NAME, "internet");

    private final PppoeLab lab = new PppoeLab(
            PppoeSettings.DEFAULT
                    .named(PppoeLab.AC_NAME)
                    .with(new PppoeSettings.Limits(SESSIONS, SESSIONS_PER_PEER, 1492)),
            false);
    private final Random random = new Random(3);
    private ClientVc call;
    private ClientVc there;
    private int frames;

    @BeforeEach
    void hasASession() {
        lab.serve("internet");
        call = lab.call("internet");
        there = lab.server.incoming().get(0);
    }

    @AfterEach
    void isUndisturbed() {
        final List<Octets> sent = java.util.stream.IntStream.range(0, frames)
                .mapToObj(FloodTest::frame)
                .toList();
        assertThat(lab.server.received(there)).isEqualTo(sent);
        assertThat(lab.host.received(call)).isEqualTo(sent);
        assertThat(call.state()).isEqualTo(VcState.ACTIVE);
        lab.hangUp(call, "");
        lab.close();
    }

    private static Octets frame(final int number) {
        return Octets.ofText("\0!frame " + number);
    }

    private static MacAddress station(final int number) {
        return new MacAddress(FIRST_STATION + number);
    }

    private int session() {
        final String flow = call.callParameters().orElseThrow().media().orElseThrow().specific().stream()
                .map(specific -> ((EthernetFlow)
                                MediaFlow.fromSpecificParameters(specific).orElseThrow())
                        .text())
                .findFirst()
                .orElseThrow();
        return Integer.parseInt(flow.substring(flow.lastIndexOf(':') + 1));
    }

    /** Sends packets, and frames of the session between them. */
    private void flood(final IntConsumer packet) {
        for (int i = 0; i < PACKETS; i++) {
            packet.accept(i);
            if (i % BETWEEN_FRAMES == 0) {
                lab.host.send(call, frame(frames));
                lab.server.send(there, frame(frames));
                frames++;
                lab.settle();
                lab.stranger.heard();
            }
        }
        lab.settle();
        lab.stranger.heard();
    }

    private void assertRemembered(final int sessions) {
        final PppoeBinding ac = lab.signaling("ac");
        assertThat(ac.sessions().size()).isEqualTo(sessions);
        assertThat(ac.concentrator().requests()).isEqualTo(sessions);
        assertThat(ac.host().questions()).isZero();
        final PppoeBinding host = lab.signaling("host");
        assertThat(host.sessions().size()).isOne();
        assertThat(host.concentrator().requests()).isZero();
        assertThat(host.host().questions()).as("that of the call").isOne();
        assertThat(lab.vcs()).as("signaling, the call, sessions").isEqualTo(2 + 1 + sessions);
    }

    private static DiscoveryPacket packet(final DiscoveryPacket.Code code, final int id, final PppoeTag... tags) {
        return new DiscoveryPacket(code, id, List.of(tags));
    }

    private Octets noise(final int length) {
        final byte[] octets = new byte[length];
        random.nextBytes(octets);
        return Octets.of(octets);
    }

    @Test
    void remembersNobodyWhoOnlyAsks() {
        flood(i -> lab.stranger.sendAs(
                station(i),
                MacAddress.BROADCAST,
                packet(DiscoveryPacket.Code.PADI, 0, INTERNET, new PppoeTag(PppoeTag.HOST_UNIQ, noise(8)))));
        assertRemembered(1);
        final DiscoveryCounters counters = lab.signaling("ac").counters();
        assertThat(counters.sentOf(DiscoveryPacket.Code.PADO)
                        + counters.count(Dropped.OVERLOAD)
                        + counters.count(Dropped.NOT_SENT))
                .as("each is answered, or counted")
                .isGreaterThanOrEqualTo(PACKETS);
    }

    @Test
    void takesNoForgedCookies() {
        flood(i -> lab.stranger.sendAs(
                station(i),
                PppoeLab.AC,
                packet(
                        DiscoveryPacket.Code.PADR,
                        0,
                        INTERNET,
                        new PppoeTag(PppoeTag.AC_COOKIE, noise(CookieJar.LENGTH)))));
        assertRemembered(1);
        assertThat(lab.dropped("ac", Dropped.COOKIE)).isEqualTo(PACKETS);
        assertThat(lab.server.offered()).hasSize(1);
    }

    @Test
    void believesNoStrangersThatASessionIsOver() {
        final int id = session();
        flood(i -> lab.stranger.sendAs(
                station(i),
                i % 2 == 0 ? PppoeLab.AC : PppoeLab.HOST,
                packet(DiscoveryPacket.Code.PADT, i % 3 == 0 ? 1 + random.nextInt(65_000) : id)));
        assertRemembered(1);
        assertThat(lab.dropped("ac", Dropped.UNKNOWN_SESSION)).isEqualTo(PACKETS / 2);
        assertThat(lab.dropped("host", Dropped.UNKNOWN_SESSION)).isEqualTo(PACKETS / 2);
    }

    @Test
    void listensToNoAnswersThatNobodyWaitsFor() {
        flood(i -> lab.stranger.sendAs(
                station(i),
                PppoeLab.HOST,
                i % 2 == 0
                        ? packet(
                                DiscoveryPacket.Code.PADO,
                                0,
                                INTERNET,
                                PppoeTag.ofText(PppoeTag.AC_NAME, "me"),
                                new PppoeTag(PppoeTag.HOST_UNIQ, noise(CookieJar.LENGTH)))
                        : packet(
                                DiscoveryPacket.Code.PADS,
                                1 + i % 65_000,
                                INTERNET,
                                new PppoeTag(PppoeTag.HOST_UNIQ, noise(CookieJar.LENGTH)))));
        assertRemembered(1);
        assertThat(lab.dropped("host", Dropped.UNASKED)).isEqualTo(PACKETS);
        assertThat(lab.signaling("host").counters().sentOf(DiscoveryPacket.Code.PADT))
                .isZero();
    }

    /** Stations that keep to the protocol get sessions, as many as the bounds say, and no more than that is remembered. */
    @Test
    void givesSessionsUpToItsBounds() {
        final Stranger greedy = new Stranger(lab.network, station(0));
        int given = 0;
        for (int i = 0; i < 2 * SESSIONS; i++) {
            given += sessionsFor(greedy);
        }
        assertThat(given).isEqualTo(SESSIONS_PER_PEER);
        for (int i = 1; i <= SESSIONS; i++) {
            given += sessionsFor(new Stranger(lab.network, station(i)));
        }
        assertThat(given).as("beside that of the call").isEqualTo(SESSIONS - 1);
        assertRemembered(SESSIONS);
        assertThat(lab.dropped("ac", Dropped.FULL)).isEqualTo(3 * SESSIONS - given);
        lab.host.send(call, frame(frames));
        lab.server.send(there, frame(frames));
        frames++;
        lab.settle();
    }

    /** How many sessions a station gets that asks for one by the book: 1, or none. */
    private int sessionsFor(final Stranger station) {
        station.send(MacAddress.BROADCAST, packet(DiscoveryPacket.Code.PADI, 0, INTERNET));
        lab.settle();
        station.heard().stream()
                .flatMap(pado -> pado.packet().tag(PppoeTag.AC_COOKIE).stream())
                .forEach(cookie -> station.send(PppoeLab.AC, packet(DiscoveryPacket.Code.PADR, 0, INTERNET, cookie)));
        lab.settle();
        return (int) station.heard().stream()
                .filter(pads -> pads.packet().code() == DiscoveryPacket.Code.PADS
                        && pads.packet().sessionId() != 0)
                .count();
    }
}
