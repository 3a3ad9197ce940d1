// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.PermanentCircuit;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.VirtualTime;
import dev.condis.api.NdisStatus;
import dev.condis.api.ServiceProperties;
import dev.condis.api.media.MacAddress;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportCallManager;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

class SimAdapterTest {

    private record Registered(Class<?> type, Object service, Dictionary<?, ?> properties) {

        Object property(String name) {
            return properties.get(name);
        }
    }

    private final List<Registered> registered = new ArrayList<>();
    private final List<VirtualTime> times = new ArrayList<>();
    private final SimNetworks networks = new SimNetworks(name -> {
        VirtualTime time = new VirtualTime();
        times.add(time);
        return time;
    });

    private BundleContext context() {
        return (BundleContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("registerService");
                    Registered service =
                            new Registered((Class<?>) arguments[0], arguments[1], (Dictionary<?, ?>) arguments[2]);
                    registered.add(service);
                    return registration(service);
                });
    }

    private ServiceRegistration<?> registration(Registered service) {
        return (ServiceRegistration<?>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ServiceRegistration.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("unregister");
                    assertThat(registered.remove(service)).isTrue();
                    return Void.TYPE.cast(null);
                });
    }

    /** The defaults of a configuration, but for the given values. */
    private static SimAdapterConfig config(Map<String, Object> values) {
        return (SimAdapterConfig) Proxy.newProxyInstance(
                SimAdapterTest.class.getClassLoader(),
                new Class<?>[] {SimAdapterConfig.class},
                (proxy, method, arguments) -> values.getOrDefault(method.getName(), method.getDefaultValue()));
    }

    private SimAdapter adapter(Map<String, Object> values) {
        return new SimAdapter(context(), networks, config(values));
    }

    @Test
    void shouldMeetOnTheNetworkAndLeaveNothing_whenTwoNameIt() {
        SimAdapter mcm = adapter(Map.of(
                "name", "a", "rate_bps", 1_000_000L, "permanent_circuits", new String[] {"0/100 02-00-00-00-00-02 1/200"
                }));
        SimAdapter miniport = adapter(Map.of("name", "b", "mode", "miniport", "address", "02:00:00:00:00:02"));

        assertThat(registered.stream().<Class<?>>map(Registered::type))
                .containsExactly(MiniportCallManager.class, SimMiniport.class, CoMiniport.class, SimMiniport.class);
        Registered first = registered.get(0);
        assertThat(first.property(ServiceProperties.ADAPTER)).isEqualTo("a");
        assertThat(first.property(ServiceProperties.MEDIUM)).isEqualTo("ATM");
        assertThat(first.property(ServiceProperties.LINK_SPEED_BPS)).isEqualTo(1_000_000L);
        assertThat(first.property(ServiceProperties.AVAILABLE)).isEqualTo(true);
        SimNetwork network = networks.find("sim").orElseThrow();
        assertThat(((SimMiniport) registered.get(1).service()).network()).isSameAs(network);
        assertThat(((SimMiniport) registered.get(3).service()).network()).isSameAs(network);
        PermanentCircuit circuit = new PermanentCircuit(
                MacAddress.parse("02-00-00-00-00-01"),
                new AtmLabel(0, 100),
                MacAddress.parse("02-00-00-00-00-02"),
                new AtmLabel(1, 200));
        assertThat(network.addPermanentCircuit(circuit)).as("is there").isFalse();

        mcm.deactivate();
        assertThat(network.addPermanentCircuit(circuit))
                .as("went with its adapter")
                .isTrue();
        assertThat(networks.find("sim")).contains(network);
        miniport.deactivate();
        assertThat(networks.find("sim")).isEmpty();
        assertThat(registered).isEmpty();
        assertThat(times).hasSize(1);
    }

    @Test
    void shouldSayWhyItIsUnavailable_andNeverThrow() {
        SimAdapter atm = adapter(Map.of("name", "good"));
        List<Map<String, Object>> bad = List.of(
                Map.of("address", "nonsense"),
                Map.of("address", "ff-ff-ff-ff-ff-ff"),
                Map.of("medium", "TOKEN_RING"),
                Map.of("mode", "router"),
                Map.of("medium", "ETHERNET", "network", "other"),
                Map.of("medium", "ETHERNET", "mode", "miniport"),
                Map.of("loss", 1.5),
                Map.of("latency_micros", Long.MAX_VALUE),
                Map.of("queue_capacity", 0),
                Map.of("receive_buffers", 0),
                Map.of("permanent_circuits", new String[] {"0/100"}),
                Map.of("permanent_circuits", new String[] {"999/100 02-00-00-00-00-02 1/200"}));
        for (Map<String, Object> values : bad) {
            registered.clear();
            SimAdapter unusable = adapter(values);
            assertThat(registered).as("%s", values).hasSize(1);
            Registered service = registered.get(0);
            assertThat(service.type()).isEqualTo(CoMiniport.class);
            assertThat(service.property(ServiceProperties.AVAILABLE)).isEqualTo(false);
            assertThat((String) service.property(ServiceProperties.UNAVAILABLE_CAUSE))
                    .isNotBlank();
            unusable.deactivate();
            assertThat(registered).isEmpty();
        }
        assertThat(networks.find("other")).isEmpty();
        networks.close();
        assertThat(networks.find("sim")).isEmpty();
        assertThat(atm).isNotNull();
    }

    @Test
    void shouldKeepTheNetwork_whileSomebodyHoldsALease() {
        NetworkOptions options = NetworkOptions.of("shared", SimMedium.ATM, 1);
        SimNetworks.Lease first = networks.acquire(options).get();
        SimNetworks.Lease second = networks.acquire(options).get();
        assertThat(first.network()).isSameAs(second.network());
        assertThat(networks.acquire(NetworkOptions.of("shared", SimMedium.ETHERNET, 1))
                        .status())
                .isEqualTo(NdisStatus.UNSUPPORTED_MEDIA);
        first.close();
        first.close();
        assertThat(networks.find("shared")).isPresent();
        second.close();
        assertThat(networks.find("shared")).isEmpty();
        assertThat(networks.acquire(options).get().network()).isNotSameAs(first.network());
        assertThatThrownBy(() -> NetworkOptions.of("x", SimMedium.ATM, 1).withVcis(5, 100))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
