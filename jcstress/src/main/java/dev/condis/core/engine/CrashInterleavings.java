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

/** A NIC that is lost, and what goes on meanwhile. */
public final class CrashInterleavings {
    private CrashInterleavings() {}

    /** At most once: each send comes back once. */
    @JCStressTest
    @Outcome(id = "ok, .*", expect = ACCEPTABLE, desc = "As it must be.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class Sends {
        private final StressRig rig = StressRig.connected();

        /** Before the actors. */
        public Sends() {
            rig.a.holdsSends = true;
        }

        /** The hardware of A is gone. */
        @Actor
        public void actor1() {
            rig.loses(rig.a);
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
            rig.wentOutAtMostOnce();
            rig.isUpAt(rig.b);
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }

    /** At least once: each send goes out, in order, and comes back with success. */
    @JCStressTest
    @Outcome(id = "ok, .*", expect = ACCEPTABLE, desc = "As it must be.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class SendsAtLeastOnce {
        private final StressRig rig =
                StressRig.connected(StressRig.patient().withDelivery(SwapPolicy.Delivery.AT_LEAST_ONCE));

        /** Before the actors. */
        public SendsAtLeastOnce() {
            rig.a.holdsSends = true;
        }

        /** The hardware of A is gone. */
        @Actor
        public void actor1() {
            rig.loses(rig.a);
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
            rig.nothingIsLost(1, 2);
            rig.isUpAt(rig.b);
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }

    /** What A completes at the last moment is not taken from it as well. */
    @JCStressTest
    @Outcome(id = "ok, .*", expect = ACCEPTABLE, desc = "As it must be.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class LateCompletions {
        private final StressRig rig = StressRig.connected();

        /** Before the actors. */
        public LateCompletions() {
            rig.a.holdsSends = true;
            rig.send(1);
            rig.send(2);
        }

        /** The hardware of A is gone. */
        @Actor
        public void actor1() {
            rig.loses(rig.a);
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
            rig.wentOutAtMostOnce();
            rig.isUpAt(rig.b);
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }

    /** What A completes at the last moment is not sent again and completed twice. */
    @JCStressTest
    @Outcome(id = "ok, .*", expect = ACCEPTABLE, desc = "As it must be.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class LateCompletionsAtLeastOnce {
        private final StressRig rig =
                StressRig.connected(StressRig.patient().withDelivery(SwapPolicy.Delivery.AT_LEAST_ONCE));

        /** Before the actors. */
        public LateCompletionsAtLeastOnce() {
            rig.a.holdsSends = true;
            rig.send(1);
            rig.send(2);
        }

        /** The hardware of A is gone. */
        @Actor
        public void actor1() {
            rig.loses(rig.a);
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
            rig.nothingIsLost(1, 2);
            rig.isUpAt(rig.b);
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }

    /** A received NBL comes up, or goes back; not both. */
    @JCStressTest
    @Outcome(id = "ok, none", expect = ACCEPTABLE, desc = "As it must be.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class Receives {
        private final StressRig rig = StressRig.connected();

        /** The hardware of A is gone. */
        @Actor
        public void actor1() {
            rig.loses(rig.a);
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
            rig.isUpAt(rig.b);
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }

    /** The NIC that is left is lost while the VC moves. */
    @JCStressTest
    @Outcome(id = "ok, .*", expect = ACCEPTABLE, desc = "As it must be.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class ASwap {
        private final StressRig rig = StressRig.connected();

        /** Before the actors. */
        public ASwap() {
            rig.a.holdsSends = true;
        }

        /** An operator swaps to B. */
        @Actor
        public void actor1() {
            rig.swapTo(StressRig.B);
        }

        /** Sends; in between: the hardware of A is gone. */
        @Actor
        public void actor2() {
            rig.send(1);
            rig.loses(rig.a);
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
            rig.wentOutAtMostOnce();
            rig.isUpAt(rig.b);
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }

    /** The NIC that the VC moves to is lost, before, after or meanwhile: the VC is at one of them. */
    @JCStressTest
    @Outcome(id = "ok, .*", expect = ACCEPTABLE, desc = "As it must be.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class TheNextOne {
        private final StressRig rig = StressRig.connected();

        /** An operator swaps to B. */
        @Actor
        public void actor1() {
            rig.swapTo(StressRig.B);
        }

        /** Sends; in between: the hardware of B is gone. */
        @Actor
        public void actor2() {
            rig.send(1);
            rig.loses(rig.b);
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
            rig.wentOutAtMostOnce();
            rig.isUpAt(rig.carrier());
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }

    /** The call ends, and no NIC keeps the VC active. */
    @JCStressTest
    @Outcome(id = "ok, none", expect = ACCEPTABLE, desc = "As it must be.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class ACallBeingClosed {
        private final StressRig rig = StressRig.connected();

        /** The hardware of A is gone. */
        @Actor
        public void actor1() {
            rig.loses(rig.a);
        }

        /** The client closes the call. */
        @Actor
        public void actor2() {
            rig.closeCall();
        }

        /**
         * Looks when all actors are through.
         *
         * @param result the verdict, and the way that it went
         */
        @Arbiter
        public void arbiter(final LL_Result result) {
            rig.settle();
            rig.isIdleAt(rig.b);
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }

    /** No NIC keeps the VC. */
    @JCStressTest
    @Outcome(id = "ok, none", expect = ACCEPTABLE, desc = "As it must be.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class ADeletion {
        private final StressRig rig = StressRig.idle();

        /** The hardware of A is gone. */
        @Actor
        public void actor1() {
            rig.loses(rig.a);
        }

        /** The client deletes the VC. */
        @Actor
        public void actor2() {
            rig.deletes();
        }

        /**
         * Looks when all actors are through.
         *
         * @param result the verdict, and the way that it went
         */
        @Arbiter
        public void arbiter(final LL_Result result) {
            rig.settle();
            rig.isGone();
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }

    /** The VC is activated at the NIC that is there. */
    @JCStressTest
    @Outcome(id = "ok, none", expect = ACCEPTABLE, desc = "As it must be.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class ACallBeingMade {
        private final StressRig rig = StressRig.idle();

        /** The hardware of A is gone. */
        @Actor
        public void actor1() {
            rig.loses(rig.a);
        }

        /** The client makes a call. */
        @Actor
        public void actor2() {
            rig.makeCall();
        }

        /**
         * Looks when all actors are through.
         *
         * @param result the verdict, and the way that it went
         */
        @Arbiter
        public void arbiter(final LL_Result result) {
            rig.settle();
            rig.isUpAt(rig.b);
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }
}
