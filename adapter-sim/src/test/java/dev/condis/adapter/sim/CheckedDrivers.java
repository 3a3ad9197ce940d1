// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.net.SimTime;
import dev.condis.adapter.sim.net.VirtualTime;
import dev.condis.api.management.Violation;
import dev.condis.core.engine.EngineOptions;
import dev.condis.core.engine.NdisEngine;
import dev.condis.core.verifier.Verifier;
import dev.condis.core.verifier.VerifierOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The cores of a test, with every driver verified: when it is over, nobody may have broken a rule that the test does not name. */
final class CheckedDrivers implements AfterEachCallback {
    /** A machine that is busy is no driver that blocks. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Duration TEARDOWN = Duration.ofSeconds(60);

    private final List<Verifier> verifiers = new ArrayList<>();
    private final List<Runnable> ends = new ArrayList<>();
    private final List<Excuse> excuses = new ArrayList<>();

    /** What a test does wrong on purpose. */
    private record Excuse(String rule, String driver) {
        boolean covers(final Violation violation) {
            return rule.equals(violation.rule()) && violation.driver().startsWith(driver);
        }
    }

    /** The time of day in a network. */
    private static final class NetworkClock extends Clock {
        private final SimTime time;

        NetworkClock(final SimTime time) {
            this.time = time;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(final ZoneId zone) {
            throw new AssertionError("nobody asks for a time zone");
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(time.epochNanos());
        }
    }

    /** A core whose drivers' limits are those of the virtual time; it is closed when the test is over. */
    NdisEngine engine(final VirtualTime time) {
        final NdisEngine engine = engine(time, Runnable::run, Duration.ofSeconds(30));
        ends.add(() -> {
            engine.close();
            time.advance(TEARDOWN);
        });
        return engine;
    }

    /**
     * A core on the clock of a network, which the test takes down itself. Nothing is overdue before the core gives it up: a called party
     * has 50 s to answer.
     */
    NdisEngine engine(final SimTime time, final Executor passive, final Duration teardownDeadline) {
        final Clock clock = new NetworkClock(time);
        final Verifier verifier = new Verifier(new VerifierOptions(
                clock,
                (task, delay) -> time.schedule(delay, task)::cancel,
                false,
                PATIENCE,
                EngineOptions.DEFAULT_OPERATION_DEADLINE));
        verifiers.add(verifier);
        return new NdisEngine(
                new EngineOptions(clock, passive, (task, delay) -> time.schedule(delay, task)::cancel, teardownDeadline)
                        .withVerifier(verifier));
    }

    /** Drivers of this test whose names begin so break this rule on purpose, or may when they are slow. */
    void mayBreak(final String rule, final String driver) {
        excuses.add(new Excuse(rule, driver));
    }

    @Override
    public void afterEach(final ExtensionContext context) {
        ends.forEach(Runnable::run);
        for (final Verifier verifier : verifiers) {
            final List<Violation> found = verifier.violations().stream()
                    .filter(violation -> excuses.stream().noneMatch(excuse -> excuse.covers(violation)))
                    .toList();
            assertThat(found).as(() -> report(found)).isEmpty();
        }
    }

    private static String report(final List<Violation> violations) {
        return violations.stream()
                .map(violation -> violation + lines("here", violation.stack()) + lines("before", violation.before()))
                .collect(Collectors.joining("\n", "what the verifier has found:\n", ""));
    }

    private static String lines(final String title, final List<StackTraceElement> frames) {
        return frames.stream()
                .map(frame -> "\n    at " + frame)
                .collect(Collectors.joining("", "\n  " + title + ":", ""));
    }
}
