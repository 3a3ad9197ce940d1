// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.management.Violation;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was found: each distinct violation is logged and kept once, all are counted. */
final class Findings {
    private static final Logger LOG = LoggerFactory.getLogger(Findings.class);
    private static final int KEPT = 500;

    private final Clock clock;
    private final boolean fatal;
    private final LongAdder count = new LongAdder();
    private final Map<Kind, LongAdder> kinds = new ConcurrentHashMap<>();
    private final List<Violation> kept = new ArrayList<>();

    /** What makes a violation another one than those before. */
    private record Kind(String rule, String driver, String call) {}

    Findings(final Clock clock, final boolean fatal) {
        this.clock = clock;
        this.fatal = fatal;
    }

    /** Who did what to what. */
    record Offence(String rule, String driver, String object, String call, String explanation) {}

    /** A violation by a driver that is not on the stack any more, or not the one that would have to be stopped. */
    void report(final Offence offence, final List<StackTraceElement> stack, final Optional<Trace> before) {
        record(offence, stack, before);
    }

    /** A violation by the driver that is just calling: where violations are fatal it does not get further. */
    void reportCaller(final Offence offence, final Trace stack, final Optional<Trace> before) {
        final Violation violation = record(offence, stack.frames(), before);
        if (fatal) {
            throw new VerifierException(violation.toString());
        }
    }

    private Violation record(final Offence offence, final List<StackTraceElement> stack, final Optional<Trace> before) {
        final Violation violation = new Violation(
                offence.rule(),
                offence.driver(),
                offence.object(),
                offence.call(),
                offence.explanation(),
                clock.instant(),
                stack,
                before.map(Trace::frames).orElse(List.of()));
        count.increment();
        final Kind kind = new Kind(offence.rule(), offence.driver(), offence.call());
        final LongAdder first = new LongAdder();
        final LongAdder known = kinds.putIfAbsent(kind, first);
        (known == null ? first : known).increment();
        if (known == null) {
            keep(violation);
            LOG.error("{}{}{}", violation, lines("here", violation.stack()), lines("before", violation.before()));
        }
        return violation;
    }

    private void keep(final Violation violation) {
        synchronized (kept) {
            if (kept.size() < KEPT) {
                kept.add(violation);
            }
        }
    }

    private static String lines(final String title, final List<StackTraceElement> frames) {
        if (frames.isEmpty()) {
            return "";
        }
        final StringBuilder text = new StringBuilder("\n  ").append(title).append(':');
        frames.forEach(frame -> text.append("\n    at ").append(frame));
        return text.toString();
    }

    List<Violation> kept() {
        synchronized (kept) {
            return List.copyOf(kept);
        }
    }

    long count() {
        return count.sum();
    }
}
