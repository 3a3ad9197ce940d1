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
import dev.condis.api.pppoe.PppoeParameters;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures, and asserts nothing about time: how fast the same hosts, ours, open sessions at {@code pppoe-server} and at our access concentrator, one
 * after the other on the same cable in turn; and how much memory a session keeps. Skipped without root or the program.
 */
@Tag("long")
@Timeout(550)
class OpeningRateTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SESSIONS = 1_000;
    private static final int AT_A_TIME = 32;
    private static final int ROUNDS = 5;
    private static final int MANY = 10_000;
    private static final int SETTLING_COLLECTIONS = 5;

    @TempDir
    Path folder;

    @Test
    void opensSessionsHereAndThere() {
        try (VethPair pair = VethPair.create()) {
            final double[] theirs = new double[ROUNDS];
            final double[] ours = new double[ROUNDS];
            // the first pair of rounds warms the virtual machine up
            for (int round = -1; round < ROUNDS; round++) {
                final double there = atTheRealServer(pair);
                final double here = atOurs(pair);
                if (round >= 0) {
                    theirs[round] = there;
                    ours[round] = here;
                }
            }
            System.out.printf(
                    "%d sessions, %d at a time, sessions a second: pppoe-server %s; ours %s; ratio of the medians %.2f%n",
                    SESSIONS, AT_A_TIME, text(theirs), text(ours), median(ours) / median(theirs));
        }
    }

    private double atTheRealServer(final VethPair pair) {
        try (RealServer server = RealServer.start(pair, folder, SESSIONS, "internet");
                VethLab lab = host(pair)) {
            final Subscriber host = lab.client("left");
            await().atMost(PATIENCE).until(() -> answers(host));
            final double rate = rate(host);
            await().atMost(PATIENCE).until(() -> server.sessions() == SESSIONS);
            return rate;
        }
    }

    private static double atOurs(final VethPair pair) {
        try (VethLab lab = host(pair).adapter("right").signaling("right", PppoeSettings.DEFAULT)) {
            final Subscriber host = lab.client("left");
            final Subscriber server = lab.client("right");
            VethLab.serve(server, "internet");
            return rate(host);
        }
    }

    private static VethLab host(final VethPair pair) {
        return new VethLab(pair, false).adapter("left").signaling("left", PppoeSettings.DEFAULT);
    }

    /** Whether a call can be made, which is closed again. */
    private static boolean answers(final Subscriber host) {
        final ClientVc vc = host.af().createVc(host).get();
        final boolean made =
                VethLab.tryCall(host, vc, PppoeParameters.service("internet")).isSuccess();
        if (made) {
            VethLab.hangUp(vc);
        } else {
            assertThat(vc.deleteVc().isSuccess()).isTrue();
        }
        return made;
    }

    /** Opens the sessions, a window of them at a time; the rate is that of the whole. */
    private static double rate(final Subscriber host) {
        final long begin = System.nanoTime();
        open(host, SESSIONS);
        return SESSIONS * 1e9 / (System.nanoTime() - begin);
    }

    private static List<ClientVc> open(final Subscriber host, final int count) {
        final List<ClientVc> vcs = new ArrayList<>();
        final Deque<CompletableFuture<NdisResult<CallParameters>>> making = new ArrayDeque<>();
        for (int i = 0; i < count; i++) {
            final ClientVc vc = host.af().createVc(host).get();
            vcs.add(vc);
            making.add(vc.makeCall(PppoeParameters.service("internet").toCall()).toCompletableFuture());
            if (making.size() == AT_A_TIME) {
                ends(making.remove());
            }
        }
        making.forEach(OpeningRateTest::ends);
        return vcs;
    }

    private static void ends(final CompletableFuture<NdisResult<CallParameters>> call) {
        assertThat(VethLab.join(call).status()).isEqualTo(NdisStatus.SUCCESS);
    }

    private static double median(final double[] values) {
        final double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static String text(final double[] rates) {
        return String.format(
                "%.0f (%.0f to %.0f)",
                median(rates),
                Arrays.stream(rates).min().orElseThrow(),
                Arrays.stream(rates).max().orElseThrow());
    }

    @Test
    void keepsSoMuchMemoryForASession() {
        try (VethPair pair = VethPair.create();
                VethLab lab = host(pair).adapter("right").signaling("right", PppoeSettings.DEFAULT)) {
            final Subscriber host = lab.client("left");
            final Subscriber server = lab.client("right");
            VethLab.serve(server, "internet");
            open(host, AT_A_TIME).forEach(VethLab::hangUp);
            await().atMost(PATIENCE).until(() -> lab.vcs() == 2);
            final long before = retained();
            final List<ClientVc> calls = open(host, MANY);
            await().atMost(PATIENCE).until(() -> lab.vcs() == 2 * MANY + 2);
            final long bytes = retained() - before;
            System.out.printf(
                    "%d sessions: %d bytes of heap for each, both ends with two VCs, core, adapters and clients together%n",
                    calls.size(), bytes / MANY);
            calls.forEach(VethLab::hangUp);
            await().atMost(PATIENCE).until(() -> lab.vcs() == 2);
        }
    }

    private static long retained() {
        for (int i = 0; i < SETTLING_COLLECTIONS; i++) {
            ManagementFactory.getMemoryMXBean().gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
