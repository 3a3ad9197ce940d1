// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.VethPair;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.client.ClientVc;
import dev.condis.api.pppoe.PppoeParameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ours at both ends of a cable. Skipped without root. */
@Timeout(480)
class OursOnVethTest {
    private static final Logger LOG = LoggerFactory.getLogger(OursOnVethTest.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int AT_A_TIME = 100;
    private static final int FEW = 1_000;
    private static final int MANY = 10_000;

    private static Optional<VethPair> made = Optional.empty();

    @BeforeAll
    static void makesACable() {
        made = Optional.of(VethPair.create());
    }

    @AfterAll
    static void removesIt() {
        made.ifPresent(VethPair::close);
    }

    private static VethLab lab(final boolean verified) {
        return new VethLab(made.orElseThrow(), verified)
                .adapter("left")
                .adapter("right")
                .signaling("left", PppoeSettings.DEFAULT.onLinks("untagged", "vlan:7"))
                .signaling("right", PppoeSettings.DEFAULT.named("ours").onLinks("untagged", "vlan:7"));
    }

    private static Octets pdu(final int number) {
        return Octets.ofText("\0!" + "pdu " + number);
    }

    @Test
    void callsWithinAVlanAndCarriesWhatIsSent() {
        try (VethLab lab = lab(true)) {
            final Subscriber host = lab.client("left");
            final Subscriber server = lab.client("right");
            VethLab.serve(server, "internet");
            final ClientVc vc = host.af().createVc(host).get();
            final CallParameters asked = PppoeParameters.service("internet")
                    .at("ours")
                    .toCall()
                    .withMedia(dev.condis.api.media.EthernetFlow.vlan(7).toMediaParameters());
            assertThat(VethLab.join(vc.makeCall(asked)).status()).isEqualTo(NdisStatus.SUCCESS);
            await().atMost(PATIENCE).until(() -> server.events().contains("connected"));
            host.send(vc, pdu(1));
            server.send(server.incoming().get(0), pdu(2));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(server.received()).containsExactly(pdu(1)));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(host.received()).containsExactly(pdu(2)));
            VethLab.hangUp(vc);
            await().atMost(PATIENCE).until(() -> server.events().contains("deleted"));
        }
    }

    /** The same engine as half of an adapter: nobody sees its signaling VCs, all else is the same. */
    @Test
    void signalsInsideOfAdaptersToo() {
        try (VethLab lab = new VethLab(made.orElseThrow())
                .mcm("left", PppoeSettings.DEFAULT)
                .mcm("right", PppoeSettings.DEFAULT.named("inside"))) {
            final Subscriber host = lab.client("left");
            final Subscriber server = lab.client("right");
            VethLab.serve(server, "internet");
            final ClientVc first = VethLab.call(host, "internet");
            final ClientVc second = VethLab.call(host, "internet");
            await().atMost(PATIENCE).until(() -> connected(server) == 2);
            assertThat(lab.vcs()).as("without signaling VCs").isEqualTo(4);
            host.send(first, pdu(1));
            server.send(server.incoming().get(1), pdu(2));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(server.received()).containsExactly(pdu(1)));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(host.received(second)).containsExactly(pdu(2)));
            VethLab.hangUp(first);
            assertThat(VethLab.join(server.incoming().get(1).closeCall()).isSuccess())
                    .isTrue();
            await().atMost(PATIENCE).until(() -> host.events().contains("closed SUCCESS"));
            await().atMost(PATIENCE).until(() -> second.deleteVc().isSuccess());
            await().atMost(PATIENCE).until(() -> lab.vcs() == 0);
        }
    }

    @Test
    void carriesAThousandSessions() {
        sessions(FEW, true);
    }

    @Test
    @Tag("long")
    void carriesTenThousandSessions() {
        sessions(MANY, false);
    }

    private static void sessions(final int count, final boolean verified) {
        try (VethLab lab = lab(verified)) {
            final Subscriber host = lab.client("left");
            final Subscriber server = lab.client("right");
            VethLab.serve(server, "internet");
            final long before = System.nanoTime();
            final List<ClientVc> calls = new ArrayList<>();
            for (int from = 0; from < count; from += AT_A_TIME) {
                calls.addAll(callAtOnce(host));
            }
            final long opened = System.nanoTime();
            await().atMost(PATIENCE).until(() -> connected(server) == count);
            assertThat(server.offered().stream().map(CallParameters::media).distinct())
                    .hasSize(count);
            for (int i = 0; i < count; i++) {
                host.send(calls.get(i), pdu(i));
                server.send(server.incoming().get(i), pdu(-i));
            }
            await().atMost(PATIENCE)
                    .until(() ->
                            server.received().size() == count && host.received().size() == count);
            assertThat(server.received().stream().distinct()).hasSize(count);
            final long closing = System.nanoTime();
            calls.forEach(VethLab::hangUp);
            await().atMost(PATIENCE).until(() -> lab.vcs() == 4);
            LOG.info(
                    "{} sessions: opened in {} ms, closed in {} ms",
                    count,
                    (opened - before) / 1_000_000,
                    (System.nanoTime() - closing) / 1_000_000);
        }
    }

    private static long connected(final Subscriber server) {
        return server.events().stream().filter("connected"::equals).count();
    }

    private static List<ClientVc> callAtOnce(final Subscriber host) {
        final List<ClientVc> vcs = new ArrayList<>();
        final List<CompletableFuture<NdisResult<CallParameters>>> calls = new ArrayList<>();
        for (int i = 0; i < AT_A_TIME; i++) {
            final ClientVc vc = host.af().createVc(host).get();
            vcs.add(vc);
            calls.add(vc.makeCall(PppoeParameters.service("internet").toCall()).toCompletableFuture());
        }
        calls.forEach(call -> assertThat(VethLab.join(call).status()).isEqualTo(NdisStatus.SUCCESS));
        return vcs;
    }
}
