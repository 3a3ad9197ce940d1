// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import dev.condis.api.AddressFamily;
import dev.condis.api.ServiceProperties;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The simulated NICs of the demo, and the call manager above them when they have none of their own. */
final class DemoNetwork implements AutoCloseable {
    /** The adapter of client a. */
    static final String FIRST = "demo-a";
    /** The adapter of client b. */
    static final String SECOND = "demo-b";
    /** How calls are signaled. */
    static final AddressFamily FAMILY = AddressFamily.Q2931;

    private static final String ADAPTER_PID = "dev.condis.adapter.sim";
    private static final String CALL_MANAGER_PID = "dev.condis.callmgr.sim";

    /**
     * What the network is like.
     *
     * @param loss probability that a PDU is lost on a link, 0..1
     * @param latency of a link
     * @param bitsPerSecond of a link, 0 for no limit
     * @param seed of everything random
     * @param longPdusInFlight how many PDUs that need a long receive buffer the NICs must be able to hold, 0 when all are short
     * @param standalone whether a call manager stands above plain miniports
     * @param standIn whether another NIC can stand in for that of the first adapter
     */
    record Conditions(
            double loss,
            Duration latency,
            long bitsPerSecond,
            long seed,
            int longPdusInFlight,
            boolean standalone,
            boolean standIn) {}

    private static final String ADDRESS_OF_FIRST = "02-00-00-00-00-0a";
    private static final String ADDRESS_OF_SECOND = "02-00-00-00-00-0b";

    private final Platform platform;
    private final List<Platform.Presence> presences = new ArrayList<>();

    DemoNetwork(final Platform platform, final Conditions conditions) {
        this.platform = platform;
        presences.add(platform.configure(ADAPTER_PID, nic(FIRST, ADDRESS_OF_FIRST, conditions)));
        if (conditions.standIn()) {
            presences.add(platform.configure(ADAPTER_PID, nic(FIRST, ADDRESS_OF_FIRST, conditions)));
        }
        presences.add(platform.configure(ADAPTER_PID, nic(SECOND, ADDRESS_OF_SECOND, conditions)));
        if (conditions.standalone()) {
            final String target = "(|(" + ServiceProperties.ADAPTER + "=" + FIRST + ")(" + ServiceProperties.ADAPTER
                    + "=" + SECOND + "))";
            presences.add(platform.configure(CALL_MANAGER_PID, Map.of("name", "demo-cm", "target", target)));
        }
    }

    private static Map<String, Object> nic(final String name, final String address, final Conditions conditions) {
        final Map<String, Object> properties = new TreeMap<>();
        properties.put("name", name);
        properties.put("network", "demo");
        properties.put("address", address);
        properties.put("medium", "ATM");
        properties.put("mode", conditions.standalone() ? "miniport" : "mcm");
        properties.put("seed", conditions.seed());
        properties.put("loss", conditions.loss());
        properties.put("latency.micros", conditions.latency().toNanos() / 1000);
        properties.put("rate.bps", conditions.bitsPerSecond());
        if (conditions.longPdusInFlight() > 0) {
            // What the link holds can arrive all at once, while as much has not been returned yet.
            properties.put("queue.capacity", conditions.longPdusInFlight());
            properties.put("large.receive.buffers", 2 * conditions.longPdusInFlight());
        }
        return properties;
    }

    boolean isPart(final String adapter) {
        return adapter.equals(FIRST) || adapter.equals(SECOND);
    }

    /** A configuration is deleted on another thread, which is to be through before the framework is stopped. */
    @Override
    public void close() {
        for (int i = presences.size() - 1; i >= 0; i--) {
            presences.get(i).close();
        }
        Waiting.until(
                () -> Stream.of(FIRST, SECOND).map(platform::backend).allMatch(Optional::isEmpty), Waiting.ADAPTER);
    }
}
