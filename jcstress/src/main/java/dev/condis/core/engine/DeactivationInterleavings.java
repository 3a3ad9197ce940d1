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

/** The end of a call under traffic, without a swap. */
public final class DeactivationInterleavings {
    private DeactivationInterleavings() {}

    /** Each send comes back once, and none goes out when the VC is inactive. */
    @JCStressTest
    @Outcome(id = "ok, none", expect = ACCEPTABLE, desc = "Both were refused.")
    @Outcome(id = "ok, 1A", expect = ACCEPTABLE, desc = "One was.")
    @Outcome(id = "ok, 1A 2A", expect = ACCEPTABLE, desc = "None was.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class Sends {
        private final StressRig rig = StressRig.connected();

        /** The client closes the call. */
        @Actor
        public void actor1() {
            rig.closeCall();
        }

        /** Sends. */
        @Actor
        public void actor2() {
            rig.send(1);
            rig.send(2);
        }

        /**
         * Looks when all actors are through.
         *
         * @param result the verdict, and the way that it went
         */
        @Arbiter
        public void arbiter(final LL_Result result) {
            rig.settle();
            rig.everySendCameBackOnce(1, 2);
            rig.isIdleAt(rig.a);
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }

    /** The VC is inactive when the last send is back, and not before. */
    @JCStressTest
    @Outcome(id = "ok, 1A 2A", expect = ACCEPTABLE, desc = "As it must be.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class Completions {
        private final StressRig rig = StressRig.connected();

        /** Before the actors. */
        public Completions() {
            rig.a.holdsSends = true;
            rig.send(1);
            rig.send(2);
        }

        /** The client closes the call. */
        @Actor
        public void actor1() {
            rig.closeCall();
        }

        /** A completes what it has. */
        @Actor
        public void actor2() {
            rig.a.completeSends();
        }

        /**
         * Looks when all actors are through.
         *
         * @param result the verdict, and the way that it went
         */
        @Arbiter
        public void arbiter(final LL_Result result) {
            rig.settle();
            rig.everySendCameBackOnce(1, 2);
            rig.isIdleAt(rig.a);
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }

    /** What is indicated comes up or goes back. */
    @JCStressTest
    @Outcome(id = "ok, none", expect = ACCEPTABLE, desc = "As it must be.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class Receives {
        private final StressRig rig = StressRig.connected();

        /** The client closes the call. */
        @Actor
        public void actor1() {
            rig.closeCall();
        }

        /** A receives 1. */
        @Actor
        public void actor2() {
            rig.a.receive(1);
        }

        /**
         * Looks when all actors are through.
         *
         * @param result the verdict, and the way that it went
         */
        @Arbiter
        public void arbiter(final LL_Result result) {
            rig.settle();
            rig.isIdleAt(rig.a);
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }
}
