// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.sim;

import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.adapter.sim.net.LinkProfile;
import dev.condis.adapter.sim.net.NicDriver;
import dev.condis.adapter.sim.net.NicPort;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.WirePdu;
import dev.condis.api.CallParameters;
import dev.condis.api.MediaParameters;
import dev.condis.api.Octets;
import dev.condis.api.media.AtmConnection;
import dev.condis.api.media.MacAddress;
import dev.condis.api.media.MediaFlow;
import dev.condis.tck.subject.RemoteEnd;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** A NIC without a driver at the far ends of permanent circuits. */
public final class RawStation implements RemoteEnd, NicDriver {
    /** A PDU on a label of this station. */
    private record Labelled(int label, byte[] pdu) {}

    private final SimNetwork network;
    private final MacAddress near;
    private final Map<AtmConnection, AtmLabel> circuits;
    private final Map<Integer, List<Octets>> received = new ConcurrentHashMap<>();
    private final Queue<Labelled> toSend = new ConcurrentLinkedQueue<>();
    private final NicPort port;

    /**
     * Attaches to the network.
     *
     * @param network the network
     * @param own the address of this station
     * @param near the address of the NIC under test
     * @param circuits labels here, by the circuits of the NIC under test
     */
    public RawStation(
            final SimNetwork network,
            final MacAddress own,
            final MacAddress near,
            final Map<AtmConnection, AtmLabel> circuits) {
        this.network = network;
        this.near = near;
        this.circuits = circuits;
        this.port = network.attach(own, LinkProfile.ideal(), this).orElseThrow();
    }

    private Optional<AtmLabel> label(final CallParameters vc) {
        return vc.media()
                .flatMap(MediaParameters::specific)
                .flatMap(MediaFlow::fromSpecificParameters)
                .map(circuits::get);
    }

    private List<Octets> receivedOn(final int label) {
        return received.computeIfAbsent(label, none -> new CopyOnWriteArrayList<>());
    }

    // --- remote end

    @Override
    public boolean transmit(final CallParameters vc, final Octets pdu) {
        final Optional<AtmLabel> label = label(vc);
        label.ifPresent(here -> {
            toSend.add(new Labelled(here.packed(), pdu.toByteArray()));
            port.requestTransmit();
        });
        return label.isPresent();
    }

    @Override
    public Optional<List<Octets>> received(final CallParameters vc) {
        return label(vc).map(here -> List.copyOf(receivedOn(here.packed())));
    }

    @Override
    public boolean link(final boolean up) {
        network.port(near).ifPresent(nearPort -> nearPort.setUp(up));
        return true;
    }

    // --- NIC

    @Override
    public boolean nextToTransmit(final WirePdu pdu) {
        final Optional<Labelled> next = Optional.ofNullable(toSend.poll());
        next.ifPresent(labelled -> {
            pdu.label(labelled.label());
            pdu.append(labelled.pdu(), 0, labelled.pdu().length);
        });
        return next.isPresent();
    }

    @Override
    public void transmitted(final boolean sent) {
        // the NIC under test will show what it got
    }

    @Override
    public void transmitBatchEnded() {
        // nothing is reported in batches
    }

    @Override
    public void received(final WirePdu pdu) {
        receivedOn(pdu.label()).add(Octets.of(pdu.toBytes()));
    }

    @Override
    public void receiveBatchEnded() {
        // nothing is indicated in batches
    }

    @Override
    public void linkChanged(final boolean up) {
        // it is the other link that is unplugged
    }
}
