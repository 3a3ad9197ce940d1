// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.ThreadLevel;
import dev.condis.api.nbl.NetBufferList;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One call of the core into a driver. */
final class Callback {
    private final ContextProxy context;
    private final Method method;
    private final Object[] arguments;
    private final Optional<HandleProxy> subject;
    private final Trace trace = Trace.here();
    private final Map<Mark, Trace> marksBefore;
    private final long moment;
    private boolean byTheBook = true;
    private List<NetBufferList> lent = List.of();
    private final List<Debt> debts = new ArrayList<>();

    /** The arguments are as the driver sees them. */
    Callback(final ContextProxy context, final Method method, final Object[] arguments) {
        this.context = context;
        this.method = method;
        this.arguments = arguments;
        subject = Arrays.stream(arguments)
                .flatMap(argument -> HandleProxy.of(argument).stream())
                .findFirst()
                .or(context::subject);
        moment = context.membrane().kit().debts().moment();
        marksBefore = subject.map(HandleProxy::marks).orElse(Map.of());
    }

    String name() {
        return Call.nameOf(method);
    }

    Method method() {
        return method;
    }

    /** Its completion says that it is done, and nothing else. */
    boolean completesWithNothing() {
        return method.getGenericReturnType() instanceof ParameterizedType stage
                && stage.getActualTypeArguments()[0] == Void.class;
    }

    ContextProxy context() {
        return context;
    }

    Membrane membrane() {
        return context.membrane();
    }

    ThreadLevel level() {
        return Levels.of(method);
    }

    Object argument(final int index) {
        return arguments[index];
    }

    Object[] arguments() {
        return arguments;
    }

    /** The object that it is about, as the driver knows it. */
    Optional<HandleProxy> subject() {
        return subject;
    }

    String object() {
        return subject.map(HandleProxy::description)
                .orElseGet(() -> context.membrane().driver());
    }

    Trace trace() {
        return trace;
    }

    /** What had happened to the object before. */
    Map<Mark, Trace> marksBefore() {
        return marksBefore;
    }

    /** A VC that is taken away by the core goes without the driver having a say. */
    void notByTheBook() {
        byTheBook = false;
    }

    boolean isByTheBook() {
        return byTheBook;
    }

    /** The driver owes this from now on. */
    Debt owes(final Debt debt) {
        debts.add(debt);
        return debt;
    }

    List<Debt> debts() {
        return debts;
    }

    /** When it began, in the order of debts. */
    long moment() {
        return moment;
    }

    void lends(final List<NetBufferList> nbls) {
        lent = nbls;
    }

    List<NetBufferList> lent() {
        return lent;
    }

    void blame(final String rule, final String explanation) {
        blame(rule, explanation, List.of());
    }

    /** A violation by the driver in its answer: it is not on the stack any more. */
    void blame(final String rule, final String explanation, final List<StackTraceElement> where) {
        membrane()
                .kit()
                .findings()
                .report(
                        new Findings.Offence(rule, membrane().driver(), object(), name(), explanation),
                        where.isEmpty() ? Trace.here().frames() : where,
                        Optional.of(trace));
    }
}
