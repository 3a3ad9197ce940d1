// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.SimTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Faults on demand of one simulated NIC. A driver's faults are kept apart from those of its link: the link is cut with
 * {@link SimMiniport#port}. Every method may be called by any thread and takes effect at once.
 */
public final class SimFaults {

    /** What can be made to fail. */
    public enum Operation {
        /** Creating a VC; synchronous, so it can only be short of resources. */
        CREATE,
        /** Activating a VC. */
        ACTIVATE,
        /** Deactivating a VC. */
        DEACTIVATE,
        /** Sending: what is done to the completions of sends; the PDUs are transmitted. */
        SEND,
        /** Answering a request about an OID. One for the NIC's time is answered at once, whatever the faults. */
        OID,
        /** Pausing; it cannot be refused. */
        PAUSE,
        /** Restarting. */
        RESTART,
        /** Resetting. */
        RESET
    }

    private enum Mode {
        NORMAL,
        HANG,
        DELAY
    }

    private static final class Fault {
        private Mode mode = Mode.NORMAL;
        private Duration delay = Duration.ZERO;
        private int toLose;
        private boolean exhausted;
        private final List<Runnable> held = new ArrayList<>();

        private boolean isNormal() {
            return mode == Mode.NORMAL && toLose == 0;
        }
    }

    private final SimTime time;
    private final boolean asyncCompletions;
    private final Runnable removal;
    private final Map<Operation, Fault> faults = new EnumMap<>(Operation.class);
    private volatile boolean sendsNormal = true;
    private volatile boolean sendsThrow;

    SimFaults(SimTime time, boolean asyncCompletions, Runnable removal) {
        this.time = time;
        this.asyncCompletions = asyncCompletions;
        this.removal = removal;
        for (Operation operation : Operation.values()) {
            faults.put(operation, new Fault());
        }
    }

    /**
     * From now on the operation is refused with {@code RESOURCES}, or not any more. A send is completed with that status
     * and not transmitted.
     *
     * @param operation not {@link Operation#PAUSE}
     * @param on whether it is refused
     * @throws IllegalArgumentException if the operation cannot be refused
     */
    public void exhaust(Operation operation, boolean on) {
        if (operation == Operation.PAUSE) {
            throw new IllegalArgumentException("pausing cannot be refused");
        }
        change(operation, fault -> fault.exhausted = on);
    }

    /**
     * From now on the driver breaks the contract: it throws when it is given something to send, and keeps nothing of it; or it does not any
     * more.
     *
     * @param on whether it throws
     */
    public void throwOnSend(boolean on) {
        sendsThrow = on;
    }

    /**
     * From now on the operation does its work but is never reported complete, until {@link #release}.
     *
     * @param operation not {@link Operation#CREATE}
     * @throws IllegalArgumentException if the operation is synchronous
     */
    public void hang(Operation operation) {
        requireAsynchronous(operation);
        change(operation, fault -> fault.mode = Mode.HANG);
    }

    /**
     * Lets the operation be reported complete again, and reports what was held, on the network's thread.
     *
     * @param operation which
     */
    public void release(Operation operation) {
        List<Runnable> held;
        synchronized (faults) {
            Fault fault = faults.get(operation);
            fault.mode = Mode.NORMAL;
            held = List.copyOf(fault.held);
            fault.held.clear();
            refresh();
        }
        held.forEach(time::execute);
    }

    /**
     * From now on the operation is reported complete only after a while of the network's time.
     *
     * @param operation not {@link Operation#CREATE}
     * @param delay how long
     * @throws IllegalArgumentException if the operation is synchronous
     */
    public void delay(Operation operation, Duration delay) {
        requireAsynchronous(operation);
        Objects.requireNonNull(delay, "delay");
        change(operation, fault -> {
            fault.mode = Mode.DELAY;
            fault.delay = delay;
        });
    }

    /**
     * The next completions of the operation are lost: the driver believes that it reported them. For sends one completion
     * is one batch.
     *
     * @param operation not {@link Operation#CREATE}
     * @param count how many
     * @throws IllegalArgumentException if the operation is synchronous
     */
    public void lose(Operation operation, int count) {
        requireAsynchronous(operation);
        change(operation, fault -> fault.toLose = count);
    }

    /**
     * How many completions are still to be lost.
     *
     * @param operation which
     * @return the number
     */
    public int toLose(Operation operation) {
        synchronized (faults) {
            return faults.get(operation).toLose;
        }
    }

    /**
     * How many completions are held.
     *
     * @param operation which
     * @return the number
     */
    public int held(Operation operation) {
        synchronized (faults) {
            return faults.get(operation).held.size();
        }
    }

    /** Pulls the NIC out: it is off the network at once, and what it holds comes back with {@code NOT_ACCEPTED} (S40). */
    public void surpriseRemoval() {
        removal.run();
    }

    boolean isExhausted(Operation operation) {
        synchronized (faults) {
            return faults.get(operation).exhausted;
        }
    }

    /** Throws if it was told to. */
    void beforeSend() {
        if (sendsThrow) {
            throw new IllegalStateException("the simulated driver throws on demand");
        }
    }

    boolean areSendsNormal() {
        return sendsNormal;
    }

    /** Reports a control operation complete: now, later or never, as the options and faults say. */
    void complete(Operation operation, Runnable report) {
        if (asyncCompletions) {
            time.execute(() -> completeNow(operation, report));
        } else {
            completeNow(operation, report);
        }
    }

    /** As {@link #complete}, without regard to the option for asynchronous completions. */
    void completeNow(Operation operation, Runnable report) {
        Duration delay;
        synchronized (faults) {
            Fault fault = faults.get(operation);
            if (fault.toLose > 0) {
                fault.toLose--;
                refresh();
                return;
            }
            if (fault.mode == Mode.HANG) {
                fault.held.add(report);
                return;
            }
            delay = fault.mode == Mode.DELAY ? fault.delay : Duration.ZERO;
        }
        if (delay.isZero()) {
            report.run();
        } else {
            time.schedule(delay, report);
        }
    }

    private interface Change {
        void apply(Fault fault);
    }

    private void change(Operation operation, Change change) {
        synchronized (faults) {
            change.apply(faults.get(operation));
            refresh();
        }
    }

    private void refresh() {
        Fault send = faults.get(Operation.SEND);
        sendsNormal = send.isNormal() && !send.exhausted;
    }

    private static void requireAsynchronous(Operation operation) {
        if (operation == Operation.CREATE) {
            throw new IllegalArgumentException("creating a VC is synchronous: it has no completion");
        }
    }
}
