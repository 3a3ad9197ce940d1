// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import dev.condis.api.media.MacAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A simulated network: one switch, and NICs on links of their own, or on one link where they stand in for each other.
 *
 * <p>On ATM the switch forwards by label: permanent circuits as configured here, switched circuits as its signaling sets
 * them up. On Ethernet it forwards by destination address; group addresses go to everybody else, unknown ones nowhere.
 *
 * <p>All methods may be called by any thread; they do not block unless they say so. What they change takes effect before
 * any PDU that is sent afterwards.
 */
public final class SimNetwork implements AutoCloseable {

    static final int SIGNALING_LABEL = AtmLabel.SIGNALING.packed();

    private final NetworkOptions options;
    private final SimTime time;
    private final PduPool pool = new PduPool();
    private final SwitchFabric fabric;

    private final Object tables = new Object();
    private final Map<MacAddress, SwitchPort> ports = new HashMap<>();
    private final Map<MacAddress, LabelSpace> labels = new HashMap<>();
    private final Set<PermanentCircuit> permanent = new LinkedHashSet<>();
    private boolean closed;

    /**
     * Makes a network with no NICs.
     *
     * @param options how it is made
     * @param time what it runs on; it belongs to the caller, who closes it after the network
     */
    public SimNetwork(NetworkOptions options, SimTime time) {
        this.options = Objects.requireNonNull(options, "options");
        this.time = Objects.requireNonNull(time, "time");
        this.fabric = new SwitchFabric(this);
    }

    /**
     * Its name.
     *
     * @return the name
     */
    public String name() {
        return options.name();
    }

    /**
     * What its links are.
     *
     * @return the medium
     */
    public SimMedium medium() {
        return options.medium();
    }

    /**
     * What it runs on.
     *
     * @return the time
     */
    public SimTime time() {
        return time;
    }

    /**
     * Attaches a NIC to the switch by a link of its own.
     *
     * @param address its address
     * @param profile what its link does, both directions alike
     * @param driver what is called for it, from now on
     * @return its port; empty if the address is taken or a group address, or the network is closed
     */
    public Optional<NicPort> attach(MacAddress address, LinkProfile profile, NicDriver driver) {
        return attach(Optional.empty(), address, profile, driver);
    }

    /**
     * Attaches a NIC to the switch that others of its address may stand in for: all NICs of one station with one address share a link and a
     * port of the switch. A PDU is for the NIC that it fits best when it arrives ({@link NicDriver#fit}), of equals for the one that has been
     * there longest; what several send goes out in order. Coming and going of one of them changes nothing for circuits and calls as long as
     * another one is there.
     *
     * @param station of what the NIC is a part; NICs of different stations cannot have the same address
     * @param address its address
     * @param profile what the link does to what this NIC sends and gets; the queue has the capacity that the first one says
     * @param driver what is called for it, from now on
     * @return its port; empty if the address is taken by another station or a group address, or the network is closed
     */
    public Optional<NicPort> attachTo(String station, MacAddress address, LinkProfile profile, NicDriver driver) {
        return attach(Optional.of(station), address, profile, driver);
    }

    private Optional<NicPort> attach(
            Optional<String> station, MacAddress address, LinkProfile profile, NicDriver driver) {
        Objects.requireNonNull(profile, "profile");
        Objects.requireNonNull(driver, "driver");
        NicPort nic;
        synchronized (tables) {
            Optional<SwitchPort> taken = Optional.ofNullable(ports.get(address));
            boolean conflict = taken.filter(
                            port -> station.isEmpty() || !port.station().equals(station))
                    .isPresent();
            if (closed || address.isGroup() || conflict) {
                return Optional.empty();
            }
            SwitchPort port = taken.orElseGet(() -> newPort(station, address, profile));
            nic = new NicPort(port, profile, driver);
            port.join(nic);
            ports.put(address, port);
        }
        time.execute(() -> {
            nic.switchPort().linkMayHaveChanged();
            fabric.refreshPorts();
        });
        return Optional.of(nic);
    }

    private SwitchPort newPort(Optional<String> station, MacAddress address, LinkProfile profile) {
        SplittableRandom random = new SplittableRandom(options.seed() * 0x9E37_79B9_7F4A_7C15L ^ address.value());
        return new SwitchPort(this, address, station, profile, random);
    }

    /**
     * The NIC with this address.
     *
     * @param address its address
     * @return its port; empty if no NIC has it; of several the one that has been there longest
     */
    public Optional<NicPort> port(MacAddress address) {
        return switchPort(address).map(port -> port.nics().get(0));
    }

    Optional<SwitchPort> switchPort(MacAddress address) {
        synchronized (tables) {
            return Optional.ofNullable(ports.get(address));
        }
    }

    /**
     * The NICs that are attached.
     *
     * @return a copy of the list, in no order
     */
    public Collection<NicPort> ports() {
        return switchPorts().stream().flatMap(port -> port.nics().stream()).toList();
    }

    List<SwitchPort> switchPorts() {
        synchronized (tables) {
            return List.copyOf(ports.values());
        }
    }

    /**
     * Configures a permanent circuit. The NICs need not be there yet.
     *
     * @param circuit the circuit
     * @return false if a label is taken on its link, or the network is not ATM
     */
    public boolean addPermanentCircuit(PermanentCircuit circuit) {
        synchronized (tables) {
            if (medium() != SimMedium.ATM || permanent.contains(circuit) || !reserveBoth(circuit)) {
                return false;
            }
            permanent.add(circuit);
        }
        time.execute(fabric::refreshPorts);
        return true;
    }

    private boolean reserveBoth(PermanentCircuit circuit) {
        LabelSpace spaceA = space(circuit.nicA());
        if (isReserved(circuit.labelA()) || isReserved(circuit.labelB()) || !spaceA.reserve(circuit.labelA())) {
            return false;
        }
        if (!space(circuit.nicB()).reserve(circuit.labelB())) {
            spaceA.free(circuit.labelA());
            return false;
        }
        return true;
    }

    private static boolean isReserved(AtmLabel label) {
        return label.vci() < AtmLabel.FIRST_USER_VCI;
    }

    /**
     * Removes a permanent circuit; PDUs that come in on it are dropped from then on.
     *
     * @param circuit as it was added
     * @return false if there is no such circuit
     */
    public boolean removePermanentCircuit(PermanentCircuit circuit) {
        synchronized (tables) {
            if (!permanent.remove(circuit)) {
                return false;
            }
            space(circuit.nicA()).free(circuit.labelA());
            space(circuit.nicB()).free(circuit.labelB());
        }
        time.execute(() -> fabric.removePermanent(circuit));
        return true;
    }

    /**
     * Plugs a NIC into another port of the switch. Its link goes down and comes back a millisecond later, its calls are released, and its NSAP address is
     * another one; E.164 numbers that it has registered go with it. Takes effect in a later turn.
     *
     * @param nic the NIC
     * @param attachmentPoint the port of the switch, 0 to 65535
     * @return false if there is no such NIC
     * @throws IllegalArgumentException if the port is out of range
     */
    public boolean replug(MacAddress nic, int attachmentPoint) {
        NsapAddress.of(attachmentPoint, nic, 0);
        Optional<SwitchPort> found = switchPort(nic);
        found.ifPresent(port -> time.execute(() -> port.replug(attachmentPoint)));
        return found.isPresent();
    }

    /**
     * What the switch did.
     *
     * @return its counters now
     */
    public SwitchStatistics statistics() {
        return fabric.statistics();
    }

    /** Takes all NICs off. PASSIVE: waits for the turn in progress. Idempotent. */
    @Override
    public void close() {
        synchronized (tables) {
            closed = true;
        }
        ports().forEach(NicPort::detach);
    }

    /**
     * Tells whether it has ended.
     *
     * @return whether {@link #close} was called
     */
    public boolean isClosed() {
        synchronized (tables) {
            return closed;
        }
    }

    @Override
    public String toString() {
        return "network " + name() + " (" + medium() + ")";
    }

    PduPool pool() {
        return pool;
    }

    SwitchFabric fabric() {
        return fabric;
    }

    LabelSpace space(MacAddress address) {
        synchronized (tables) {
            return labels.computeIfAbsent(address, key -> new LabelSpace(options.firstVci(), options.lastVci()));
        }
    }

    List<PermanentCircuit> permanentCircuits() {
        synchronized (tables) {
            return new ArrayList<>(permanent);
        }
    }

    /** Loop only. */
    void remove(NicPort nic) {
        SwitchPort port = nic.switchPort();
        boolean othersStay;
        synchronized (tables) {
            othersStay = port.leave(nic);
            if (!othersStay) {
                ports.remove(port.address(), port);
            }
        }
        if (othersStay) {
            port.left(nic);
        } else {
            port.close();
            fabric.detached(port);
        }
    }
}
