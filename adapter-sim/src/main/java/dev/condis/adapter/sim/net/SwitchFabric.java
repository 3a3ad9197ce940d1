// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** The switch of a network: looks up where a PDU goes and queues it there. Confined to the network's thread. */
final class SwitchFabric {

    private static final int DESTINATION = 0;
    private static final int SOURCE_END = 12;
    private static final int MAX_HELD = 65_536;
    private static final RouteTable.Route NO_ROUTE = new RouteTable.Route(null, -1, false);

    private final SimNetwork network;
    private final SwitchSignaling signaling;
    private final AtomicLong forwarded = new AtomicLong();
    private final AtomicLong unroutable = new AtomicLong();
    private final AtomicLong damaged = new AtomicLong();

    private long[] addresses = {};
    private SwitchPort[] ports = {};
    private final List<SwitchPort> touched = new ArrayList<>();
    private final Set<SwitchPort> waiting = new LinkedHashSet<>();

    SwitchFabric(SimNetwork network) {
        this.network = network;
        this.signaling = new SwitchSignaling(network, this);
    }

    SwitchStatistics statistics() {
        return new SwitchStatistics(
                forwarded.get(),
                unroutable.get(),
                damaged.get(),
                signaling.understood(),
                signaling.malformed(),
                signaling.activeCalls());
    }

    /** Takes a PDU from a NIC, or leaves it (false) because a queue is full and nothing may be dropped. */
    boolean accept(SwitchPort from, WirePdu pdu) {
        return network.medium() == SimMedium.ATM ? acceptAtm(from, pdu) : acceptFrame(from, pdu);
    }

    private boolean acceptAtm(SwitchPort from, WirePdu pdu) {
        if (pdu.label() == SimNetwork.SIGNALING_LABEL) {
            if (pdu.isDamaged()) {
                count(damaged);
            } else {
                signaling.received(from, pdu.toBytes());
            }
            network.pool().recycle(pdu);
            return true;
        }
        RouteTable.Route route = from.routes.lookup(pdu.label(), NO_ROUTE);
        if (route == NO_ROUTE) {
            return unroutable(pdu);
        }
        if (route.further.isPresent()) {
            return copyToBranches(from, route, pdu);
        }
        if (!route.open) {
            return hold(route, pdu);
        }
        if (mustWait(from, route.port)) {
            return false;
        }
        pdu.label(route.label);
        forward(route.port, pdu);
        return true;
    }

    /** Each branch of a point-to-multipoint circuit gets a copy. The slowest holds the sender back, where nothing may be dropped. */
    private boolean copyToBranches(SwitchPort from, RouteTable.Route first, WirePdu pdu) {
        Optional<RouteTable.Route> branch = Optional.of(first);
        while (branch.isPresent()) {
            RouteTable.Route route = branch.get();
            if (route.open && mustWait(from, route.port)) {
                return false;
            }
            branch = route.further;
        }
        branch = Optional.of(first);
        while (branch.isPresent()) {
            RouteTable.Route route = branch.get();
            WirePdu copy = network.pool().take();
            copy.copyFrom(pdu);
            if (route.open) {
                copy.label(route.label);
                forward(route.port, copy);
            } else {
                hold(route, copy);
            }
            branch = route.further;
        }
        network.pool().recycle(pdu);
        return true;
    }

    /** The caller may send before the called party can receive: signaling must not be stuck behind it, so it is set aside. */
    private boolean hold(RouteTable.Route route, WirePdu pdu) {
        if (route.held.size() >= MAX_HELD) {
            route.port.countCongestion();
            network.pool().recycle(pdu);
        } else {
            route.held.add(pdu);
        }
        return true;
    }

    private boolean acceptFrame(SwitchPort from, WirePdu pdu) {
        if (pdu.isDamaged() || pdu.length() < SOURCE_END) {
            count(damaged);
            network.pool().recycle(pdu);
            return true;
        }
        if ((pdu.octet(DESTINATION) & 1) != 0) {
            return flood(from, pdu);
        }
        int index = Arrays.binarySearch(addresses, pdu.address(DESTINATION));
        if (index < 0 || ports[index] == from) {
            return unroutable(pdu);
        }
        if (mustWait(from, ports[index])) {
            return false;
        }
        forward(ports[index], pdu);
        return true;
    }

    private boolean flood(SwitchPort from, WirePdu pdu) {
        for (SwitchPort port : ports) {
            if (port != from && mustWait(from, port)) {
                return false;
            }
        }
        for (SwitchPort port : ports) {
            if (port != from) {
                WirePdu copy = network.pool().take();
                copy.copyFrom(pdu);
                forward(port, copy);
            }
        }
        network.pool().recycle(pdu);
        return true;
    }

    private boolean unroutable(WirePdu pdu) {
        count(unroutable);
        network.pool().recycle(pdu);
        return true;
    }

    private boolean mustWait(SwitchPort from, SwitchPort to) {
        if (to.hasRoom() || to.dropsWhenFull()) {
            return false;
        }
        waiting.add(from);
        return true;
    }

    private void forward(SwitchPort to, WirePdu pdu) {
        if (!to.hasRoom()) {
            to.countCongestion();
            network.pool().recycle(pdu);
            return;
        }
        count(forwarded);
        enqueue(to, pdu);
    }

    private void enqueue(SwitchPort to, WirePdu pdu) {
        to.enqueue(pdu);
        if (!to.touched) {
            to.touched = true;
            touched.add(to);
        }
    }

    /** A signaling message to a NIC: never dropped, never made to wait, since there are few of them. */
    void sendSignaling(SwitchPort to, byte[] octets) {
        WirePdu pdu = network.pool().take();
        pdu.label(SimNetwork.SIGNALING_LABEL);
        pdu.append(octets, 0, octets.length);
        enqueue(to, pdu);
    }

    /** Ends a turn: what was queued goes onto the links. */
    void flush() {
        for (int i = 0; i < touched.size(); i++) {
            SwitchPort port = touched.get(i);
            port.touched = false;
            port.pumpDownlink();
        }
        touched.clear();
    }

    /** A full queue has room: everybody who waits tries again, in the order of waiting. */
    void roomIn(SwitchPort port) {
        if (waiting.isEmpty()) {
            return;
        }
        List<SwitchPort> again = List.copyOf(waiting);
        waiting.clear();
        again.forEach(SwitchPort::resumeUplink);
    }

    void moved(SwitchPort port) {
        signaling.moved(port);
    }

    void linkChanged(SwitchPort port, boolean up) {
        signaling.linkChanged(port, up);
        flush();
    }

    void detached(SwitchPort port) {
        waiting.remove(port);
        touched.remove(port);
        signaling.detached(port);
        refreshPorts();
        removeRoutesTo(port);
        flush();
    }

    /** Takes over the tables of ports and permanent circuits. */
    void refreshPorts() {
        ports = network.switchPorts().stream()
                .sorted((left, right) ->
                        Long.compare(left.address().value(), right.address().value()))
                .toArray(SwitchPort[]::new);
        addresses =
                Arrays.stream(ports).mapToLong(port -> port.address().value()).toArray();
        network.permanentCircuits().forEach(this::connectPermanent);
    }

    private void connectPermanent(PermanentCircuit circuit) {
        network.switchPort(circuit.nicA()).ifPresent(portA -> network.switchPort(circuit.nicB())
                .ifPresent(portB -> connect(portA, circuit.labelA(), portB, circuit.labelB(), true)));
    }

    void removePermanent(PermanentCircuit circuit) {
        network.switchPort(circuit.nicA()).ifPresent(port -> port.routes.remove(circuit.labelA()));
        network.switchPort(circuit.nicB()).ifPresent(port -> port.routes.remove(circuit.labelB()));
    }

    /** Connects two labels in both directions; the way from A to B may stay closed until {@link #open}. */
    void connect(SwitchPort portA, AtmLabel labelA, SwitchPort portB, AtmLabel labelB, boolean open) {
        portA.routes.put(labelA, new RouteTable.Route(portB, labelB.packed(), open));
        portB.routes.put(labelB, new RouteTable.Route(portA, labelA.packed(), true));
    }

    /** One more branch from A to B, closed until {@link #open}; there is no way back. */
    void connectBranch(SwitchPort portA, AtmLabel labelA, SwitchPort portB, AtmLabel labelB) {
        portA.routes.add(labelA, new RouteTable.Route(portB, labelB.packed(), false));
    }

    /** Opens the way from A to B and sends what was held, in order. */
    void open(SwitchPort portA, AtmLabel labelA, SwitchPort portB, AtmLabel labelB) {
        branch(portA, labelA, portB, labelB).ifPresent(route -> {
            route.open = true;
            while (!route.held.isEmpty()) {
                WirePdu pdu = route.held.poll();
                pdu.label(route.label);
                count(forwarded);
                enqueue(route.port, pdu);
            }
        });
    }

    private static Optional<RouteTable.Route> branch(
            SwitchPort portA, AtmLabel labelA, SwitchPort portB, AtmLabel labelB) {
        Optional<RouteTable.Route> branch = portA.routes.find(labelA);
        while (branch.isPresent() && !(branch.get().port == portB && branch.get().label == labelB.packed())) {
            branch = branch.get().further;
        }
        return branch;
    }

    /** Ends the way from A to B; what was held for it is lost. */
    void disconnect(SwitchPort portA, AtmLabel labelA, SwitchPort portB, AtmLabel labelB) {
        branch(portA, labelA, portB, labelB).ifPresent(route -> {
            while (!route.held.isEmpty()) {
                route.port.countCongestion();
                network.pool().recycle(route.held.poll());
            }
            portA.routes.remove(labelA, route);
        });
    }

    private void removeRoutesTo(SwitchPort gone) {
        for (PermanentCircuit circuit : network.permanentCircuits()) {
            if (circuit.nicA().equals(gone.address())) {
                network.switchPort(circuit.nicB()).ifPresent(port -> port.routes.remove(circuit.labelB()));
            }
            if (circuit.nicB().equals(gone.address())) {
                network.switchPort(circuit.nicA()).ifPresent(port -> port.routes.remove(circuit.labelA()));
            }
        }
    }

    private static void count(AtomicLong counter) {
        counter.lazySet(counter.get() + 1);
    }
}
