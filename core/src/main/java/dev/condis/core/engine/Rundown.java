// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counts the NBLs that are on their way through a VC in one direction, and closes the way: lock-free, without allocation.
 * <p>
 * Two words: how many went in, with a bit that closes the entrance, and how many came out. Both only grow, so they are the VC's
 * statistics as well. What is on the way is their difference. An entry raises the first word only while the bit is clear; so once
 * the bit is set, the first word stands still and the direction is drained when the second has reached it.
 */
final class Rundown {
    private static final long CLOSED = Long.MIN_VALUE;
    private static final VarHandle ENTERED;
    private static final VarHandle LEFT;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            ENTERED = lookup.findVarHandle(Rundown.class, "entered", long.class);
            LEFT = lookup.findVarHandle(Rundown.class, "left", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile long entered = CLOSED;
    private volatile long left;

    /** What a departure found. */
    enum Departure {
        /** The NBLs are out, others may still be on the way. */
        COUNTED,
        /** The NBLs are out, and they were the last: the entrance is closed and nothing is on the way. */
        DRAINED,
        /** More NBLs want out than are in; nothing was counted. */
        NOT_INSIDE
    }

    /**
     * Lets NBLs in.
     *
     * @param count how many, 1 or more
     * @return how many went in before, or a negative number when the entrance is closed
     */
    long enter(final int count) {
        while (true) {
            final long seen = entered;
            if (seen < 0 || ENTERED.compareAndSet(this, seen, seen + count)) {
                return seen;
            }
        }
    }

    /**
     * Lets NBLs in though the entrance is closed: those that have waited for that.
     *
     * @param count how many, 1 or more
     */
    void admit(final int count) {
        ENTERED.getAndAdd(this, (long) count);
    }

    /**
     * Lets NBLs out.
     *
     * @param count how many, 1 or more
     * @return what was found
     */
    Departure leave(final int count) {
        while (true) {
            // read left before entered: entered may only have grown since, so that a regular departure is never refused
            final long out = left;
            final long now = out + count;
            if (now > (entered & ~CLOSED)) {
                return Departure.NOT_INSIDE;
            }
            if (LEFT.compareAndSet(this, out, now)) {
                final long in = entered;
                return in < 0 && (in & ~CLOSED) == now ? Departure.DRAINED : Departure.COUNTED;
            }
        }
    }

    /** Opens the entrance. */
    void open() {
        ENTERED.getAndBitwiseAnd(this, ~CLOSED);
    }

    /** Closes the entrance; what is inside stays. */
    void close() {
        ENTERED.getAndBitwiseOr(this, CLOSED);
    }

    /**
     * Closes the entrance if nothing is inside.
     *
     * @return {@code true} when the entrance is closed and nothing is inside
     */
    boolean closeIfDrained() {
        while (true) {
            final long in = entered;
            if ((in & ~CLOSED) != left) {
                return false;
            }
            if (in < 0 || ENTERED.compareAndSet(this, in, in | CLOSED)) {
                return true;
            }
        }
    }

    boolean isOpen() {
        return entered >= 0;
    }

    /** Nothing is inside. Stays true only while the entrance is closed. */
    boolean isDrained() {
        return inside() == 0;
    }

    long inside() {
        final long out = left;
        return (entered & ~CLOSED) - out;
    }

    long entered() {
        return entered & ~CLOSED;
    }

    long left() {
        return left;
    }
}
