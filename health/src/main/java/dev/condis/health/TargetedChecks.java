// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.health;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.ResultLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Health checks that are about backends: they are run, each by itself, and while one is critical the backends of its target are demoted. A check
 * that throws, or says that it could not check, says nothing: what it said before stands. One that does not return is not run again until it has.
 * Thread safe.
 */
final class TargetedChecks {
    private static final Logger LOG = LoggerFactory.getLogger(TargetedChecks.class);

    private final Function<String, List<Demotions.Backend>> backends;
    private final Demotions demotions;
    private final Executor threads;
    private final Map<Long, Entry> checks = new HashMap<>();
    private boolean ended;

    /**
     * No check yet.
     *
     * @param backends finds the backends that an OSGi filter matches now
     * @param demotions what follows
     * @param threads run the checks, which may block
     */
    TargetedChecks(
            final Function<String, List<Demotions.Backend>> backends,
            final Demotions demotions,
            final Executor threads) {
        this.backends = backends;
        this.demotions = demotions;
        this.threads = threads;
    }

    /** A check and what it said last. Guarded by the lock of the whole. */
    private static final class Entry {
        private final HealthCheck check;
        private final String name;
        private final String target;
        private Optional<String> critical = Optional.empty();
        private boolean running;

        Entry(final HealthCheck check, final String name, final String target) {
            this.check = check;
            this.name = name;
            this.target = target;
        }
    }

    /** Adds a check, or replaces it when its properties have changed. */
    synchronized void add(final long id, final HealthCheck check, final String name, final String target) {
        checks.put(id, new Entry(check, name, target));
    }

    /** What it said does not count any more. */
    void remove(final long id) {
        synchronized (this) {
            checks.remove(id);
        }
        settle();
    }

    /** Runs every check that is not running still. */
    void round() {
        final List<Entry> due;
        synchronized (this) {
            due = checks.values().stream().filter(entry -> !entry.running).toList();
            due.forEach(entry -> entry.running = true);
        }
        due.forEach(entry -> {
            try {
                threads.execute(() -> run(entry));
            } catch (final RejectedExecutionException e) {
                LOG.debug("{} is not run any more", entry.name, e);
            }
        });
    }

    private void run(final Entry entry) {
        try {
            hear(entry, Objects.requireNonNull(entry.check.execute(), "result"));
        } catch (final RuntimeException | LinkageError e) {
            LOG.warn("health check '{}' failed; what it said before stands", entry.name, e);
        } finally {
            synchronized (this) {
                entry.running = false;
            }
        }
        settle();
    }

    private synchronized void hear(final Entry entry, final Result result) {
        switch (result.getStatus()) {
            case CRITICAL -> entry.critical = Optional.of("health check '" + entry.name + "': " + message(result));
            case HEALTH_CHECK_ERROR -> LOG.warn("health check '{}' could not check: {}", entry.name, result);
            default -> entry.critical = Optional.empty();
        }
    }

    /** What it says of the worst. */
    private static String message(final Result result) {
        for (final ResultLog.Entry line : result) {
            if (line.getStatus() == Result.Status.CRITICAL) {
                return line.getMessage();
            }
        }
        return result.getStatus().name();
    }

    private synchronized void settle() {
        if (!ended) {
            demotions.settle(checks.values().stream()
                    .filter(entry -> entry.critical.isPresent())
                    .flatMap(entry -> backends.apply(entry.target).stream()
                            .map(backend -> Map.entry(backend, entry.critical.orElseThrow())))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (first, second) -> first)));
        }
    }

    /** Nothing is demoted from here on. */
    synchronized void end() {
        ended = true;
        demotions.end();
    }
}
