// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.PermanentCircuit;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.SimTime;
import dev.condis.adapter.sim.net.WallClockTime;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * The simulated networks of a framework, by name: adapters that name the same network meet on it. A network, with its
 * thread, lives while somebody holds a lease of it. Thread safe.
 */
@Component(service = SimNetworks.class)
public final class SimNetworks {

    /** A share in a network. Closing the last one ends the network and its thread. */
    public final class Lease implements AutoCloseable {

        private final Entry entry;
        private final AtomicBoolean open = new AtomicBoolean(true);

        private Lease(Entry entry) {
            this.entry = entry;
        }

        /**
         * The network.
         *
         * @return the network
         */
        public SimNetwork network() {
            return entry.network;
        }

        /**
         * Configures a permanent circuit of the network, or takes a share in it when another one with a lease has configured the same: NICs that
         * stand in for each other may each be given their circuits.
         *
         * @param circuit the circuit
         * @return false if a label is taken on its link by another circuit, or the network is not ATM
         */
        public boolean addPermanentCircuit(PermanentCircuit circuit) {
            return entry.add(circuit);
        }

        /**
         * Gives a permanent circuit back; it is removed with the last share in it.
         *
         * @param circuit as it was added by {@link #addPermanentCircuit}
         */
        public void removePermanentCircuit(PermanentCircuit circuit) {
            entry.remove(circuit);
        }

        /** Gives the share back. PASSIVE: may wait for the network's thread to end. Idempotent. */
        @Override
        public void close() {
            if (open.compareAndSet(true, false)) {
                release(entry);
            }
        }
    }

    private static final class Entry {
        private final SimNetwork network;
        private final SimTime time;
        private final Map<PermanentCircuit, Integer> circuits = new HashMap<>();
        private int leases;

        private Entry(SimNetwork network, SimTime time) {
            this.network = network;
            this.time = time;
        }

        private synchronized boolean add(PermanentCircuit circuit) {
            boolean there = circuits.containsKey(circuit) || network.addPermanentCircuit(circuit);
            if (there) {
                circuits.merge(circuit, 1, Integer::sum);
            }
            return there;
        }

        private synchronized void remove(PermanentCircuit circuit) {
            circuits.computeIfPresent(circuit, (key, shares) -> shares == 1 ? null : shares - 1);
            if (!circuits.containsKey(circuit)) {
                network.removePermanentCircuit(circuit);
            }
        }

        private void end() {
            network.close();
            time.close();
        }
    }

    private final Function<String, SimTime> times;
    private final Map<String, Entry> entries = new HashMap<>();

    /** Networks on the wall clock. */
    @Activate
    public SimNetworks() {
        this(WallClockTime::new);
    }

    /**
     * Networks on times of the caller's choice.
     *
     * @param times makes the time of a network from its name; it is closed with the network
     */
    public SimNetworks(Function<String, SimTime> times) {
        this.times = Objects.requireNonNull(times, "times");
    }

    /**
     * Takes a share in a network, which is made if it is not there.
     *
     * @param options how it is made; if it is there already, the medium must be the same, and its own seed and range of
     *     VCIs hold
     * @return the share; or {@code UNSUPPORTED_MEDIA} if the network has another medium
     */
    public NdisResult<Lease> acquire(NetworkOptions options) {
        synchronized (entries) {
            Entry entry = entries.computeIfAbsent(options.name(), name -> make(options));
            if (entry.network.medium() != options.medium()) {
                return NdisResult.refused(
                        NdisStatus.UNSUPPORTED_MEDIA,
                        new Refusal(
                                "R79",
                                entry.network.toString(),
                                "running",
                                "the network is not " + options.medium(),
                                Optional.empty()));
            }
            entry.leases++;
            return NdisResult.success(new Lease(entry));
        }
    }

    private Entry make(NetworkOptions options) {
        SimTime time = times.apply(options.name());
        return new Entry(new SimNetwork(options, time), time);
    }

    /**
     * A network that is there.
     *
     * @param name its name
     * @return the network; empty if nobody holds a lease of it
     */
    public Optional<SimNetwork> find(String name) {
        synchronized (entries) {
            return Optional.ofNullable(entries.get(name)).map(entry -> entry.network);
        }
    }

    private void release(Entry entry) {
        synchronized (entries) {
            entry.leases--;
            if (entry.leases > 0) {
                return;
            }
            entries.remove(entry.network.name(), entry);
        }
        entry.end();
    }

    /** Ends all networks, whoever holds leases. PASSIVE. */
    @Deactivate
    public void close() {
        List<Entry> all;
        synchronized (entries) {
            all = new ArrayList<>(entries.values());
            entries.clear();
        }
        all.forEach(Entry::end);
    }
}
