// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Deadlines that pass when a program says so. */
final class Timers {
    static final Duration TEARDOWN = Duration.ofSeconds(5);
    static final Duration OPERATION = Duration.ofSeconds(60);

    private final List<Timer> running = new ArrayList<>();

    private Optional<Runnable> nextGivesUp = Optional.empty();

    /** One deadline. */
    static final class Timer {
        private final Runnable task;
        private final Duration delay;
        private Optional<Operation> operation = Optional.empty();
        private Optional<Runnable> giveUp = Optional.empty();

        Timer(final Runnable task, final Duration delay) {
            this.task = task;
            this.delay = delay;
        }

        Operation operation() {
            return operation.orElseThrow();
        }

        /** What the model is told when the end of the time is noticed. */
        Optional<Runnable> expiry() {
            return giveUp.or(() -> operation.map(late -> late::expire));
        }

        void pass() {
            task.run();
        }
    }

    /** What the engine calls. */
    Runnable schedule(final Runnable task, final Duration delay) {
        final Timer timer = new Timer(task, delay);
        timer.giveUp = nextGivesUp;
        nextGivesUp = Optional.empty();
        running.add(timer);
        return () -> running.remove(timer);
    }

    /** A driver has not answered a callback, for which a deadline is set now; this is done when it has passed. */
    void nextGivesUp(final Runnable giveUp) {
        nextGivesUp = Optional.of(giveUp);
    }

    /** The deadline that was set last belongs to an operation; tells whether there is one. */
    boolean belongsTo(final Operation operation) {
        final Optional<Timer> last =
                running.isEmpty() ? Optional.empty() : Optional.of(running.get(running.size() - 1));
        final Optional<Timer> own = last.filter(timer -> timer.operation.isEmpty() && timer.delay.equals(OPERATION));
        own.ifPresent(timer -> timer.operation = Optional.of(operation));
        return own.isPresent();
    }

    List<Timer> ofOperations() {
        return running.stream().filter(timer -> timer.operation.isPresent()).toList();
    }

    List<Timer> ofTeardown() {
        return running.stream().filter(timer -> timer.delay.equals(TEARDOWN)).toList();
    }

    /** The deadline is over. */
    void remove(final Timer timer) {
        running.remove(timer);
    }
}
