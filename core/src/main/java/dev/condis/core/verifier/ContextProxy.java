// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;

/**
 * What the core holds instead of a driver or one of its contexts: every callback through it is checked. A driver may hand the same
 * context over for several objects; then each has a proxy of its own, which knows its object. The driver sees its own objects only.
 */
final class ContextProxy implements InvocationHandler {
    private static final Object[] NO_ARGUMENTS = {};

    private final Membrane membrane;
    private final Object target;
    private final Object proxy;
    private volatile Optional<HandleProxy> subject;

    ContextProxy(final Membrane membrane, final Object target, final Optional<HandleProxy> subject) {
        this.membrane = membrane;
        this.target = target;
        this.subject = subject;
        proxy = Proxy.newProxyInstance(RoleTypes.loader(), RoleTypes.of(target), this);
    }

    static Optional<ContextProxy> of(final Object object) {
        return object != null
                        && Proxy.isProxyClass(object.getClass())
                        && Proxy.getInvocationHandler(object) instanceof ContextProxy context
                ? Optional.of(context)
                : Optional.empty();
    }

    @Override
    public Object invoke(final Object self, final Method method, final Object[] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return Membrane.invokeObjectMethod(method, target, arguments);
        }
        final Callback callback =
                new Callback(this, method, membrane.toDriver(arguments == null ? NO_ARGUMENTS : arguments, subject));
        final CallbackRules rules = membrane.kit().callbackRules();
        rules.before(callback);
        final Object answer = run(callback, rules);
        rules.returned(callback);
        return membrane.answer(callback, answer);
    }

    private Object run(final Callback callback, final CallbackRules rules) throws Throwable {
        final boolean first =
                callback.subject().filter(HandleProxy::callbackBegins).isPresent();
        final Levels.Scope scope = membrane.enter(callback.level(), callback.name(), callback.object());
        try {
            return callback.method().invoke(target, callback.arguments());
        } catch (final InvocationTargetException e) {
            rules.threw(callback, e.getCause());
            throw e.getCause();
        } finally {
            scope.leave();
            if (first) {
                callback.subject().ifPresent(HandleProxy::callbackEnds);
            }
        }
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

    /** The object that the context is for, once it is known. */
    Optional<HandleProxy> subject() {
        return subject;
    }

    void attach(final HandleProxy handle) {
        subject = Optional.of(handle);
    }
}
