// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Catches Ctrl-C and requests to terminate, so that a command can end by itself and print its result. The JDK has the class for
 * that, but no compiler option makes it part of the platform that one compiles against; so it is called by name, and where it is
 * missing a signal just ends the process.
 */
final class Interrupts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Interrupts.class);

    private static final List<String> SIGNALS = List.of("INT", "TERM");

    private final List<Runnable> restore = new ArrayList<>();

    private Interrupts() {}

    /**
     * Has Ctrl-C and a request to terminate run something, until closed.
     *
     * @param action runs on a thread of the JVM, any number of times
     */
    static Interrupts call(final Runnable action) {
        final Interrupts interrupts = new Interrupts();
        SIGNALS.forEach(name -> interrupts.handle(name, action));
        return interrupts;
    }

    private void handle(final String name, final Runnable action) {
        try {
            final ClassLoader platform = ClassLoader.getSystemClassLoader();
            final Class<?> signal = platform.loadClass("sun.misc.Signal");
            final Class<?> handler = platform.loadClass("sun.misc.SignalHandler");
            final Method handle = signal.getMethod("handle", signal, handler);
            final Object number = signal.getConstructor(String.class).newInstance(name);
            final Object ours =
                    Proxy.newProxyInstance(platform, new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return objectMethod(proxy, method, arguments);
                    });
            final Object before = handle.invoke(null, number, ours);
            restore.add(() -> invoke(handle, number, before));
        } catch (final ReflectiveOperationException | RuntimeException e) {
            LOG.debug("signal {} ends the process at once", name, e);
        }
    }

    private static Object objectMethod(final Object proxy, final Method method, final Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "the handler of Ctrl-C";
            default -> null;
        };
    }

    private static void invoke(final Method handle, final Object interrupt, final Object handler) {
        try {
            handle.invoke(null, interrupt, handler);
        } catch (final IllegalAccessException | InvocationTargetException e) {
            LOG.debug("a signal keeps its handler", e);
        }
    }

    @Override
    public void close() {
        restore.forEach(Runnable::run);
    }
}
