// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.NdisResult;
import dev.condis.api.ThreadLevel;
import dev.condis.api.callmgr.CmParty;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientVc;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Between the core and one driver. Handles of the core go through it as {@link HandleProxy}s, the driver's objects as
 * {@link ContextProxy}s, values as they are; what comes back is taken out of its proxy again. So which type is a handle and which a
 * context needs no list: it is the direction in which an object comes through for the first time.
 */
final class Membrane {
    private final Kit kit;
    private final String driver;
    private final WeakIdentityMap<Object, HandleProxy> handles = new WeakIdentityMap<>();

    Membrane(final Kit kit, final String driver) {
        this.kit = kit;
        this.driver = driver;
    }

    Kit kit() {
        return kit;
    }

    String driver() {
        return driver;
    }

    Levels.Scope enter(final ThreadLevel level, final String call, final String object) {
        return kit.levels().enter(level, driver, call, object);
    }

    /** Equality of a proxy is that of what it stands for. */
    static Object invokeObjectMethod(final Method method, final Object target, final Object[] arguments)
            throws Throwable {
        try {
            final Object[] unwrapped = arguments == null
                    ? arguments
                    : Arrays.stream(arguments).map(Membrane::unwrap).toArray();
            return method.invoke(target, unwrapped);
        } catch (final InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Object unwrap(final Object object) {
        return HandleProxy.of(object)
                .map(HandleProxy::target)
                .or(() -> ContextProxy.of(object).map(ContextProxy::target))
                .orElse(object);
    }

    // --- from the driver to the core ---

    /** Passes a call on; an exception of the core comes inside an {@link InvocationTargetException}. */
    Object call(final Call call) throws InvocationTargetException, IllegalAccessException {
        final List<ContextProxy> contexts = new ArrayList<>();
        final Object[] passed = Arrays.stream(call.arguments())
                .map(argument -> toCore(argument, Optional.of(call.handle()), contexts::add))
                .toArray();
        final Object result = call.method().invoke(call.handle().target(), passed);
        if (result instanceof CompletionStage<?> stage) {
            return new Completion(call, contexts).follow(stage);
        }
        kit.callRules().outcome(call, result);
        return toDriver(call, result, contexts);
    }

    private Object toDriver(final Call call, final Object result, final List<ContextProxy> contexts) {
        return toDriver(result, Optional.of(call.handle()), handle -> {
            contexts.forEach(context -> context.attach(handle));
            if (call.name().equals("ClientAf.createVc")) {
                handle.mark(Mark.OWN_CREATION, call.trace());
            }
        });
    }

    /** The outcome of a call that may come later: then it is a completion callback, which has a level as every other. */
    private final class Completion {
        private final Call call;
        private final List<ContextProxy> contexts;
        private final CompletableFuture<Object> answer = new CompletableFuture<>();
        private final AtomicReference<VerifierException> stopped = new AtomicReference<>();
        private volatile boolean pending;

        Completion(final Call call, final List<ContextProxy> contexts) {
            this.call = call;
            this.contexts = contexts;
        }

        CompletionStage<Object> follow(final CompletionStage<?> stage) {
            stage.handle(this::settle);
            pending = true;
            final VerifierException fatal = stopped.get();
            if (fatal != null) {
                throw fatal;
            }
            return answer.minimalCompletionStage();
        }

        private boolean settle(final Object value, final Throwable failure) {
            if (failure != null) {
                return answer.completeExceptionally(failure);
            }
            try {
                kit.callRules().outcome(call, value);
            } catch (final VerifierException e) {
                stopped.set(e);
            }
            final Object passed = toDriver(call, value, contexts);
            return pending ? complete(passed) : answer.complete(passed);
        }

        /** C14: the completion of an open comes at PASSIVE; all others may come at DISPATCH. */
        private boolean complete(final Object passed) {
            final boolean passive = call.name().equals("ClientBinding.openAddressFamily");
            final Levels.Scope scope = enter(
                    passive ? ThreadLevel.PASSIVE : ThreadLevel.DISPATCH,
                    call.name() + " (completion)",
                    call.handle().description());
            try {
                return answer.complete(passed);
            } finally {
                scope.leave();
            }
        }
    }

    private Object toCore(
            final Object value, final Optional<HandleProxy> subject, final Consumer<ContextProxy> whenNew) {
        final Optional<HandleProxy> handle = HandleProxy.of(value);
        if (handle.isPresent()) {
            return handle.get().target();
        }
        if (value == null || ContextProxy.of(value).isPresent()) {
            return value;
        }
        if (RoleTypes.of(value).length > 0) {
            final ContextProxy context = new ContextProxy(this, value, subject);
            whenNew.accept(context);
            return context.proxy();
        }
        return inside(value, element -> toCore(element, subject, whenNew));
    }

    /** A driver that is registered. */
    Object watch(final Object registered) {
        return toCore(registered, Optional.empty(), context -> {});
    }

    // --- from the core to the driver ---

    /** The answer to a question: whatever handle it holds, the driver has it, or the handle itself says whose it is. */
    Object toDriver(final Object answer) {
        return toDriver(answer, Optional.empty(), handle -> {});
    }

    Object[] toDriver(final Object[] arguments, final Optional<HandleProxy> parent) {
        return Arrays.stream(arguments)
                .map(argument -> toDriver(argument, parent, handle -> {}))
                .toArray();
    }

    private Object toDriver(
            final Object value, final Optional<HandleProxy> parent, final Consumer<HandleProxy> whenSeen) {
        final Optional<ContextProxy> context = ContextProxy.of(value);
        if (context.isPresent()) {
            return context.get().target();
        }
        if (value == null || HandleProxy.of(value).isPresent()) {
            return value;
        }
        if (RoleTypes.of(value).length > 0) {
            final HandleProxy handle = handle(value, parent);
            whenSeen.accept(handle);
            return handle.proxy();
        }
        return inside(value, element -> toDriver(element, parent, whenSeen));
    }

    private HandleProxy handle(final Object target, final Optional<HandleProxy> parent) {
        final Optional<HandleProxy> above =
                owner(target).map(object -> handle(object, Optional.empty())).or(() -> parent);
        return handles.get(target, () -> {
            final HandleProxy made = new HandleProxy(this, target, above);
            above.ifPresent(binding -> Leftovers.opened(binding, target));
            return made;
        });
    }

    /** Some handles say themselves whose they are. */
    private static Optional<Object> owner(final Object target) {
        if (target instanceof ClientVc vc) {
            return Optional.of(vc.addressFamily());
        }
        if (target instanceof CmVc vc) {
            return Optional.of(vc.addressFamily());
        }
        if (target instanceof CmSap sap) {
            return Optional.of(sap.addressFamily());
        }
        if (target instanceof ClientParty party) {
            return Optional.of(party.vc());
        }
        if (target instanceof CmParty party) {
            return Optional.of(party.vc());
        }
        return target instanceof ClientAf af ? Optional.of(af.binding()) : Optional.empty();
    }

    /** Passes a driver's answer on to the core; what it yields belongs to the object that the callback was about. */
    Object answer(final Callback callback, final Object answer) {
        if (answer instanceof CompletionStage<?> stage) {
            return follow(callback, stage);
        }
        kit.callbackRules().answered(callback, Optional.ofNullable(answer));
        return answerToCore(callback, answer);
    }

    private Object answerToCore(final Callback callback, final Object answer) {
        return toCore(answer, callback.subject(), context -> {});
    }

    private CompletionStage<Object> follow(final Callback callback, final CompletionStage<?> stage) {
        final CompletableFuture<Object> passed = new CompletableFuture<>();
        final Debt debt = kit.debts().answer(callback);
        stage.handle((value, failure) -> {
            kit.debts().paid(debt);
            check(callback, value, failure);
            return failure == null
                    ? passed.complete(answerToCore(callback, value))
                    : passed.completeExceptionally(failure);
        });
        return passed;
    }

    private void check(final Callback callback, final Object value, final Throwable failure) {
        if (failure == null && callback.completesWithNothing()) {
            return;
        }
        if (failure == null) {
            kit.callbackRules().answered(callback, Optional.ofNullable(value));
        } else {
            kit.callbackRules().failed(callback, failure);
        }
    }

    // --- containers ---

    /** What is inside of a value goes through as well. */
    private static Object inside(final Object value, final UnaryOperator<Object> element) {
        if (value instanceof NdisResult<?> result) {
            return result.value().isPresent() ? result.map(element) : result;
        }
        if (value instanceof Optional<?> optional) {
            return optional.map(element);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(element).toList();
        }
        return value instanceof Record values && carriesRoles(values) ? rebuild(values, element) : value;
    }

    private static boolean carriesRoles(final Record values) {
        return Arrays.stream(values.getClass().getRecordComponents())
                .anyMatch(component -> RoleTypes.isRole(component.getType()));
    }

    private static Object rebuild(final Record values, final UnaryOperator<Object> element) {
        final RecordComponent[] components = values.getClass().getRecordComponents();
        try {
            final Object[] rebuilt = new Object[components.length];
            for (int i = 0; i < components.length; i++) {
                rebuilt[i] = element.apply(components[i].getAccessor().invoke(values));
            }
            final Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            return values.getClass().getConstructor(types).newInstance(rebuilt);
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException("a value of the API cannot be taken apart: " + values, e);
        }
    }
}
