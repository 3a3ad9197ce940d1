// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.health;

import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.management.Violation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/** A library whose adapters a test makes up, and which notes who is demoted. */
final class FakeLibrary implements NdisLibrary {
    final Map<String, AdapterSnapshot> adapters = new LinkedHashMap<>();
    final Map<String, BackendChoice> choices = new LinkedHashMap<>();
    final List<String> asked = new ArrayList<>();
    boolean isGone;

    /** A VC with this many NBLs sent and received. */
    static VcSnapshot vc(
            final String name,
            final long accepted,
            final long completed,
            final long held,
            final long refused,
            final long indicated,
            final long returned) {
        return new VcSnapshot(
                name,
                Optional.empty(),
                Optional.of("client"),
                VcSnapshot.Creator.CLIENT,
                Instant.EPOCH,
                VcState.ACTIVE,
                CallState.CONNECTED,
                Optional.empty(),
                accepted,
                completed,
                held,
                indicated,
                returned,
                0,
                refused,
                0,
                Optional.empty());
    }

    static AdapterSnapshot adapter(
            final String name,
            final AdapterSnapshot.State state,
            final Optional<String> cause,
            final VcSnapshot... vcs) {
        return new AdapterSnapshot(name, state, 1, 2, cause, List.of(), List.of(), List.of(vcs));
    }

    static BackendChoice.Candidate candidate(
            final long serviceId, final Optional<String> unavailable, final Optional<String> demoted) {
        return new BackendChoice.Candidate(serviceId, 0, false, unavailable, demoted, Optional.empty(), 0);
    }

    static BackendChoice choice(
            final String name,
            final OptionalLong active,
            final OptionalLong pinned,
            final Optional<Instant> graceEnds,
            final BackendChoice.Candidate... candidates) {
        return new BackendChoice(name, active, pinned, "a reason", graceEnds, List.of(candidates), List.of());
    }

    /** An adapter that runs on the first of these candidates. */
    void runs(final String name, final BackendChoice.Candidate... candidates) {
        adapters.put(name, adapter(name, AdapterSnapshot.State.RUNNING, Optional.empty()));
        choices.put(
                name,
                choice(
                        name,
                        OptionalLong.of(candidates[0].serviceId()),
                        OptionalLong.empty(),
                        Optional.empty(),
                        candidates));
    }

    /** Why a candidate is demoted. */
    Optional<String> demotion(final String adapter, final long serviceId) {
        return choices.get(adapter).candidates().stream()
                .filter(candidate -> candidate.serviceId() == serviceId)
                .findFirst()
                .flatMap(BackendChoice.Candidate::demotedCause);
    }

    @Override
    public List<AdapterSnapshot> adapters() {
        return List.copyOf(adapters.values());
    }

    @Override
    public Optional<BackendChoice> why(final String adapter) {
        return Optional.ofNullable(choices.get(adapter));
    }

    @Override
    public CompletionStage<NdisResult<Void>> demote(final String adapter, final long serviceId, final String cause) {
        asked.add("demote " + serviceId);
        return change(adapter, serviceId, Optional.of(cause));
    }

    @Override
    public CompletionStage<NdisResult<Void>> promote(final String adapter, final long serviceId) {
        asked.add("promote " + serviceId);
        return change(adapter, serviceId, Optional.empty());
    }

    private CompletionStage<NdisResult<Void>> change(
            final String adapter, final long serviceId, final Optional<String> demotion) {
        if (isGone) {
            throw new IllegalStateException("the core is gone");
        }
        final BackendChoice before = choices.get(adapter);
        choices.put(
                adapter,
                choice(
                        adapter,
                        before.active(),
                        before.pinned(),
                        before.graceEnds(),
                        before.candidates().stream()
                                .map(candidate -> candidate.serviceId() == serviceId
                                        ? candidate(serviceId, candidate.unavailableCause(), demotion)
                                        : candidate)
                                .toArray(BackendChoice.Candidate[]::new)));
        return NdisResult.success().asStage();
    }

    @Override
    public List<VcSnapshot> instances() {
        return List.of();
    }

    private static <T> CompletionStage<NdisResult<T>> notAsked() {
        return NdisResult.<T>failure(NdisStatus.NOT_SUPPORTED).asStage();
    }

    @Override
    public CompletionStage<NdisResult<Void>> pause(final String adapter) {
        return notAsked();
    }

    @Override
    public CompletionStage<NdisResult<Void>> restart(final String adapter) {
        return notAsked();
    }

    @Override
    public CompletionStage<NdisResult<Void>> reset(final String adapter) {
        return notAsked();
    }

    @Override
    public CompletionStage<NdisResult<SwapReport>> swap(final String adapter, final long serviceId) {
        return notAsked();
    }

    @Override
    public CompletionStage<NdisResult<Void>> pin(final String adapter, final long serviceId) {
        return notAsked();
    }

    @Override
    public CompletionStage<NdisResult<Void>> unpin(final String adapter) {
        return notAsked();
    }

    @Override
    public List<SwapReport> swaps(final String adapter) {
        return List.of();
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
