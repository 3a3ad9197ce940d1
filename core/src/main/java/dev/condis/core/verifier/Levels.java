// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.ThreadLevel;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.miniport.McmAdapter;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The level of each thread that runs a driver's callback or completion (contract E): what is called there must be allowed at that
 * level, and at DISPATCH it must return soon. Of threads that a driver owns nothing is known.
 */
final class Levels {
    /** Of all verifiers: what a thread may do does not depend on whose callback it runs. */
    private static final ThreadLocal<Scope> CURRENT = new ThreadLocal<>();

    private final Findings findings;
    private final VerifierOptions.Timer timer;
    private final Duration dispatchLimit;

    Levels(final Findings findings, final VerifierOptions options) {
        this.findings = findings;
        timer = options.timer();
        dispatchLimit = options.dispatchLimit();
    }

    /** A driver's code that is running on a thread. */
    final class Scope {
        private final Optional<Scope> outer;
        private final ThreadLevel level;
        private final String driver;
        private final String call;
        private final String object;
        private final Optional<Watch> watch;
        private final boolean watching;

        private Scope(
                final Optional<Scope> outer,
                final ThreadLevel level,
                final String driver,
                final String call,
                final String object) {
            this.outer = outer;
            this.level = level;
            this.driver = driver;
            this.call = call;
            this.object = object;
            final Optional<Watch> running = outer.flatMap(scope -> scope.watch);
            watching = level == ThreadLevel.DISPATCH && running.isEmpty();
            watch = watching ? Optional.of(new Watch(Thread.currentThread())) : running;
        }

        private void enter() {
            CURRENT.set(this);
            watch.ifPresent(w -> w.innermost = this);
            if (watching) {
                watch.ifPresent(Watch::start);
            }
        }

        void leave() {
            if (watching) {
                watch.ifPresent(Watch::stop);
            }
            outer.ifPresentOrElse(CURRENT::set, CURRENT::remove);
            outer.ifPresent(scope -> watch.ifPresent(w -> w.innermost = scope));
        }
    }

    /** Looks after the outermost callback at DISPATCH on one thread. */
    private final class Watch {
        private final Thread thread;
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile Scope innermost;
        private Runnable cancel = () -> {};

        Watch(final Thread thread) {
            this.thread = thread;
        }

        void start() {
            cancel = timer.schedule(this::overdue, dispatchLimit);
        }

        void stop() {
            over.set(true);
            cancel.run();
        }

        private void overdue() {
            if (over.get()) {
                return;
            }
            final Scope inside = innermost;
            findings.report(
                    new Findings.Offence(
                            "E3",
                            inside.driver,
                            inside.object,
                            inside.call,
                            "a callback at DISPATCH has not returned within " + dispatchLimit
                                    + ": it blocks, or waits for a completion (R40)"),
                    Trace.of(thread),
                    Optional.empty());
        }
    }

    static ThreadLevel of(final Method method) {
        final ThreadLevel.Max max = method.getAnnotation(ThreadLevel.Max.class);
        return max == null ? ThreadLevel.DISPATCH : max.value();
    }

    /** A callback or a completion begins; what is called from inside DISPATCH stays there. */
    Scope enter(final ThreadLevel level, final String driver, final String call, final String object) {
        final Optional<Scope> outer = Optional.ofNullable(CURRENT.get());
        final boolean inherits =
                outer.filter(scope -> scope.level == ThreadLevel.DISPATCH).isPresent();
        if (inherits && level == ThreadLevel.PASSIVE) {
            findings.report(
                    new Findings.Offence(
                            "E1",
                            "the core",
                            object,
                            call,
                            "a callback of " + driver + " that may block is called on a thread at DISPATCH"),
                    Trace.here().frames(),
                    Optional.empty());
        }
        final Scope scope = new Scope(outer, inherits ? ThreadLevel.DISPATCH : level, driver, call, object);
        scope.enter();
        return scope;
    }

    /** Tells whether it is known that a driver's code is what is running. */
    boolean isRunning(final String driver) {
        return Optional.ofNullable(CURRENT.get())
                .filter(scope -> scope.driver.equals(driver))
                .isPresent();
    }

    /** E1: what may block is not called at DISPATCH. */
    void check(final Call call) {
        final Optional<Scope> scope = Optional.ofNullable(CURRENT.get());
        if (of(call.method()) == ThreadLevel.PASSIVE
                && scope.filter(s -> s.level == ThreadLevel.DISPATCH).isPresent()) {
            call.blame(
                    "E1",
                    "may be called at PASSIVE only, and the thread runs " + scope.get().call + " of "
                            + scope.get().driver + " at DISPATCH ("
                            + complianceRule(call.handle().target()) + ")");
        }
    }

    private static String complianceRule(final Object target) {
        if (target instanceof McmAdapter) {
            return "Irql_MCM_Function";
        }
        return target instanceof CmBinding || target instanceof CmAf
                ? "Irql_CallManager_Function"
                : "Irql_Protocol_Driver_Function";
    }

    /** An executor whose threads are at PASSIVE, whoever lends them. */
    Executor passive(final Executor executor) {
        return task -> executor.execute(() -> {
            final Optional<Scope> lender = Optional.ofNullable(CURRENT.get());
            CURRENT.remove();
            try {
                task.run();
            } finally {
                lender.ifPresent(CURRENT::set);
            }
        });
    }
}
