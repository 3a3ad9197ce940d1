// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.observe;

import dev.condis.api.NdisResult;
import dev.condis.api.client.CoClient;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.tck.observe.Invocation.Direction;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What stands between a driver and the core. The driver, its contexts and the handles that it gets are all replaced by proxies that
 * note what passes and hand it on; what comes back across is unwrapped, so neither side ever sees its own object in a wrapping.
 * <p>
 * A membrane lives as long as one check, so it keeps everything that it ever wrapped.
 */
public final class Membrane {
    private static final Set<String> ROLES =
            Set.of("dev.condis.api.client", "dev.condis.api.callmgr", "dev.condis.api.miniport");

    private final Trace trace;
    private final Map<Object, Object> proxies = Collections.synchronizedMap(new IdentityHashMap<>());
    private final Map<String, Around> arounds = new ConcurrentHashMap<>();

    /**
     * Makes a membrane.
     *
     * @param trace takes what passes
     */
    public Membrane(final Trace trace) {
        this.trace = trace;
    }

    /**
     * Wraps a driver.
     *
     * @param <D> the role
     * @param role the role
     * @param driver the driver
     * @return what is to be registered in its place
     */
    public <D> D watch(final Class<D> role, final D driver) {
        return role.cast(wrapped(driver, Direction.CALLBACK));
    }

    /**
     * Puts something around a callback, whichever of the driver's objects it goes to.
     *
     * @param method the name of the callback
     * @param around what runs in its place
     */
    public void around(final String method, final Around around) {
        arounds.put(method, around);
    }

    /**
     * Takes away what {@link #around} put there.
     *
     * @param method the name of the callback
     */
    public void clear(final String method) {
        arounds.remove(method);
    }

    // --- what passes

    /** What crosses with a call in the given direction as an argument, or against it as an answer. */
    private Object crossed(final Object value, final Direction wrapping) {
        if (value instanceof Optional<?> optional) {
            return optional.map(inner -> crossed(inner, wrapping));
        }
        if (value instanceof NdisResult<?> result) {
            return result.map(inner -> crossed(inner, wrapping));
        }
        if (value instanceof Record record && ROLES.contains(record.getClass().getPackageName())) {
            return crossedRecord(record, wrapping);
        }
        final Optional<Crossing> crossing = crossingOf(value);
        if (crossing.isPresent()) {
            return crossing.get().target;
        }
        return value != null && !roleInterfaces(value.getClass()).isEmpty() ? wrapped(value, wrapping) : value;
    }

    private Object crossedRecord(final Record record, final Direction wrapping) {
        try {
            final RecordComponent[] components = record.getClass().getRecordComponents();
            final Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            final Object[] values = new Object[components.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = crossed(components[i].getAccessor().invoke(record), wrapping);
            }
            final Constructor<?> canonical = record.getClass().getDeclaredConstructor(types);
            return canonical.newInstance(values);
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException("a record of the API cannot be taken apart: " + record, e);
        }
    }

    private Optional<Crossing> crossingOf(final Object value) {
        return value != null
                        && Proxy.isProxyClass(value.getClass())
                        && Proxy.getInvocationHandler(value) instanceof Crossing crossing
                        && crossing.membrane() == this
                ? Optional.of(crossing)
                : Optional.empty();
    }

    private Object wrapped(final Object target, final Direction direction) {
        synchronized (proxies) {
            return proxies.computeIfAbsent(
                    target,
                    object -> Proxy.newProxyInstance(
                            CoClient.class.getClassLoader(),
                            roleInterfaces(object.getClass()).toArray(Class<?>[]::new),
                            new Crossing(object, direction)));
        }
    }

    private static Set<Class<?>> roleInterfaces(final Class<?> type) {
        final Set<Class<?>> found = new LinkedHashSet<>();
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            for (final Class<?> implemented : c.getInterfaces()) {
                if (ROLES.contains(implemented.getPackageName())) {
                    found.add(implemented);
                } else {
                    found.addAll(roleInterfaces(implemented));
                }
            }
        }
        return found;
    }

    /** One object on its way across. */
    private final class Crossing implements InvocationHandler {
        private final Object target;
        private final Direction direction;

        Crossing(final Object target, final Direction direction) {
            this.target = target;
            this.direction = direction;
        }

        Membrane membrane() {
            return Membrane.this;
        }

        /** How arguments of a call on this object are wrapped: they go the way of the call. */
        private Direction forward() {
            return direction == Direction.CALLBACK ? Direction.CALL : Direction.CALLBACK;
        }

        @Override
        public Object invoke(final Object proxy, final Method method, final Object[] passed) throws Throwable {
            final Object[] arguments = passed == null ? new Object[0] : passed;
            if (method.getDeclaringClass() == Object.class) {
                return aboutTheObject(method, arguments);
            }
            final Invocation invocation = note(method, arguments);
            final Around.Proceed proceed = () -> Optional.ofNullable(proceed(invocation, method, arguments));
            if (direction == Direction.CALLBACK) {
                final Around around = arounds.get(method.getName());
                return around == null
                        ? proceed.proceed().orElse(null)
                        : around.invoke(invocation, proceed).orElse(null);
            }
            return proceed.proceed().orElse(null);
        }

        private Object aboutTheObject(final Method method, final Object[] arguments) throws Throwable {
            final Object[] unwrapped = Arrays.stream(arguments)
                    .map(a -> crossingOf(a).map(c -> c.target).orElse(a))
                    .toArray();
            return invokeTarget(method, unwrapped);
        }

        private Invocation note(final Method method, final Object[] arguments) {
            final List<Object> noted = new ArrayList<>();
            List<Pdu> pdus = List.of();
            for (final Object argument : arguments) {
                noted.add(crossingOf(argument)
                        .map(c -> c.target)
                        .or(() -> Optional.ofNullable(argument))
                        .orElseGet(Optional::empty));
                if (argument instanceof NetBufferList chain) {
                    pdus = Pdu.ofChain(chain);
                }
            }
            final Invocation invocation = new Invocation(trace, direction, target, method, List.copyOf(noted), pdus);
            trace.add(invocation);
            return invocation;
        }

        private Object proceed(final Invocation invocation, final Method method, final Object[] arguments)
                throws Throwable {
            final Object[] crossing =
                    Arrays.stream(arguments).map(a -> crossed(a, forward())).toArray();
            final Object answer;
            try {
                answer = invokeTarget(method, crossing);
            } catch (final Throwable t) {
                invocation.completed(Optional.empty(), Optional.of(t));
                invocation.returned(false);
                throw t;
            }
            if (answer instanceof CompletionStage<?> stage) {
                final CompletionStage<Object> watched = watched(invocation, stage);
                invocation.returned(!invocation.isComplete());
                return watched;
            }
            invocation.completed(Optional.ofNullable(answer), Optional.empty());
            invocation.returned(false);
            return crossed(answer, direction);
        }

        private CompletionStage<Object> watched(final Invocation invocation, final CompletionStage<?> stage) {
            final CompletableFuture<Object> watched = new CompletableFuture<>();
            stage.whenComplete((value, failure) -> {
                if (failure == null) {
                    invocation.completed(Optional.ofNullable(value), Optional.empty());
                    watched.complete(crossed(value, direction));
                } else {
                    final Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure;
                    invocation.completed(Optional.empty(), Optional.of(cause));
                    watched.completeExceptionally(cause);
                }
            });
            return watched;
        }

        private Object invokeTarget(final Method method, final Object[] arguments) throws Throwable {
            try {
                return method.invoke(target, arguments);
            } catch (final InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }
}
