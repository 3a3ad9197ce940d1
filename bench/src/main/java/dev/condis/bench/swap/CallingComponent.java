// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench.swap;

import dev.condis.api.nbl.NetBufferList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/**
 * A component with a dynamic, greedy 1..1 reference to a NIC, as it is written with care: when another NIC is bound, every circuit is opened
 * there before the first PDU goes there; those at the NIC before are closed when it is unbound. Declarative Services reaches its methods, so
 * they are public.
 */
public final class CallingComponent {
    private final Map<CircuitNic, List<CircuitNic.Circuit>> open = new ConcurrentHashMap<>();
    private volatile AtomicReferenceArray<CircuitNic.Circuit> circuits = new AtomicReferenceArray<>(0);

    /** Made by Declarative Services. */
    public CallingComponent() {
        // all it needs is bound
    }

    /**
     * A NIC is there, or a better one.
     *
     * @param nic the NIC
     */
    public void bind(final CircuitNic nic) {
        final List<CircuitNic.Circuit> opened =
                IntStream.range(0, nic.circuits()).mapToObj(nic::open).toList();
        open.put(nic, opened);
        if (circuits.length() == 0) {
            circuits = new AtomicReferenceArray<>(opened.toArray(CircuitNic.Circuit[]::new));
        } else {
            IntStream.range(0, opened.size()).forEach(number -> circuits.set(number, opened.get(number)));
        }
    }

    /**
     * A NIC goes, or is replaced.
     *
     * @param nic the NIC
     */
    public void unbind(final CircuitNic nic) {
        open.remove(nic).forEach(CircuitNic.Circuit::close);
    }

    boolean send(final int circuit, final NetBufferList nbl) {
        return circuits.get(circuit).send(nbl);
    }
}
