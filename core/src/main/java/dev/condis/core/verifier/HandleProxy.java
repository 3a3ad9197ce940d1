// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.AddressFamily;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientVc;
import dev.condis.api.miniport.VcIndications;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a driver holds instead of a handle of the core: every call through it is checked. There is one for each handle and driver. */
final class HandleProxy implements InvocationHandler {
    private static final Object[] NO_ARGUMENTS = {};
    private static final Pattern NAMES_RULE = Pattern.compile("([RCB]\\.?[0-9.]+): .*");

    private final Membrane membrane;
    private final Object target;
    private final Optional<HandleProxy> parent;
    private final Object proxy;
    private final Map<Mark, Trace> marks = new EnumMap<>(Mark.class);
    private final Set<AddressFamily> families = ConcurrentHashMap.newKeySet();
    private final Set<Object> children = ConcurrentHashMap.newKeySet();
    private final Set<Thread> callbacks = ConcurrentHashMap.newKeySet();
    private volatile Optional<Trace> lastStep = Optional.empty();

    HandleProxy(final Membrane membrane, final Object target, final Optional<HandleProxy> parent) {
        this.membrane = membrane;
        this.target = target;
        this.parent = parent;
        proxy = Proxy.newProxyInstance(RoleTypes.loader(), RoleTypes.of(target), this);
    }

    static Optional<HandleProxy> of(final Object object) {
        return object != null
                        && Proxy.isProxyClass(object.getClass())
                        && Proxy.getInvocationHandler(object) instanceof HandleProxy handle
                ? Optional.of(handle)
                : Optional.empty();
    }

    @Override
    public Object invoke(final Object self, final Method method, final Object[] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return Membrane.invokeObjectMethod(method, target, arguments);
        }
        if (isQuestion(method)) {
            return ask(method);
        }
        final Call call = new Call(this, method, arguments == null ? NO_ARGUMENTS : arguments);
        final CallRules rules = membrane.kit().callRules();
        rules.before(call);
        final Object answer = pass(call, rules);
        rules.returned(call);
        call.hasReturned();
        return answer;
    }

    /** What only asks for a state or a name changes nothing, and may be asked at any time. */
    private static boolean isQuestion(final Method method) {
        final Class<?> type = method.getReturnType();
        return method.getParameterCount() == 0
                && type != void.class
                && type != NdisResult.class
                && type != CompletionStage.class;
    }

    private Object ask(final Method method) throws Throwable {
        try {
            return membrane.toDriver(method.invoke(target));
        } catch (final InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Object pass(final Call call, final CallRules rules) throws Throwable {
        try {
            return membrane.call(call);
        } catch (final InvocationTargetException e) {
            rules.threw(call, ruleOf(e.getCause()), e.getCause());
            throw e.getCause();
        }
    }

    /** The core throws at programming errors at once; some of them break a rule. */
    private static Optional<String> ruleOf(final Throwable thrown) {
        final Matcher matcher = NAMES_RULE.matcher(String.valueOf(thrown.getMessage()));
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    Membrane membrane() {
        return membrane;
    }

    Object target() {
        return target;
    }

    Object proxy() {
        return proxy;
    }

    Optional<HandleProxy> parent() {
        return parent;
    }

    String description() {
        return target.toString();
    }

    /** The VC that it is a side of. */
    Optional<NdisVcHandle> vc() {
        if (target instanceof ClientVc client) {
            return Optional.of(client.handle());
        }
        if (target instanceof CmVc callManager) {
            return Optional.of(callManager.handle());
        }
        if (target instanceof VcIndications miniport) {
            return Optional.of(miniport.handle());
        }
        return target instanceof SignalingVc signaling ? Optional.of(signaling.handle()) : Optional.empty();
    }

    boolean isUnder(final HandleProxy ancestor) {
        return this == ancestor
                || parent.filter(above -> above.isUnder(ancestor)).isPresent();
    }

    // --- memory ---

    Map<Mark, Trace> marks() {
        synchronized (marks) {
            return marks.isEmpty() ? Map.of() : new EnumMap<>(marks);
        }
    }

    void mark(final Mark mark, final Trace trace) {
        synchronized (marks) {
            marks.put(mark, trace);
        }
    }

    void unmark(final Mark... gone) {
        synchronized (marks) {
            for (final Mark mark : gone) {
                marks.remove(mark);
            }
        }
    }

    /** Puts back what a call had marked that came to nothing. */
    void restore(final Map<Mark, Trace> earlier, final Mark... changed) {
        synchronized (marks) {
            for (final Mark mark : changed) {
                marks.remove(mark);
                if (earlier.containsKey(mark)) {
                    marks.put(mark, earlier.get(mark));
                }
            }
        }
    }

    Optional<Trace> marked(final Mark mark) {
        synchronized (marks) {
            return Optional.ofNullable(marks.get(mark));
        }
    }

    boolean is(final Mark mark) {
        return marked(mark).isPresent();
    }

    /** Of the handle, or of one above it. */
    Optional<Trace> markedAbove(final Mark mark) {
        return marked(mark).or(() -> parent.flatMap(above -> above.markedAbove(mark)));
    }

    boolean isOrIsUnder(final Mark mark) {
        return markedAbove(mark).isPresent();
    }

    /** Something has happened to the object. */
    void step(final Trace trace) {
        lastStep = Optional.of(trace);
    }

    Optional<Trace> lastStep() {
        return lastStep;
    }

    /** The address families that were announced to a client here, or that a call manager has registered here. */
    Set<AddressFamily> families() {
        return families;
    }

    boolean knows(final AddressFamily family) {
        return families.stream().anyMatch(family::sameFamily);
    }

    /** What has been opened through a binding and is not known to be closed. */
    Set<Object> children() {
        return children;
    }

    // --- callbacks that run now ---

    /** A callback about this object begins; false when the thread is in another one already. */
    boolean callbackBegins() {
        return callbacks.add(Thread.currentThread());
    }

    void callbackEnds() {
        callbacks.remove(Thread.currentThread());
    }

    boolean isInCallbackElsewhere() {
        return callbacks.stream().anyMatch(thread -> !thread.equals(Thread.currentThread()));
    }
}
