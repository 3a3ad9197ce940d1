// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import dev.condis.api.media.MacAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A port of the switch, the link to it, and what is at the other end of that link: one NIC, or several that stand in for each other. These
 * have one address and share the link, so that the PDUs of a circuit stay in order while it goes from one NIC to the next. A PDU is for the
 * NIC that it fits best when it arrives, of equals for the one that has been there longest.
 *
 * <p>To the switch it makes no difference how many NICs there are, as long as there is one. Confined to the network's thread where nothing
 * else is said.
 */
final class SwitchPort {

    private static final Duration REPLUGGING = Duration.ofMillis(1);

    private final SimNetwork network;
    private final MacAddress address;
    private final Optional<String> station;
    private final Wire uplink;
    private final Wire downlink;
    private final Ingress ingress = new Ingress();
    private final Egress egress;

    /** Those that have been there longest first. Changed under the network's lock, read by any thread. */
    private volatile List<NicPort> nics = List.of();

    private volatile int attachmentPoint;
    private volatile boolean up = true;
    private volatile boolean attached = true;

    final RouteTable routes = new RouteTable();

    /** Used in the switch to collect the ports whose egress got something in this turn. */
    boolean touched;

    SwitchPort(
            SimNetwork network,
            MacAddress address,
            Optional<String> station,
            LinkProfile profile,
            SplittableRandom random) {
        this.network = network;
        this.address = address;
        this.station = station;
        SimMedium medium = network.medium();
        PduPool pool = network.pool();
        SplittableRandom upRandom = random.split();
        this.egress = new Egress(profile.queueCapacity());
        this.uplink = new Wire(network.time(), medium, profile, upRandom, pool, ingress, new ToSwitch());
        this.downlink = new Wire(network.time(), medium, profile, random.split(), pool, egress, new ToNic());
    }

    // ---- any thread

    MacAddress address() {
        return address;
    }

    SimNetwork network() {
        return network;
    }

    /** Of what the NICs here are part, if there may be several. */
    Optional<String> station() {
        return station;
    }

    List<NicPort> nics() {
        return nics;
    }

    /** The link as the NIC sees it that has been there longest. */
    LinkProfile profile() {
        return nics.get(0).profile();
    }

    boolean isUp() {
        return up;
    }

    boolean isAttached() {
        return attached;
    }

    int attachmentPoint() {
        return attachmentPoint;
    }

    void requestTransmit() {
        uplink.requestPump();
    }

    LinkStatistics transmitStatistics() {
        return uplink.counters().snapshot();
    }

    LinkStatistics receiveStatistics() {
        return downlink.counters().snapshot();
    }

    // ---- NICs come and go; network's lock held

    void join(NicPort nic) {
        List<NicPort> more = new ArrayList<>(nics);
        more.add(nic);
        nics = List.copyOf(more);
    }

    /** False if the NIC is the last one, which stays: the whole port goes then. */
    boolean leave(NicPort nic) {
        if (nics.size() == 1) {
            attached = false;
            return false;
        }
        nics = nics.stream().filter(other -> other != nic).toList();
        return true;
    }

    // ---- network's thread

    /** Another one stays: what the NIC has put on the link goes its way, but for what it is sending just now. */
    void left(NicPort nic) {
        abandon(nic);
        useProfile();
        linkMayHaveChanged();
    }

    private void abandon(NicPort nic) {
        if (ingress.source == nic) {
            uplink.abandon();
        }
        uplink.requestPump();
    }

    /** Nobody is left. */
    void close() {
        egress.setUp(false);
        uplink.dropForGood();
        downlink.dropForGood();
    }

    void useProfile() {
        uplink.setProfile(profile());
        downlink.setProfile(profile());
    }

    /** The link of one NIC was cut or mended; that of the port is up as long as one of them is. */
    void linkMayHaveChanged() {
        boolean newUp = nics.stream().anyMatch(NicPort::isUp);
        if (!attached || up == newUp) {
            return;
        }
        up = newUp;
        uplink.setUp(newUp);
        egress.setUp(newUp);
        downlink.setUp(newUp);
        network.fabric().linkChanged(this, newUp);
    }

    /** The link of a NIC was cut, while others still have theirs. */
    void cut(NicPort nic) {
        if (up) {
            abandon(nic);
        }
    }

    /** Pulls the plug and puts it in elsewhere. */
    void replug(int newAttachmentPoint) {
        if (!attached) {
            return;
        }
        nics.forEach(nic -> nic.changeUp(false));
        network.time().schedule(REPLUGGING, () -> {
            attachmentPoint = newAttachmentPoint;
            network.fabric().moved(this);
            nics.forEach(nic -> nic.changeUp(true));
        });
    }

    /** Whether the switch may put another PDU into the queue without dropping or waiting. */
    boolean hasRoom() {
        return egress.hasRoom();
    }

    boolean dropsWhenFull() {
        return profile().dropWhenFull();
    }

    void countCongestion() {
        downlink.counters().add(LinkCounters.CONGESTION, 1);
    }

    /** Queues a PDU for the NICs; the switch pumps the ports it touched when its turn ends. */
    void enqueue(WirePdu pdu) {
        egress.add(pdu);
    }

    void pumpDownlink() {
        downlink.pump();
    }

    void resumeUplink() {
        uplink.resume();
    }

    @Override
    public String toString() {
        return network.name() + "/" + address;
    }

    /** The NIC that a PDU fits best. */
    private NicPort bestFor(WirePdu pdu) {
        List<NicPort> present = nics;
        NicPort best = present.get(0);
        if (present.size() > 1) {
            int fit = best.fit(pdu);
            for (int i = 1; i < present.size(); i++) {
                int other = present.get(i).fit(pdu);
                if (other > fit) {
                    fit = other;
                    best = present.get(i);
                }
            }
        }
        return best;
    }

    /** From the NICs onto the uplink: they take turns, one PDU each. */
    private final class Ingress implements Wire.Feeder {

        private NicPort source;
        private WirePdu current;
        private int turn;

        @Override
        public boolean advance() {
            List<NicPort> present = nics;
            WirePdu pdu = network.pool().take();
            for (int i = 0; i < present.size(); i++) {
                turn = turn + 1 < present.size() ? turn + 1 : 0;
                NicPort nic = present.get(turn);
                if (up && !nic.isUp()) {
                    nic.discard(pdu);
                } else if (nic.next(pdu)) {
                    source = nic;
                    current = pdu;
                    return true;
                }
            }
            network.pool().recycle(pdu);
            return false;
        }

        @Override
        public WirePdu current() {
            return current;
        }

        @Override
        public LinkProfile profile() {
            return source.profile();
        }

        @Override
        public boolean stands() {
            return source.isHeard();
        }

        @Override
        public void left(boolean sent) {
            source.transmitted(sent);
        }

        @Override
        public void turnEnded() {
            List<NicPort> present = nics;
            for (int i = 0; i < present.size(); i++) {
                present.get(i).transmitBatchEnded();
            }
        }
    }

    /** From the uplink into the switch. */
    private final class ToSwitch implements Wire.Sink {

        @Override
        public boolean deliver(WirePdu pdu) {
            return network.fabric().accept(SwitchPort.this, pdu);
        }

        @Override
        public void turnEnded() {
            network.fabric().flush();
        }
    }

    /** The queue of the switch for the downlink. */
    private final class Egress implements Wire.Feeder {

        private final int capacity;
        private final PduList queue = new PduList();
        private WirePdu current;
        private boolean open = true;

        Egress(int capacity) {
            this.capacity = capacity;
        }

        boolean hasRoom() {
            return queue.size() < capacity;
        }

        void add(WirePdu pdu) {
            if (open) {
                queue.add(pdu);
            } else {
                downlink.counters().add(LinkCounters.CONGESTION, 1);
                network.pool().recycle(pdu);
            }
        }

        void setUp(boolean newOpen) {
            open = newOpen;
            while (!open && !queue.isEmpty()) {
                downlink.counters().add(LinkCounters.CONGESTION, 1);
                network.pool().recycle(queue.poll());
            }
            network.fabric().roomIn(SwitchPort.this);
        }

        @Override
        public boolean advance() {
            if (queue.isEmpty()) {
                return false;
            }
            boolean wasFull = !hasRoom();
            current = queue.poll();
            if (wasFull) {
                network.fabric().roomIn(SwitchPort.this);
            }
            return true;
        }

        @Override
        public WirePdu current() {
            return current;
        }

        @Override
        public LinkProfile profile() {
            return bestFor(current).profile();
        }

        @Override
        public boolean stands() {
            return true;
        }

        @Override
        public void left(boolean sent) {
            // Nobody waits for a PDU to leave the switch.
        }

        @Override
        public void turnEnded() {
            // Room was told when it came up.
        }
    }

    /** From the downlink to the NICs. */
    private final class ToNic implements Wire.Sink {

        @Override
        public boolean deliver(WirePdu pdu) {
            List<NicPort> present = nics;
            if (present.size() == 1) {
                present.get(0).received(pdu);
            } else if (!bestFor(pdu).offered(pdu)) {
                // It has given the circuit up since it was asked; who takes its place has it already.
                bestFor(pdu).received(pdu);
            }
            network.pool().recycle(pdu);
            return true;
        }

        @Override
        public void turnEnded() {
            List<NicPort> present = nics;
            for (int i = 0; i < present.size(); i++) {
                present.get(i).receiveBatchEnded();
            }
        }
    }
}
