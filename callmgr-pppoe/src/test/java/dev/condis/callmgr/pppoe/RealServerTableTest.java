// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.VethPair;
import dev.condis.api.Octets;
import dev.condis.api.media.MacAddress;
import dev.condis.api.pppoe.PppoeParameters;
import dev.condis.api.pppoe.PppoeTag;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code pppoe-server} answers to packets of ours, right and wrong ones: that our codec writes what others read, and what a host has to live with.
 * What remains unanswered is shown by the answer to a question that was asked after it.
 */
@Timeout(120)
class RealServerTableTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final PppoeTag INTERNET = PppoeTag.ofText(PppoeTag.SERVICE_NAME, "internet");
    private static final PppoeTag TV = PppoeTag.ofText(PppoeTag.SERVICE_NAME, "tv");
    private static final PppoeTag ANY = PppoeTag.ofText(PppoeTag.SERVICE_NAME, "");
    private static final int SESSIONS = 3;

    private static Optional<VethPair> pair = Optional.empty();
    private static Optional<RealServer> server = Optional.empty();
    private static Optional<VethLab> lab = Optional.empty();
    private static final Prober PROBER = new Prober();

    private int marks = new Random(1).nextInt();

    @TempDir
    static Path folder;

    @BeforeAll
    static void startsTheServer() {
        pair = Optional.of(VethPair.create());
        server = Optional.of(RealServer.start(pair.get(), folder, SESSIONS, "internet"));
        lab = Optional.of(new VethLab(pair.get()).adapter("left").callManager("left", PROBER));
        await().atMost(PATIENCE).until(() -> {
            PROBER.send(MacAddress.BROADCAST, packet(DiscoveryPacket.Code.PADI, INTERNET));
            return !PROBER.heard().isEmpty();
        });
    }

    @AfterAll
    static void endsIt() {
        lab.ifPresent(VethLab::close);
        server.ifPresent(RealServer::close);
        pair.ifPresent(VethPair::close);
    }

    private static DiscoveryPacket packet(final DiscoveryPacket.Code code, final PppoeTag... tags) {
        return DiscoveryPacket.of(code, List.of(tags));
    }

    /** What it answers to packets, before it answers to a PADI that comes after them. */
    private List<SignalFrame> answers(final Runnable questions) {
        final PppoeTag mark = new PppoeTag(PppoeTag.HOST_UNIQ, Octets.ofText("mark " + marks++));
        final List<SignalFrame> heard = new ArrayList<>();
        questions.run();
        PROBER.send(MacAddress.BROADCAST, packet(DiscoveryPacket.Code.PADI, INTERNET, mark));
        await().atMost(PATIENCE).until(() -> {
            heard.addAll(PROBER.heard());
            return heard.stream().anyMatch(frame -> isMarked(frame, mark));
        });
        return heard.stream()
                .filter(frame -> !isMarked(frame, mark))
                // offers to what was asked before the test
                .filter(frame -> frame.packet().code() != DiscoveryPacket.Code.PADO
                        || frame.packet().tag(PppoeTag.HOST_UNIQ).isPresent())
                .toList();
    }

    private static boolean isMarked(final SignalFrame frame, final PppoeTag mark) {
        return frame.packet().tag(PppoeTag.HOST_UNIQ).equals(Optional.of(mark));
    }

    private PppoeTag uniq() {
        return new PppoeTag(PppoeTag.HOST_UNIQ, Octets.ofText("question " + marks++));
    }

    private SignalFrame offerTo(final MacAddress to, final DiscoveryPacket padi) {
        final List<SignalFrame> heard = answers(() -> PROBER.send(to, padi));
        assertThat(heard).hasSize(1);
        assertThat(heard.get(0).packet().code()).isEqualTo(DiscoveryPacket.Code.PADO);
        assertThat(heard.get(0).packet().text(PppoeTag.AC_NAME)).isEqualTo(RealServer.AC_NAME);
        return heard.get(0);
    }

    private SignalFrame offer() {
        return offerTo(MacAddress.BROADCAST, packet(DiscoveryPacket.Code.PADI, INTERNET, uniq()));
    }

    private List<SignalFrame> answersToRequest(final MacAddress to, final PppoeTag... tags) {
        return answers(() -> PROBER.send(to, packet(DiscoveryPacket.Code.PADR, tags)));
    }

    private static PppoeTag cookie(final SignalFrame offer) {
        return offer.packet().tag(PppoeTag.AC_COOKIE).orElseThrow();
    }

    private void endSession(final MacAddress there, final int id) {
        final List<SignalFrame> heard =
                answers(() -> PROBER.send(there, new DiscoveryPacket(DiscoveryPacket.Code.PADT, id, List.of())));
        assertThat(heard).allSatisfy(frame -> {
            assertThat(frame.packet().code()).isEqualTo(DiscoveryPacket.Code.PADT);
            assertThat(frame.packet().sessionId()).isEqualTo(id);
        });
        await().atMost(PATIENCE).until(() -> server.orElseThrow().sessions() == 0);
    }

    @Test
    void offersAServiceAnyServiceAndToNoServiceAtAll() {
        offer();
        offerTo(MacAddress.BROADCAST, packet(DiscoveryPacket.Code.PADI, ANY, uniq()));
        offerTo(MacAddress.BROADCAST, packet(DiscoveryPacket.Code.PADI, uniq()));
    }

    @Test
    void offersToWhoeverAsksItAlone() {
        offerTo(offer().source(), packet(DiscoveryPacket.Code.PADI, INTERNET, uniq()));
    }

    @Test
    void offersToWhoNamesAnotherAccessConcentratorOrASession() {
        offerTo(
                MacAddress.BROADCAST,
                packet(
                        DiscoveryPacket.Code.PADI,
                        INTERNET,
                        uniq(),
                        PppoeTag.ofText(PppoeTag.AC_NAME, "somebody-else")));
        offerTo(MacAddress.BROADCAST, new DiscoveryPacket(DiscoveryPacket.Code.PADI, 7, List.of(INTERNET, uniq())));
    }

    @Test
    void isSilentToAnotherServiceAndToWhatIsNoPacket() {
        assertThat(answers(() -> PROBER.send(MacAddress.BROADCAST, packet(DiscoveryPacket.Code.PADI, TV, uniq()))))
                .isEmpty();
        final byte[] version =
                DiscoveryCodec.write(MacAddress.BROADCAST, packet(DiscoveryPacket.Code.PADI, INTERNET, uniq()));
        version[12] = 0x12;
        assertThat(answers(() -> PROBER.sendRaw(version))).isEmpty();
        final byte[] length =
                DiscoveryCodec.write(MacAddress.BROADCAST, packet(DiscoveryPacket.Code.PADI, INTERNET, uniq()));
        length[16] = 5;
        assertThat(answers(() -> PROBER.sendRaw(length))).isEmpty();
    }

    @Test
    void handsBackARelaysTagAndNotThoseOfVendors() {
        final PppoeTag relay = new PppoeTag(PppoeTag.RELAY_SESSION_ID, Octets.ofText("relay"));
        final PppoeTag vendor = new PppoeTag(PppoeTag.VENDOR_SPECIFIC, Octets.ofText("\0\0\rx"));
        final DiscoveryPacket pado = offerTo(
                        MacAddress.BROADCAST,
                        packet(
                                DiscoveryPacket.Code.PADI,
                                INTERNET,
                                uniq(),
                                relay,
                                vendor,
                                PppoeParameters.maxPayloadTag(1500)))
                .packet();
        assertThat(pado.tags()).contains(relay).doesNotContain(vendor);
        assertThat(PppoeParameters.maxPayloadOf(pado.tags())).isEqualTo(PppoeParameters.DEFAULT_MAX_PAYLOAD);
    }

    @Test
    void isSilentToARequestWithoutItsCookie() {
        final SignalFrame offer = offer();
        assertThat(answersToRequest(offer.source(), INTERNET, uniq())).isEmpty();
        assertThat(answersToRequest(
                        offer.source(),
                        INTERNET,
                        uniq(),
                        new PppoeTag(
                                PppoeTag.AC_COOKIE,
                                Octets.of(new byte[cookie(offer).value().length()]))))
                .isEmpty();
        assertThat(answersToRequest(MacAddress.BROADCAST, INTERNET, uniq(), cookie(offer)))
                .isEmpty();
        assertThat(server.orElseThrow().sessions()).isZero();
    }

    @Test
    void refusesAServiceThatItDoesNotHave() {
        final SignalFrame offer = offer();
        assertThat(answersToRequest(offer.source(), TV, uniq(), cookie(offer)))
                .singleElement()
                .satisfies(pads -> {
                    assertThat(pads.packet().sessionId()).isZero();
                    assertThat(pads.packet().error().orElseThrow().type()).isEqualTo(PppoeTag.SERVICE_NAME_ERROR);
                });
    }

    @Test
    void givesASessionToEachRequestUntilItIsFull() {
        final SignalFrame offer = offer();
        final PppoeTag uniq = uniq();
        final List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            final List<SignalFrame> confirmed = answersToRequest(offer.source(), INTERNET, uniq, cookie(offer));
            assertThat(confirmed).hasSize(1);
            ids.add(confirmed.get(0).packet().sessionId());
        }
        assertThat(ids).as("the same request each time").doesNotHaveDuplicates().doesNotContain(0);
        assertThat(answersToRequest(offer.source(), INTERNET, uniq, cookie(offer)))
                .singleElement()
                .satisfies(pads -> {
                    assertThat(pads.packet().sessionId()).isZero();
                    assertThat(pads.packet().error().orElseThrow().type()).isEqualTo(PppoeTag.AC_SYSTEM_ERROR);
                });
        for (int i = 0; i < SESSIONS; i++) {
            final int left = SESSIONS - 1 - i;
            PROBER.send(offer.source(), new DiscoveryPacket(DiscoveryPacket.Code.PADT, ids.get(i), List.of()));
            await().atMost(PATIENCE).until(() -> server.orElseThrow().sessions() <= left);
        }
        answers(() -> {});
    }

    @Test
    void isSilentToAPadtOfASessionThatIsNotThere() {
        final SignalFrame offer = offer();
        assertThat(answers(() ->
                        PROBER.send(offer.source(), new DiscoveryPacket(DiscoveryPacket.Code.PADT, 4711, List.of()))))
                .isEmpty();
        final int id = answersToRequest(offer.source(), INTERNET, uniq(), cookie(offer))
                .get(0)
                .packet()
                .sessionId();
        endSession(offer.source(), id);
    }
}
