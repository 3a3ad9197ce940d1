// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.nbl.NetBufferList;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One call of a driver into the core. */
final class Call {
    private final HandleProxy handle;
    private final Method method;
    private final Object[] arguments;
    private final Map<Mark, Trace> marksBefore;
    private final Trace trace = Trace.here();
    private final Thread caller = Thread.currentThread();
    private final List<HandleProxy> passed;
    private final boolean deadBefore;
    private List<NetBufferList> lent = List.of();
    private boolean drainedBefore;
    private boolean blamed;
    private volatile boolean returned;

    Call(final HandleProxy handle, final Method method, final Object[] arguments) {
        this.handle = handle;
        this.method = method;
        this.arguments = arguments;
        marksBefore = handle.marks();
        passed = Arrays.stream(arguments)
                .flatMap(argument -> HandleProxy.of(argument).stream())
                .toList();
        deadBefore = marksBefore.containsKey(Mark.DEAD) || passed.stream().anyMatch(h -> h.is(Mark.DEAD));
    }

    static String nameOf(final Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }

    String name() {
        return nameOf(method);
    }

    HandleProxy handle() {
        return handle;
    }

    Method method() {
        return method;
    }

    Object[] arguments() {
        return arguments;
    }

    Trace trace() {
        return trace;
    }

    /** What had happened to the handle when the call was made. */
    Optional<Trace> before(final Mark mark) {
        return Optional.ofNullable(marksBefore.get(mark));
    }

    Map<Mark, Trace> marksBefore() {
        return marksBefore;
    }

    /** The handles among the arguments. */
    List<HandleProxy> handlesPassed() {
        return passed;
    }

    /** The driver has known when it called that the object, or one of those it passes, is gone. */
    boolean wasDeadBefore() {
        return deadBefore;
    }

    void lends(final List<NetBufferList> nbls) {
        lent = nbls;
    }

    List<NetBufferList> lent() {
        return lent;
    }

    void drainedBefore(final boolean drained) {
        drainedBefore = drained;
    }

    boolean wasDrainedBefore() {
        return drainedBefore;
    }

    /** Once: what was wrong with a call before it was made explains the refusal that follows. */
    boolean isBlamed() {
        return blamed;
    }

    void hasReturned() {
        returned = true;
    }

    boolean isReturned() {
        return returned;
    }

    /** A violation by the caller, with nothing that led to it. */
    void blame(final String rule, final String explanation) {
        blame(rule, explanation, Optional.empty());
    }

    /** A violation by the caller. */
    void blame(final String rule, final String explanation, final Optional<Trace> before) {
        blamed = true;
        final Findings.Offence offence =
                new Findings.Offence(rule, handle.membrane().driver(), handle.description(), name(), explanation);
        if (!returned && Thread.currentThread().equals(caller)) {
            handle.membrane().kit().findings().reportCaller(offence, trace, before);
        } else {
            handle.membrane().kit().findings().report(offence, trace.frames(), before);
        }
    }
}
