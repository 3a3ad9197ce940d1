// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** The only service of a framework that the component uses. */
final class FakeRegistry {
    private final Map<String, Object> services = new ConcurrentHashMap<>();
    private volatile Map<String, Object> properties = Map.of();

    /** What is registered, by the name of its type. */
    Map<String, Object> services() {
        return services;
    }

    /** The properties that were given last. */
    Map<String, Object> properties() {
        return properties;
    }

    BundleContext context() {
        return proxy(BundleContext.class, (self, method, arguments) -> {
            if (!method.getName().equals("registerService")) {
                throw new AssertionError(method);
            }
            services.put((String) arguments[0], arguments[1]);
            take(arguments[2]);
            return registration((String) arguments[0]);
        });
    }

    private ServiceRegistration<?> registration(final String name) {
        return proxy(ServiceRegistration.class, (self, method, arguments) -> switch (method.getName()) {
            case "setProperties" -> {
                take(arguments[0]);
                yield self;
            }
            case "unregister" -> services.remove(name);
            default -> throw new AssertionError(method);
        });
    }

    @SuppressWarnings("unchecked")
    private void take(final Object dictionary) {
        final Map<String, Object> taken = new HashMap<>();
        final Dictionary<String, Object> given = (Dictionary<String, Object>) dictionary;
        given.keys().asIterator().forEachRemaining(key -> taken.put(key, given.get(key)));
        properties = taken;
    }

    private static <T> T proxy(final Class<T> type, final InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** A configuration with some values, else as Metatype has it. */
    static PcapAdapterConfig config(final Map<String, Object> values) {
        return proxy(PcapAdapterConfig.class, (self, method, arguments) -> {
            final Object value = values.get(method.getName());
            return value == null ? method.getDefaultValue() : value;
        });
    }
}
