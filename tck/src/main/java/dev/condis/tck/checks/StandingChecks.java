// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.checks;

import static dev.condis.tck.rig.Rig.expect;

import dev.condis.api.NdisStatus;
import dev.condis.tck.observe.Invocation;
import dev.condis.tck.observe.Trace;
import dev.condis.tck.rig.Environment;
import dev.condis.tck.rig.Rig;
import dev.condis.tck.subject.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** What holds for every driver at all times: it is led through an ordinary life, and its answers are looked at. */
final class StandingChecks<R extends Rig> {
    /** Threads of the kit and of the library: not the driver's. */
    private static final String KITS_OWN = "tck";

    private final Kind kind;
    private final Function<Environment, R> rigs;
    private final Consumer<R> life;
    private final List<Check> checks = new ArrayList<>();

    private StandingChecks(final Kind kind, final Function<Environment, R> rigs, final Consumer<R> life) {
        this.kind = kind;
        this.rigs = rigs;
        this.life = life;
    }

    /**
     * The checks for a role.
     *
     * @param <R> the bench
     * @param kind the role
     * @param rigs makes a bench
     * @param life leads a driver through an ordinary life
     * @return the checks
     */
    static <R extends Rig> List<Check> of(
            final Kind kind, final Function<Environment, R> rigs, final Consumer<R> life) {
        final StandingChecks<R> standing = new StandingChecks<>(kind, rigs, life);
        standing.add("R3", StandingChecks::everyCallbackIsAnswered);
        standing.add("R4", StandingChecks::noAnswerIsPending);
        standing.checks.add(new Check("S38", kind, standing::nothingIsLeft));
        return standing.checks;
    }

    private void add(final String rule, final Consumer<Trace> demand) {
        checks.add(new Check(rule, kind, environment -> {
            try (R rig = rigs.apply(environment)) {
                final Trace trace = rig.trace();
                final RuntimeException stumbled = lead(rig);
                demand.accept(trace);
                if (stumbled != null) {
                    throw stumbled;
                }
            }
        }));
    }

    /** A life that goes wrong has a reason, which the demand on the trace may name better. */
    private RuntimeException lead(final R rig) {
        RuntimeException stumbled = null;
        try {
            life.accept(rig);
        } catch (final RuntimeException e) {
            stumbled = e;
        }
        return stumbled;
    }

    private static void everyCallbackIsAnswered(final Trace trace) {
        for (final Invocation callback : trace.all()) {
            if (callback.direction() == Invocation.Direction.CALLBACK && callback.mayPend()) {
                expect(callback.isComplete(), () -> callback.method() + " was never completed");
                expect(callback.answer().isPresent(), () -> "the answer of a callback is none: " + callback);
            }
        }
    }

    private static void noAnswerIsPending(final Trace trace) {
        for (final Invocation callback : trace.all()) {
            expect(
                    callback.direction() == Invocation.Direction.CALL
                            || callback.answer()
                                    .filter(a -> a == NdisStatus.PENDING)
                                    .isEmpty(),
                    () -> callback.method() + " was completed with " + NdisStatus.PENDING);
        }
    }

    private void nothingIsLeft(final Environment environment) {
        final R rig = rigs.apply(environment);
        try (rig) {
            rig.trace();
            life.accept(rig);
        }
        rig.patience()
                .until(() -> threads(rig).isEmpty(), () -> "threads are left when the driver is gone: " + threads(rig));
        expect(rig.pool().outstanding() == 0, () -> rig.pool().outstanding() + " of the kit's NBLs did not come back");
        rig.snapshot().ifPresent(s -> expect(s.vcs().isEmpty(), () -> "VCs are left: " + s.vcs()));
    }

    private static Set<Thread> threads(final Rig rig) {
        return rig.newThreads(KITS_OWN);
    }
}
