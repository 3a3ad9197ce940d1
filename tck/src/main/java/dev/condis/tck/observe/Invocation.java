// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.observe;

import dev.condis.api.ThreadLevel;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One callback into the driver, or one call from it. The numbers are positions in the order of all events of the trace; 0 means "not
 * yet".
 */
public final class Invocation {
    /** Who calls whom. */
    public enum Direction {
        /** The core calls the driver. */
        CALLBACK,
        /** The driver calls the core. */
        CALL
    }

    private final Trace trace;
    private final Direction direction;
    private final Object object;
    private final Method method;
    private final List<Object> arguments;
    private final List<Pdu> pdus;
    private final Thread thread = Thread.currentThread();
    private final long enteredAt;
    private volatile long returnedAt;
    private volatile long completedAt;
    private volatile boolean pended;
    private volatile Optional<Object> answer = Optional.empty();
    private volatile Optional<Throwable> thrown = Optional.empty();

    Invocation(
            final Trace trace,
            final Direction direction,
            final Object object,
            final Method method,
            final List<Object> arguments,
            final List<Pdu> pdus) {
        this.trace = trace;
        this.direction = direction;
        this.object = object;
        this.method = method;
        this.arguments = arguments;
        this.pdus = pdus;
        this.enteredAt = trace.tick();
    }

    void returned(final boolean stageIsPending) {
        pended = stageIsPending;
        returnedAt = trace.tick();
        trace.changed();
    }

    void completed(final Optional<Object> outcome, final Optional<Throwable> failure) {
        answer = outcome;
        thrown = failure;
        completedAt = trace.tick();
        trace.changed();
    }

    /**
     * Who calls whom.
     *
     * @return the direction
     */
    public Direction direction() {
        return direction;
    }

    /**
     * The object that is called: a driver or a context of the driver for a callback, a handle of the core for a call.
     *
     * @return the object itself, not its proxy
     */
    public Object object() {
        return object;
    }

    /**
     * The name of the method.
     *
     * @return the name
     */
    public String method() {
        return method.getName();
    }

    /**
     * Tells whether the method answers with a stage.
     *
     * @return {@code true} if it may pend
     */
    public boolean mayPend() {
        return method.getReturnType() == CompletionStage.class;
    }

    /**
     * Tells whether the method must not block.
     *
     * @return {@code true} if it may run at DISPATCH
     */
    public boolean mustNotBlock() {
        final ThreadLevel.Max level = method.getAnnotation(ThreadLevel.Max.class);
        return level != null && level.value() == ThreadLevel.DISPATCH;
    }

    /**
     * Tells whether the method has returned.
     *
     * @return {@code true} if so
     */
    public boolean isReturned() {
        return returnedAt != 0;
    }

    /**
     * The arguments as the caller passed them; {@code Optional.empty()} stands for {@code null}.
     *
     * @return the arguments, proxies taken off
     */
    public List<Object> arguments() {
        return arguments;
    }

    /**
     * The first argument of a type.
     *
     * @param <T> the type
     * @param type the type
     * @return the argument
     */
    public <T> Optional<T> argument(final Class<T> type) {
        return arguments.stream().filter(type::isInstance).map(type::cast).findFirst();
    }

    /**
     * The NBLs of a data path call, as they were when it was made.
     *
     * @return the NBLs, none for other calls
     */
    public List<Pdu> pdus() {
        return pdus;
    }

    /**
     * The thread of the call.
     *
     * @return the thread
     */
    public Thread thread() {
        return thread;
    }

    /**
     * When it began.
     *
     * @return position in the trace
     */
    public long enteredAt() {
        return enteredAt;
    }

    /**
     * When it returned.
     *
     * @return position in the trace, 0 while it has not
     */
    public long returnedAt() {
        return returnedAt;
    }

    /**
     * When its outcome was there: the return of a synchronous method, the completion of a stage.
     *
     * @return position in the trace, 0 while there is none
     */
    public long completedAt() {
        return completedAt;
    }

    /**
     * Tells whether the method returned a stage that was not complete.
     *
     * @return {@code true} for {@code PENDING}
     */
    public boolean isPended() {
        return pended;
    }

    /**
     * Tells whether there is an outcome.
     *
     * @return {@code true} when there is one, a failure too
     */
    public boolean isComplete() {
        return completedAt != 0;
    }

    /**
     * What came of it: the value that was returned, or with which the stage was completed.
     *
     * @return the value; empty when there is none, or it is {@code null}
     */
    public Optional<Object> answer() {
        return answer;
    }

    /**
     * What was thrown, or made the stage fail.
     *
     * @return the exception
     */
    public Optional<Throwable> thrown() {
        return thrown;
    }

    @Override
    public String toString() {
        final String outcome = thrown.map(t -> " threw " + t)
                .orElseGet(() -> answer.map(a -> " = " + a).orElse(""));
        return method.getName() + " on " + thread.getName() + outcome;
    }
}
