// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.observe;

import dev.condis.tck.observe.Invocation.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Everything that passed a membrane, in order. Thread safe. */
public final class Trace {
    private final AtomicLong order = new AtomicLong();
    private final List<Invocation> invocations = new ArrayList<>();

    /** Makes an empty trace. */
    public Trace() {
        // nothing to set up
    }

    /** The next position in the order of all events. */
    long tick() {
        return order.incrementAndGet();
    }

    void add(final Invocation invocation) {
        synchronized (invocations) {
            invocations.add(invocation);
        }
        changed();
    }

    /** Something has happened: who waits for it looks again. */
    void changed() {
        synchronized (invocations) {
            invocations.notifyAll();
        }
    }

    /**
     * The position now: what happens later has a higher one.
     *
     * @return position in the order of all events
     */
    public long now() {
        return tick();
    }

    /**
     * Everything, in the order in which it began.
     *
     * @return a snapshot
     */
    public List<Invocation> all() {
        synchronized (invocations) {
            return List.copyOf(invocations);
        }
    }

    private List<Invocation> of(final Direction direction, final String... methods) {
        final List<String> names = List.of(methods);
        return all().stream()
                .filter(i -> i.direction() == direction && names.contains(i.method()))
                .toList();
    }

    /**
     * Callbacks into the driver.
     *
     * @param methods names of the callbacks
     * @return the callbacks so far
     */
    public List<Invocation> callbacks(final String... methods) {
        return of(Direction.CALLBACK, methods);
    }

    /**
     * Calls from the driver.
     *
     * @param methods names of the functions
     * @return the calls so far
     */
    public List<Invocation> calls(final String... methods) {
        return of(Direction.CALL, methods);
    }

    /**
     * The NBLs of calls or callbacks, in their order.
     *
     * @param invocations the calls or callbacks
     * @return their NBLs
     */
    public static Stream<Pdu> pdusOf(final List<Invocation> invocations) {
        return invocations.stream().flatMap(i -> i.pdus().stream());
    }
}
