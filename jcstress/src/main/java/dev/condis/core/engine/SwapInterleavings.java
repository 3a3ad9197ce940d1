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

/** A planned swap, and what goes on meanwhile. */
public final class SwapInterleavings {
    private SwapInterleavings() {}

    /** Each send goes out once and in order, at whichever NIC has the VC. */
    @JCStressTest
    @Outcome(id = "ok, 1A 2A", expect = ACCEPTABLE, desc = "Both before it.")
    @Outcome(id = "ok, 1A 2B", expect = ACCEPTABLE, desc = "One before it, one after it.")
    @Outcome(id = "ok, 1B 2B", expect = ACCEPTABLE, desc = "Both after it.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class Sends {
        private final StressRig rig = StressRig.connected();

        /** An operator swaps to B. */
        @Actor
        public void actor1() {
            rig.swapTo(StressRig.B);
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
            rig.everySendWentOutInOrder(1, 2);
            rig.isUpAt(rig.b);
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }

    /** A completes on another thread what it has, while the VC moves away from it. */
    @JCStressTest
    @Outcome(id = "ok, 1A 2A", expect = ACCEPTABLE, desc = "Both before it.")
    @Outcome(id = "ok, 1A 2B", expect = ACCEPTABLE, desc = "One before it, one after it.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class SendsThatPend {
        private final StressRig rig = StressRig.connected();

        /** Before the actors. */
        public SendsThatPend() {
            rig.a.holdsSends = true;
            rig.b.holdsSends = true;
            rig.send(1);
        }

        /** An operator swaps to B. */
        @Actor
        public void actor1() {
            rig.swapTo(StressRig.B);
        }

        /** A completes what it has, and something is sent. */
        @Actor
        public void actor2() {
            rig.a.completeSends();
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
            rig.everySendWentOutInOrder(1, 2);
            rig.isUpAt(rig.b);
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }

    /** A sender and the NIC that completes on one thread, the swap on another. */
    @JCStressTest
    @Outcome(id = "ok, 1A 2A", expect = ACCEPTABLE, desc = "Both before it.")
    @Outcome(id = "ok, 1A 2B", expect = ACCEPTABLE, desc = "One before it, one after it.")
    @Outcome(id = "ok, 1B 2B", expect = ACCEPTABLE, desc = "Both after it.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class SendsAndCompletions {
        private final StressRig rig = StressRig.connected();

        /** Before the actors. */
        public SendsAndCompletions() {
            rig.a.holdsSends = true;
        }

        /** An operator swaps to B. */
        @Actor
        public void actor1() {
            rig.swapTo(StressRig.B);
        }

        /** Sends; in between: A completes what it has. */
        @Actor
        public void actor2() {
            rig.send(1);
            rig.a.completeSends();
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
            rig.everySendWentOutInOrder(1, 2);
            rig.isUpAt(rig.b);
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }

    /** What A has received comes up before what B has; each NBL goes back to whom it belongs. */
    @JCStressTest
    @Outcome(id = "ok, none", expect = ACCEPTABLE, desc = "As it must be.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class Receives {
        private final StressRig rig = StressRig.connected();

        /** Before the actors. */
        public Receives() {
            rig.b.receivesAtOnce = 2;
        }

        /** An operator swaps to B. */
        @Actor
        public void actor1() {
            rig.swapTo(StressRig.B);
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
            rig.cameUpInOrder(1, 2);
            rig.isUpAt(rig.b);
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }

    /** To B and back to A: one after the other, whichever is first. */
    @JCStressTest
    @Outcome(id = "ok, 1A 2A", expect = ACCEPTABLE, desc = "Both before it.")
    @Outcome(id = "ok, 1A 2B", expect = ACCEPTABLE, desc = "One before it, one after it.")
    @Outcome(id = "ok, 1B 2B", expect = ACCEPTABLE, desc = "Both after it.")
    @Outcome(id = "ok, 1B 2A", expect = ACCEPTABLE, desc = "There and back.")
    @Outcome(id = "ok, 1A 2A", expect = ACCEPTABLE, desc = "Both at A.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class AnotherSwap {
        private final StressRig rig = StressRig.connected();

        /** An operator swaps to B. */
        @Actor
        public void actor1() {
            rig.swapTo(StressRig.B);
        }

        /** Sends; in between: an operator swaps to A. */
        @Actor
        public void actor2() {
            rig.send(1);
            rig.swapBack();
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
            rig.everySendWentOutInOrder(1, 2);
            rig.isUpAt(rig.carrier());
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }

    /** The VC is activated where it is then. */
    @JCStressTest
    @Outcome(id = "ok, none", expect = ACCEPTABLE, desc = "As it must be.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class ACallBeingMade {
        private final StressRig rig = StressRig.idle();

        /** An operator swaps to B. */
        @Actor
        public void actor1() {
            rig.swapTo(StressRig.B);
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

    /** No NIC keeps the VC active. */
    @JCStressTest
    @Outcome(id = "ok, none", expect = ACCEPTABLE, desc = "As it must be.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class ACallBeingClosed {
        private final StressRig rig = StressRig.connected();

        /** An operator swaps to B. */
        @Actor
        public void actor1() {
            rig.swapTo(StressRig.B);
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

    /** Each send comes back once, and none goes out when the VC is inactive. */
    @JCStressTest
    @Outcome(id = "ok, .*", expect = ACCEPTABLE, desc = "As it must be.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class ACallBeingClosedUnderSends {
        private final StressRig rig = StressRig.connected();

        /** An operator swaps to B. */
        @Actor
        public void actor1() {
            rig.swapTo(StressRig.B);
        }

        /** Sends; in between: the client closes the call. */
        @Actor
        public void actor2() {
            rig.send(1);
            rig.closeCall();
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

        /** An operator swaps to B. */
        @Actor
        public void actor1() {
            rig.swapTo(StressRig.B);
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

    /** No NIC keeps the VC. */
    @JCStressTest
    @Outcome(id = "ok, none", expect = ACCEPTABLE, desc = "As it must be.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class ACallBeingClosedAndItsVcDeleted {
        private final StressRig rig = StressRig.connected();

        /** An operator swaps to B. */
        @Actor
        public void actor1() {
            rig.swapTo(StressRig.B);
        }

        /** The client closes the call and deletes the VC. */
        @Actor
        public void actor2() {
            rig.closeCall();
            rig.deletesWhenIdle();
        }

        /**
         * Looks when all actors are through.
         *
         * @param result the verdict, and the way that it went
         */
        @Arbiter
        public void arbiter(final LL_Result result) {
            rig.settle();
            rig.isGoneOrIdleAt(rig.b);
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }

    /** The only NIC goes in good order, another one comes: nothing is lost. */
    @JCStressTest
    @Outcome(id = "ok, 1A 2A", expect = ACCEPTABLE, desc = "Both before it.")
    @Outcome(id = "ok, 1A 2B", expect = ACCEPTABLE, desc = "One before it, one after it.")
    @Outcome(id = "ok, 1B 2B", expect = ACCEPTABLE, desc = "Both after it.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class Parking {
        private final StressRig rig = StressRig.alone(StressRig.patient()).withCall();

        /** The service of A is unregistered. */
        @Actor
        public void actor1() {
            rig.begin(rig.registrationOfA.unregister());
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
            rig.withB();
            rig.settle();
            rig.everySendWentOutInOrder(1, 2);
            rig.isUpAt(rig.b);
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }

    /** A NIC comes for a VC that is parked: what has waited goes out before what is sent meanwhile. */
    @JCStressTest
    @Outcome(id = "ok, 1B 2B", expect = ACCEPTABLE, desc = "In order.")
    @Outcome(expect = FORBIDDEN, desc = "Not as it must be.")
    @State
    public static class TheEndOfParking {
        private final StressRig rig = StressRig.alone(StressRig.patient()).withCall();

        /** Before the actors. */
        public TheEndOfParking() {
            rig.begin(rig.registrationOfA.unregister());
            rig.send(1);
        }

        /** B is registered. */
        @Actor
        public void actor1() {
            rig.withB();
        }

        /** Sends. */
        @Actor
        public void actor2() {
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
            rig.everySendWentOutInOrder(1, 2);
            rig.isUpAt(rig.b);
            result.r1 = rig.verdict();
            result.r2 = rig.way();
        }
    }
}
