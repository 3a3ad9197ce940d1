// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.VethPair;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.Octets;
import dev.condis.api.client.ClientVc;
import dev.condis.api.pppoe.PppoeParameters;
import dev.condis.api.pppoe.PppoeTag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One side begins to talk in the session right behind the PADS: the access concentrator, or the host. Skipped without root. */
@Timeout(240)
class FirstFramesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FRAMES = 50;
    private static final int CALLS = 20;
    private static final int FEW = 100;
    private static final int MANY = 1_000;

    @Test
    void noneIsLost() {
        final Prober concentrator = new Prober();
        try (VethPair pair = VethPair.create();
                VethLab lab = new VethLab(pair)
                        .adapter("left")
                        .adapter("right")
                        .signaling("left", PppoeSettings.DEFAULT)
                        .callManager("right", concentrator)) {
            final Subscriber host = lab.client("left");
            for (int call = 1; call <= CALLS; call++) {
                talksAtOnce(host, concentrator, call);
            }
        }
    }

    /**
     * A host sends as soon as it has the PADS, and the client here is still being connected when that has come: it does not return before. Not with the
     * verifier, which does not like that.
     */
    @Test
    void ofManyHostsNoneIsLost() {
        ofHosts(FEW);
    }

    @Test
    @Tag("long")
    void ofAThousandHostsNoneIsLost() {
        ofHosts(MANY);
    }

    private static void ofHosts(final int sessions) {
        try (VethPair pair = VethPair.create();
                VethLab lab = new VethLab(pair, false)
                        .adapter("left")
                        .adapter("right")
                        .signaling("left", PppoeSettings.DEFAULT)
                        .signaling("right", PppoeSettings.DEFAULT)) {
            firstFrames(lab, sessions);
        }
    }

    @Test
    void ofManyHostsNoneIsLostInsideOfAnAdapter() {
        insideOfAnAdapter(FEW);
    }

    @Test
    @Tag("long")
    void ofAThousandHostsNoneIsLostInsideOfAnAdapter() {
        insideOfAnAdapter(MANY);
    }

    private static void insideOfAnAdapter(final int sessions) {
        try (VethPair pair = VethPair.create();
                VethLab lab = new VethLab(pair, false)
                        .mcm("left", PppoeSettings.DEFAULT)
                        .mcm("right", PppoeSettings.DEFAULT)) {
            firstFrames(lab, sessions);
        }
    }

    private static void firstFrames(final VethLab lab, final int sessions) {
        final Subscriber host = lab.client("left");
        final Subscriber server = lab.client("right");
        VethLab.serve(server, "internet");
        server.whenConnected(vc -> {
            server.send(vc, first("server", server.incoming().size()));
            await().atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> lab.early() == 1);
        });
        for (int session = 1; session <= sessions; session++) {
            final int number = session;
            final ClientVc vc = host.af().createVc(host).get();
            final CompletionStage<NdisResult<CallParameters>> made = vc.makeCall(
                            PppoeParameters.service("internet").toCall())
                    .thenApply(result -> {
                        host.send(vc, first("host", number));
                        return result;
                    });
            assertThat(VethLab.join(made).isSuccess()).isTrue();
            await().atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .untilAsserted(() -> {
                        assertThat(server.received()).hasSize(number);
                        assertThat(host.received()).hasSize(number);
                    });
            VethLab.hangUp(vc);
        }
        assertThat(server.received())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, sessions)
                        .mapToObj(number -> first("host", number))
                        .toList());
        assertThat(host.received())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, sessions)
                        .mapToObj(number -> first("server", number))
                        .toList());
    }

    private static Octets first(final String side, final int number) {
        return Octets.ofText("\0!" + "first of the " + side + " in session " + number);
    }

    private static void talksAtOnce(final Subscriber host, final Prober concentrator, final int id) {
        final List<Octets> frames = IntStream.range(0, FRAMES)
                .mapToObj(i -> Octets.ofText("\0!" + "frame " + i + " of session " + id))
                .toList();
        final ClientVc vc = host.af().createVc(host).get();
        final CompletionStage<NdisResult<CallParameters>> made =
                vc.makeCall(PppoeParameters.service("internet").toCall());
        final SignalFrame padi = next(concentrator, DiscoveryPacket.Code.PADI);
        final List<PppoeTag> offer = new ArrayList<>(padi.packet().tags());
        offer.add(PppoeTag.ofText(PppoeTag.AC_NAME, "talkative"));
        concentrator.send(padi.source(), DiscoveryPacket.of(DiscoveryPacket.Code.PADO, offer));
        final SignalFrame padr = next(concentrator, DiscoveryPacket.Code.PADR);
        final Prober.Session session = concentrator.session(padr.source(), id);

        concentrator.send(
                padr.source(),
                new DiscoveryPacket(DiscoveryPacket.Code.PADS, id, padr.packet().tags()));
        frames.forEach(session::send);

        assertThat(VethLab.join(made).isSuccess()).isTrue();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(host.received(vc)).isEqualTo(frames));
        session.close();
        VethLab.hangUp(vc);
    }

    private static SignalFrame next(final Prober concentrator, final DiscoveryPacket.Code code) {
        final List<SignalFrame> heard = new ArrayList<>();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
            concentrator.heard().stream()
                    .filter(frame -> frame.packet().code() == code)
                    .forEach(heard::add);
            return !heard.isEmpty();
        });
        return heard.get(0);
    }
}
