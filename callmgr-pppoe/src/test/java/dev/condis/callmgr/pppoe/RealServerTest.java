// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.VethPair;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.client.ClientVc;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.pppoe.PppoeOffer;
import dev.condis.api.pppoe.PppoeParameters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** As a host, with {@code pppoe-server} on the other end of the cable. Skipped without root or the program. */
@Timeout(240)
class RealServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MANY = 1000;
    private static final int AT_A_TIME = 50;

    private static Optional<VethPair> made = Optional.empty();

    @TempDir
    Path folder;

    @BeforeAll
    static void makesACable() {
        made = Optional.of(VethPair.create());
    }

    @AfterAll
    static void removesIt() {
        made.ifPresent(VethPair::close);
    }

    private static VethPair pair() {
        return made.orElseThrow();
    }

    private static VethLab lab() {
        return new VethLab(pair()).adapter("left").signaling("left", PppoeSettings.DEFAULT);
    }

    private static void awaitServer(final Subscriber host) {
        await().atMost(PATIENCE).until(() -> !discover(host).isEmpty());
    }

    private static List<PppoeOffer> discover(final Subscriber host) {
        return PppoeOffer.read(VethLab.join(host.af().oidRequest(OidRequest.query(Oid.PPPOE_DISCOVER, 65_535)))
                        .information())
                .orElseThrow();
    }

    @Test
    void findsItAndItsServices() {
        try (RealServer server = RealServer.start(pair(), folder, 8, "internet", "voice");
                VethLab lab = lab()) {
            final Subscriber host = lab.client("left");
            awaitServer(host);
            assertThat(discover(host)).singleElement().satisfies(offer -> {
                assertThat(offer.acName()).isEqualTo(RealServer.AC_NAME);
                assertThat(offer.services()).contains("internet", "voice");
            });
            assertThat(server.isRunning()).isTrue();
        }
    }

    @Test
    void opensAndClosesASession() {
        try (RealServer server = RealServer.start(pair(), folder, 8, "internet", "voice");
                VethLab lab = lab()) {
            final Subscriber host = lab.client("left");
            awaitServer(host);
            final ClientVc vc = host.af().createVc(host).get();
            final NdisResult<CallParameters> call =
                    VethLab.tryCall(host, vc, PppoeParameters.service("voice").at(RealServer.AC_NAME));
            assertThat(PppoeParameters.of(call.get()).orElseThrow())
                    .isEqualTo(PppoeParameters.service("voice").at(RealServer.AC_NAME));
            await().atMost(PATIENCE).until(() -> server.sessions() == 1);
            VethLab.hangUp(vc);
            await().atMost(PATIENCE).until(() -> server.sessions() == 0);
            assertThat(host.events()).isEmpty();
        }
    }

    @Test
    void hearsWhyItGetsNone() {
        try (RealServer server = RealServer.start(pair(), folder, 1, "internet");
                VethLab lab = lab()) {
            final Subscriber host = lab.client("left");
            awaitServer(host);
            final ClientVc first = VethLab.call(host, "internet");
            final ClientVc second = host.af().createVc(host).get();
            assertThat(VethLab.tryCall(host, second, PppoeParameters.service("tv"))
                            .status())
                    .isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
            final NdisResult<CallParameters> full = VethLab.tryCall(host, second, PppoeParameters.service("internet"));
            assertThat(full.status()).isEqualTo(NdisStatus.RESOURCES);
            assertThat(full.refusal().orElseThrow().explanation()).contains(RealServer.AC_NAME + "' refuses");
            assertThat(second.deleteVc().isSuccess()).isTrue();
            VethLab.hangUp(first);
            assertThat(server.isRunning()).isTrue();
        }
    }

    @Test
    void hearsThatTheServerEnds() {
        try (RealServer server = RealServer.start(pair(), folder, 8, "internet");
                VethLab lab = lab()) {
            final Subscriber host = lab.client("left");
            awaitServer(host);
            final ClientVc vc = VethLab.call(host, "internet");
            server.terminate();
            await().atMost(PATIENCE)
                    .until(() -> host.events().contains("closed SUCCESS")
                            || host.events().stream().anyMatch(event -> event.startsWith("closed SUCCESS '")));
            await().atMost(PATIENCE).until(() -> vc.deleteVc().isSuccess());
        }
    }

    /** Of a PDU of a signaling VC, in which the adapter has not written its own address yet. */
    private static boolean isPadt(final byte[] pdu) {
        return pdu.length >= DiscoveryCodec.HEADER && pdu[12] == 0x11 && pdu[13] == (byte) 0xa7;
    }

    /** It keeps what it has not heard the end of; the next call is another session, and nobody minds. */
    @Test
    void survivesThatItsPadtsAreLost() {
        try (RealServer server = RealServer.start(pair(), folder, 8, "internet");
                VethLab lab = new VethLab(pair())
                        .lossy("left", RealServerTest::isPadt)
                        .signaling("left", PppoeSettings.DEFAULT)) {
            final Subscriber host = lab.client("left");
            awaitServer(host);
            for (int i = 1; i <= 3; i++) {
                final int sessions = i;
                final ClientVc vc = VethLab.call(host, "internet");
                await().atMost(PATIENCE).until(() -> server.sessions() == sessions);
                VethLab.hangUp(vc);
                assertThat(lab.vcs()).as("the signaling VC").isEqualTo(1);
            }
            assertThat(server.sessions()).isEqualTo(3);
            assertThat(server.isRunning()).isTrue();
            assertThat(host.events()).isEmpty();
        }
    }

    /** A burst of PADTs is mostly lost by the server: whether it hears of the end is its affair, all VCs are gone here. */
    @Test
    void opensAndClosesAThousandSessions() {
        try (RealServer server = RealServer.start(pair(), folder, MANY, "internet");
                VethLab lab = lab()) {
            final Subscriber host = lab.client("left");
            awaitServer(host);
            final List<ClientVc> calls = new ArrayList<>();
            for (int from = 0; from < MANY; from += AT_A_TIME) {
                calls.addAll(callAtOnce(host, AT_A_TIME));
            }
            assertThat(calls).hasSize(MANY);
            await().atMost(PATIENCE).until(() -> server.sessions() == MANY);
            calls.forEach(VethLab::hangUp);
            await().atMost(PATIENCE).until(() -> server.sessions() < MANY);
            assertThat(lab.vcs()).as("the signaling VC").isEqualTo(1);
        }
    }

    private static List<ClientVc> callAtOnce(final Subscriber host, final int count) {
        final List<ClientVc> vcs = new ArrayList<>();
        final List<CompletableFuture<NdisResult<CallParameters>>> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final ClientVc vc = host.af().createVc(host).get();
            vcs.add(vc);
            made.add(vc.makeCall(PppoeParameters.service("internet").toCall()).toCompletableFuture());
        }
        made.forEach(call -> assertThat(VethLab.join(call).status()).isEqualTo(NdisStatus.SUCCESS));
        return vcs;
    }
}
