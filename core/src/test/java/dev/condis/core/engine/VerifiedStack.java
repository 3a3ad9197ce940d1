// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.management.Violation;
import dev.condis.core.engine.TestStack.Form;
import dev.condis.core.verifier.Verifier;
import dev.condis.core.verifier.VerifierOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The scripted drivers with a verifier between them and the engine. Its limits pass when the test says so. */
final class VerifiedStack {
    /** Who breaks rules as the miniport, or its call manager half, where these are one driver. */
    static final String MINIPORT = "miniport of test0";

    final TestStack stack;
    final Verifier verifier;
    private final List<Watch> watches = new ArrayList<>();
    private Instant now = Instant.EPOCH;

    /** A limit that is running. */
    private record Watch(Runnable task, Duration delay) {}

    /** A clock that the test moves. */
    private final class TestClock extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(final ZoneId zone) {
            throw new AssertionError("nobody asks for the time of day");
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private VerifiedStack(final Form form, final boolean fatal) {
        verifier =
                new Verifier(VerifierOptions.of(new TestClock(), this::schedule).withFatal(fatal));
        stack = form.prepare(options -> options.withVerifier(verifier));
    }

    private Runnable schedule(final Runnable task, final Duration delay) {
        final Watch watch = new Watch(task, delay);
        watches.add(watch);
        return () -> watches.remove(watch);
    }

    /** The drivers registered, and the client with the address family open. */
    static VerifiedStack of(final Form form) {
        final VerifiedStack made = prepared(form);
        made.stack.start();
        return made;
    }

    static VerifiedStack prepared(final Form form) {
        return new VerifiedStack(form, false);
    }

    /** Violations are thrown at who commits them. */
    static VerifiedStack fatal(final Form form) {
        final VerifiedStack made = new VerifiedStack(form, true);
        made.stack.start();
        return made;
    }

    /** Who is the call manager in this form. */
    String callManager() {
        return stack.form == Form.STAND_ALONE ? "cm" : MINIPORT;
    }

    /** Lets the time of every limit pass that is running now. */
    void passLimits() {
        pass(List.copyOf(watches));
    }

    /** Lets the time pass that a callback at DISPATCH has. */
    void passDispatchLimits() {
        pass(watches.stream()
                .filter(watch -> watch.delay().equals(VerifierOptions.DISPATCH_LIMIT))
                .toList());
    }

    private void pass(final List<Watch> due) {
        watches.removeAll(due);
        for (final Watch watch : due) {
            now = now.plus(watch.delay());
        }
        due.forEach(watch -> watch.task().run());
    }

    int limitsRunning() {
        return watches.size();
    }

    Set<String> rules() {
        return verifier.violations().stream().map(Violation::rule).collect(Collectors.toSet());
    }

    /** The violations of one rule. */
    List<Violation> of(final String rule) {
        return verifier.violations().stream()
                .filter(violation -> violation.rule().equals(rule))
                .toList();
    }

    void foundNothing() {
        assertThat(verifier.violations()).isEmpty();
        assertThat(verifier.count()).isZero();
    }

    /** Exactly this was found, at least once. */
    Violation found(final String rule, final String driver, final String call) {
        assertThat(verifier.violations()).hasSize(1);
        final Violation violation = verifier.violations().get(0);
        assertThat(violation.rule()).as("%s", violation).isEqualTo(rule);
        assertThat(violation.driver()).as("%s", violation).isEqualTo(driver);
        assertThat(violation.call()).as("%s", violation).isEqualTo(call);
        return violation;
    }

    /** Also this was found. */
    Violation alsoFound(final String rule, final String driver, final String call) {
        assertThat(verifier.violations())
                .anyMatch(violation -> violation.rule().equals(rule)
                        && violation.driver().equals(driver)
                        && violation.call().equals(call));
        return of(rule).get(0);
    }

    /** Ends everything by the book. */
    void end() {
        stack.clientRegistration.unregister();
        stack.callManagerRegistration.ifPresent(Registration::unregister);
        stack.miniportRegistration.unregister();
    }
}
