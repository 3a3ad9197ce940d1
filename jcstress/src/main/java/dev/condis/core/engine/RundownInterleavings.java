// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.ZZL_Result;

/** The gate of a VC: who is inside when it closes is waited for, nobody comes in later. */
public final class RundownInterleavings {
    private RundownInterleavings() {}

    private static Rundown opened() {
        final Rundown gate = new Rundown();
        gate.open();
        return gate;
    }

    /** Whoever closes sees either that nothing is inside for ever, or that something is. */
    @JCStressTest
    @Outcome(id = "true, false, 1", expect = ACCEPTABLE, desc = "Entered before, seen inside.")
    @Outcome(id = "false, true, 0", expect = ACCEPTABLE, desc = "Closed before.")
    @Outcome(expect = FORBIDDEN, desc = "Something is inside, and nobody waits for it.")
    @State
    public static class EnteringAndClosing {
        private final Rundown gate = opened();

        /**
         * Enters.
         *
         * @param result whether it got in
         */
        @Actor
        public void actor1(final ZZL_Result result) {
            result.r1 = gate.enter(1) >= 0;
        }

        /**
         * Closes.
         *
         * @param result whether nothing was inside
         */
        @Actor
        public void actor2(final ZZL_Result result) {
            gate.close();
            result.r2 = gate.isDrained();
        }

        /**
         * Looks.
         *
         * @param result what is inside
         */
        @Arbiter
        public void arbiter(final ZZL_Result result) {
            result.r3 = gate.inside();
        }
    }

    /** The same in one step, which does nothing when something is inside. */
    @JCStressTest
    @Outcome(id = "true, false, 1", expect = ACCEPTABLE, desc = "Entered before: it stays open.")
    @Outcome(id = "false, true, 0", expect = ACCEPTABLE, desc = "Closed before.")
    @Outcome(expect = FORBIDDEN, desc = "Closed with something inside.")
    @State
    public static class EnteringAndClosingIfDrained {
        private final Rundown gate = opened();

        /**
         * Enters.
         *
         * @param result whether it got in
         */
        @Actor
        public void actor1(final ZZL_Result result) {
            result.r1 = gate.enter(1) >= 0;
        }

        /**
         * Closes.
         *
         * @param result whether it could
         */
        @Actor
        public void actor2(final ZZL_Result result) {
            result.r2 = gate.closeIfDrained();
        }

        /**
         * Looks.
         *
         * @param result what is inside
         */
        @Arbiter
        public void arbiter(final ZZL_Result result) {
            result.r3 = gate.inside();
        }
    }

    /** Of the last two that leave, or of the last one and whoever closes, somebody notices that it was the last. */
    @JCStressTest
    @Outcome(id = "true, false, 0", expect = ACCEPTABLE, desc = "Who left noticed.")
    @Outcome(id = "false, true, 0", expect = ACCEPTABLE, desc = "Who closed noticed.")
    @Outcome(id = "true, true, 0", expect = ACCEPTABLE, desc = "Both did.")
    @Outcome(expect = FORBIDDEN, desc = "Nobody noticed.")
    @State
    public static class LeavingAndClosing {
        private final Rundown gate = opened();

        /** Something is inside. */
        public LeavingAndClosing() {
            gate.enter(1);
        }

        /**
         * Leaves.
         *
         * @param result whether it was the last
         */
        @Actor
        public void actor1(final ZZL_Result result) {
            result.r1 = gate.leave(1) == Rundown.Departure.DRAINED;
        }

        /**
         * Closes.
         *
         * @param result whether nothing was inside
         */
        @Actor
        public void actor2(final ZZL_Result result) {
            gate.close();
            result.r2 = gate.isDrained();
        }

        /**
         * Looks.
         *
         * @param result what is inside
         */
        @Arbiter
        public void arbiter(final ZZL_Result result) {
            result.r3 = gate.inside();
        }
    }

    /** Of two that leave a closed gate exactly one is the last; a third one is not let out. */
    @JCStressTest
    @Outcome(id = "COUNTED, DRAINED", expect = ACCEPTABLE, desc = "The second one was the last.")
    @Outcome(id = "DRAINED, COUNTED", expect = ACCEPTABLE, desc = "The first one was the last.")
    @Outcome(expect = FORBIDDEN, desc = "Both, or none.")
    @State
    public static class LeavingTwice {
        private final Rundown gate = opened();

        /** Two are inside. */
        public LeavingTwice() {
            gate.enter(2);
            gate.close();
        }

        /**
         * Leaves.
         *
         * @param result what was found
         */
        @Actor
        public void actor1(final LL_Result result) {
            result.r1 = gate.leave(1);
        }

        /**
         * Leaves.
         *
         * @param result what was found
         */
        @Actor
        public void actor2(final LL_Result result) {
            result.r2 = gate.leave(1);
        }
    }
}
