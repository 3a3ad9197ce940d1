// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.osgi;

import dev.condis.api.AdapterInfo;
import dev.condis.api.Medium;
import dev.condis.api.ServiceProperties;
import dev.condis.core.engine.DriverDescriptor;
import dev.condis.core.engine.MiniportDescriptor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.Constants;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** Reads the service properties of drivers. */
final class ServiceDescription {
    private ServiceDescription() {}

    /**
     * The description of a backend.
     *
     * @throws IllegalArgumentException if a property is missing or wrong; the message names service, property and value
     */
    static MiniportDescriptor miniport(final ServiceReference<?> reference) {
        final String adapter = required(reference, ServiceProperties.ADAPTER);
        final AdapterInfo info =
                new AdapterInfo(adapter, medium(reference), linkSpeed(reference), properties(reference));
        final int ranking = reference.getProperty(Constants.SERVICE_RANKING) instanceof Integer number ? number : 0;
        final long id = (Long) reference.getProperty(Constants.SERVICE_ID);
        return new MiniportDescriptor(info, ranking, id, unavailableCause(reference), wire(reference));
    }

    private static Medium medium(final ServiceReference<?> reference) {
        final String name = required(reference, ServiceProperties.MEDIUM);
        try {
            return Medium.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (final IllegalArgumentException e) {
            throw wrong(reference, ServiceProperties.MEDIUM, "one of " + Arrays.toString(Medium.values()), e);
        }
    }

    private static long linkSpeed(final ServiceReference<?> reference) {
        final Object value = reference.getProperty(ServiceProperties.LINK_SPEED_BPS);
        if (value == null) {
            return 0;
        }
        if (value instanceof Long speed && speed >= 0) {
            return speed;
        }
        throw wrong(reference, ServiceProperties.LINK_SPEED_BPS, "a Long of 0 or more");
    }

    private static Optional<String> unavailableCause(final ServiceReference<?> reference) {
        final Object available = reference.getProperty(ServiceProperties.AVAILABLE);
        if (available == null || Boolean.TRUE.equals(available)) {
            return Optional.empty();
        }
        final Object cause = reference.getProperty(ServiceProperties.UNAVAILABLE_CAUSE);
        return Optional.of(cause == null ? "the adapter gives no cause" : cause.toString());
    }

    private static Optional<String> wire(final ServiceReference<?> reference) {
        return reference.getProperty(ServiceProperties.WIRE) == null
                ? Optional.empty()
                : Optional.of(required(reference, ServiceProperties.WIRE));
    }

    /**
     * The adapters that a client or a call manager is to be bound to.
     *
     * @return an OSGi filter, empty for all
     * @throws IllegalArgumentException if it is not a filter; the message names service, property and value
     */
    static String targetOf(final ServiceReference<?> reference) {
        final Object target = reference.getProperty(ServiceProperties.ADAPTER_TARGET);
        if (target == null || target.toString().isBlank()) {
            return "";
        }
        try {
            return FrameworkUtil.createFilter(target.toString()).toString();
        } catch (final InvalidSyntaxException e) {
            throw wrong(reference, ServiceProperties.ADAPTER_TARGET, "an OSGi filter: " + e.getMessage(), e);
        }
    }

    /**
     * The description of a client or a call manager.
     *
     * @throws IllegalArgumentException if a property is wrong; the message names service, property and value
     */
    static DriverDescriptor driver(final ServiceReference<?> reference) {
        final Object name = reference.getProperty(ServiceProperties.DRIVER_NAME);
        final String driverName = name instanceof String text && !text.isBlank() ? text : defaultName(reference);
        final String target = targetOf(reference);
        if (target.isEmpty()) {
            return DriverDescriptor.everywhere(driverName);
        }
        final Filter filter = filter(target);
        return new DriverDescriptor(driverName, info -> filter.matches(info.properties()));
    }

    private static Filter filter(final String checked) {
        try {
            return FrameworkUtil.createFilter(checked);
        } catch (final InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String defaultName(final ServiceReference<?> reference) {
        final Object component = reference.getProperty("component.name");
        return component != null
                ? component.toString()
                : reference.getBundle().getSymbolicName() + "#" + reference.getProperty(Constants.SERVICE_ID);
    }

    private static Map<String, Object> properties(final ServiceReference<?> reference) {
        final Map<String, Object> properties = new LinkedHashMap<>();
        for (final String key : reference.getPropertyKeys()) {
            properties.put(key, reference.getProperty(key));
        }
        return properties;
    }

    private static String required(final ServiceReference<?> reference, final String property) {
        if (reference.getProperty(property) instanceof String text && !text.isBlank()) {
            return text;
        }
        throw wrong(reference, property, "a String that is not blank");
    }

    private static IllegalArgumentException wrong(
            final ServiceReference<?> reference, final String property, final String wanted) {
        return new IllegalArgumentException(message(reference, property, wanted));
    }

    private static IllegalArgumentException wrong(
            final ServiceReference<?> reference, final String property, final String wanted, final Throwable cause) {
        return new IllegalArgumentException(message(reference, property, wanted), cause);
    }

    private static String message(final ServiceReference<?> reference, final String property, final String wanted) {
        return "service property " + property + " of " + reference + " is '" + reference.getProperty(property)
                + "', wanted is " + wanted;
    }
}
