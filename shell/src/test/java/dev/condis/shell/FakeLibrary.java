// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.shell;

import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.VcOutcome;
import dev.condis.api.management.SwapReport.VcReport;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.management.Violation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/** A library with two adapters, which notes what it is asked to do and answers what a test wants. */
final class FakeLibrary implements NdisLibrary {
    final List<String> asked = new ArrayList<>();
    CompletionStage<NdisResult<Void>> answer = NdisResult.success().asStage();

    static AdapterSnapshot running(final String name) {
        final VcSnapshot vc = new VcSnapshot(
                "vc#1 on " + name,
                Optional.of("line"),
                Optional.of("caller"),
                VcSnapshot.Creator.CLIENT,
                Instant.EPOCH,
                VcState.ACTIVE,
                CallState.CONNECTED,
                Optional.empty(),
                10,
                9,
                0,
                120,
                119,
                0,
                1,
                2,
                Optional.empty());
        return new AdapterSnapshot(
                name,
                AdapterSnapshot.State.RUNNING,
                2,
                2,
                Optional.empty(),
                List.of(),
                List.of("caller", "call manager"),
                List.of(vc));
    }

    static AdapterSnapshot unavailable(final String name) {
        return new AdapterSnapshot(
                name,
                AdapterSnapshot.State.HALTED,
                0,
                1,
                Optional.of("no such interface"),
                List.of(),
                List.of(),
                List.of());
    }

    static BackendChoice choice(final String name) {
        return new BackendChoice(
                name,
                OptionalLong.of(41),
                OptionalLong.of(41),
                "it has the highest ranking",
                Optional.empty(),
                List.of(
                        new BackendChoice.Candidate(
                                41, 10, false, Optional.empty(), Optional.empty(), Optional.empty(), 0),
                        new BackendChoice.Candidate(
                                40,
                                0,
                                true,
                                Optional.of("on fire"),
                                Optional.of("too hot"),
                                Optional.of("initialize answered FAILURE"),
                                7)),
                List.of("the end of service 41"));
    }

    static SwapReport swapped() {
        return new SwapReport(
                1,
                "atm0",
                SwapReport.Cause.BETTER_CANDIDATE,
                "a better one has come",
                OptionalLong.of(40),
                OptionalLong.of(41),
                2,
                Instant.ofEpochMilli(1500),
                List.of(
                        new SwapReport.Phase("prepare", Duration.ofMillis(20)),
                        new SwapReport.Phase("switch", Duration.ofMillis(5))),
                SwapReport.Outcome.SWAPPED,
                List.of(new VcReport("vc#0", VcOutcome.MOVED, Optional.empty(), 12, Duration.ofNanos(800_000))),
                1000,
                0,
                0,
                12,
                0,
                0,
                Duration.ofNanos(800_000));
    }

    static SwapReport refused(final int vcs) {
        return new SwapReport(
                2,
                "atm0",
                SwapReport.Cause.OPERATOR,
                "an operator asks for it",
                OptionalLong.of(41),
                OptionalLong.empty(),
                2,
                Instant.ofEpochMilli(2000),
                List.of(new SwapReport.Phase("prepare", Duration.ofMillis(3))),
                SwapReport.Outcome.REFUSED,
                IntStream.range(0, vcs)
                        .mapToObj(i ->
                                new VcReport("vc#" + i, VcOutcome.REFUSED, Optional.of("no room"), 0, Duration.ZERO))
                        .toList(),
                0,
                0,
                vcs,
                0,
                0,
                0,
                Duration.ZERO);
    }

    @Override
    public List<AdapterSnapshot> adapters() {
        return List.of(running("atm0"), unavailable("eth0"));
    }

    @Override
    public List<VcSnapshot> instances() {
        return List.of();
    }

    private CompletionStage<NdisResult<Void>> note(final String operation) {
        asked.add(operation);
        return answer;
    }

    @Override
    public CompletionStage<NdisResult<Void>> pause(final String adapter) {
        return note("pause " + adapter);
    }

    @Override
    public CompletionStage<NdisResult<Void>> restart(final String adapter) {
        return note("restart " + adapter);
    }

    @Override
    public CompletionStage<NdisResult<Void>> reset(final String adapter) {
        return note("reset " + adapter);
    }

    @Override
    public CompletionStage<NdisResult<SwapReport>> swap(final String adapter, final long serviceId) {
        asked.add("swap " + adapter + " " + serviceId);
        return adapter.equals("atm0")
                ? CompletableFuture.completedStage(NdisResult.success(swapped()))
                : NdisResult.<SwapReport>failure(NdisStatus.ADAPTER_NOT_FOUND).asStage();
    }

    @Override
    public CompletionStage<NdisResult<Void>> pin(final String adapter, final long serviceId) {
        return note("pin " + adapter + " " + serviceId);
    }

    @Override
    public CompletionStage<NdisResult<Void>> unpin(final String adapter) {
        return note("unpin " + adapter);
    }

    @Override
    public CompletionStage<NdisResult<Void>> demote(final String adapter, final long serviceId, final String cause) {
        return note("demote " + adapter + " " + serviceId + ": " + cause);
    }

    @Override
    public CompletionStage<NdisResult<Void>> promote(final String adapter, final long serviceId) {
        return note("promote " + adapter + " " + serviceId);
    }

    @Override
    public List<SwapReport> swaps(final String adapter) {
        return adapter.equals("atm0") ? List.of(swapped()) : List.of();
    }

    @Override
    public Optional<BackendChoice> why(final String adapter) {
        return adapter.equals("atm0") ? Optional.of(choice(adapter)) : Optional.empty();
    }

    @Override
    public List<Violation> violations() {
        return List.of();
    }

    @Override
    public long violationCount() {
        return 0;
    }
}
