// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.management;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What became of one change of the backend of a logical adapter. For every VC, at every moment: offered = completed + failed + held (design
 * section 6); the report counts what the change added to each.
 *
 * @param number the number of the change on this logical adapter, counted from 1
 * @param adapter name of the logical adapter
 * @param cause what began it
 * @param explanation what began it, for people
 * @param from {@code service.id} of the backend before, empty when the VCs were parked
 * @param to {@code service.id} of the backend after, empty when they are parked now
 * @param generation the generation of the backend that carries the adapter now, or did last
 * @param began when it began
 * @param phases what it consisted of, in order
 * @param outcome how it ended
 * @param vcs what became of each VC; a journal keeps them for the latest reports only
 * @param moved how many VCs are on the new backend
 * @param parked how many VCs are on no backend now
 * @param refused how many VCs the new backend did not take, or that went back
 * @param held how many NBLs had to wait for the new backend
 * @param failed how many NBLs that the backend before had were completed as failed
 * @param resent how many NBLs that the backend before had are sent again
 * @param longestGap the longest time that sends on one VC had to wait
 */
public record SwapReport(
        long number,
        String adapter,
        Cause cause,
        String explanation,
        OptionalLong from,
        OptionalLong to,
        int generation,
        Instant began,
        List<Phase> phases,
        Outcome outcome,
        List<VcReport> vcs,
        long moved,
        long parked,
        long refused,
        long held,
        long failed,
        long resent,
        Duration longestGap) {
    /** What begins a change. */
    public enum Cause {
        /** A better candidate has come, or the order of the candidates has changed. */
        BETTER_CANDIDATE,
        /** The active backend was demoted. */
        DEMOTED,
        /** An operator asked for it. */
        OPERATOR,
        /** The service of the active backend is being unregistered. */
        UNREGISTERED,
        /** The active backend said that it cannot be used any more, or its hardware is gone. */
        LOST,
        /** A backend has come for VCs that were parked. */
        RETURNED
    }

    /** How a change ends. */
    public enum Outcome {
        /** The adapter is on the new backend. */
        SWAPPED,
        /** Nothing has changed: the new backend cannot carry everything. */
        REFUSED,
        /** It failed midway; the VCs are where they were. */
        ROLLED_BACK,
        /** There is no backend now; the VCs wait for one. */
        PARKED
    }

    /** What became of one VC. */
    public enum VcOutcome {
        /** It is on the new backend. */
        MOVED,
        /** It waits for a backend. */
        PARKED,
        /** The new backend did not take it; it stays where it was. */
        REFUSED,
        /** It was on the new backend, or nearly, and is back on the one before. */
        ROLLED_BACK
    }

    /**
     * A part of a change.
     *
     * @param name what was done
     * @param took how long it took
     */
    public record Phase(String name, Duration took) {}

    /**
     * One VC in a change.
     *
     * @param vc name of the VC
     * @param outcome what became of it
     * @param reason why it was refused or went back, empty otherwise
     * @param held how many NBLs had to wait
     * @param gap how long sends had to wait
     */
    public record VcReport(String vc, VcOutcome outcome, Optional<String> reason, long held, Duration gap) {}

    /** Copies the lists. */
    public SwapReport {
        phases = List.copyOf(phases);
        vcs = List.copyOf(vcs);
    }

    /**
     * The report without the VCs one by one.
     *
     * @return the totals
     */
    public SwapReport totals() {
        return new SwapReport(
                number,
                adapter,
                cause,
                explanation,
                from,
                to,
                generation,
                began,
                phases,
                outcome,
                List.of(),
                moved,
                parked,
                refused,
                held,
                failed,
                resent,
                longestGap);
    }

    /**
     * The time from the first phase to the last.
     *
     * @return the sum of the phases
     */
    public Duration took() {
        return phases.stream().map(Phase::took).reduce(Duration.ZERO, Duration::plus);
    }
}
