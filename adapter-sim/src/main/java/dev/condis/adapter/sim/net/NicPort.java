// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import dev.condis.api.media.MacAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A NIC's place on a simulated network: its link to the switch. Every method may be called by any thread and does not
 * block, unless it says otherwise.
 */
public final class NicPort {

    private static final Duration REPLUGGING = Duration.ofMillis(1);

    private final SimNetwork network;
    private final MacAddress address;
    private final NicDriver driver;
    private final Wire uplink;
    private final Wire downlink;
    private final Egress egress;
    private final AtomicReference<CaptureFile> capture = new AtomicReference<>();
    private volatile LinkProfile profile;
    private volatile int attachmentPoint;
    private volatile boolean attached = true;
    private volatile boolean muted;
    private volatile boolean up = true;

    /** Confined to the network's thread. */
    final RouteTable routes = new RouteTable();

    /** Used in the switch to collect the ports whose egress got something in this turn. */
    boolean touched;

    NicPort(SimNetwork network, MacAddress address, LinkProfile profile, NicDriver driver, SplittableRandom random) {
        this.network = network;
        this.address = address;
        this.profile = profile;
        this.driver = driver;
        SimMedium medium = network.medium();
        PduPool pool = network.pool();
        SplittableRandom upRandom = random.split();
        this.egress = new Egress(profile.queueCapacity());
        this.uplink = new Wire(network.time(), medium, profile, upRandom, pool, new Ingress(), new ToSwitch());
        this.downlink = new Wire(network.time(), medium, profile, random.split(), pool, egress, new ToDriver());
    }

    /**
     * The address of the NIC.
     *
     * @return the address
     */
    public MacAddress address() {
        return address;
    }

    /**
     * What the link does.
     *
     * @return the profile it was attached with, with the rate that it has now
     */
    public LinkProfile profile() {
        return profile;
    }

    /**
     * The network it is on.
     *
     * @return the network
     */
    public SimNetwork network() {
        return network;
    }

    /** The driver has something to send: the network asks {@link NicDriver#nextToTransmit} in a later turn. */
    public void requestTransmit() {
        uplink.requestPump();
    }

    /**
     * Whether the link carries PDUs.
     *
     * @return false while it was set down
     */
    public boolean isUp() {
        return up;
    }

    /**
     * Cuts the link or mends it. What is on it when it is cut is lost; what the driver gives meanwhile comes back as not
     * sent. Calls over it are released by the switch. Takes effect in a later turn.
     *
     * @param newUp false cuts
     */
    public void setUp(boolean newUp) {
        network.time().execute(() -> changeUp(newUp));
    }

    /**
     * Which port of the switch the NIC is plugged into; part of its NSAP address.
     *
     * @return 0 until it was moved
     */
    public int attachmentPoint() {
        return attachmentPoint;
    }

    /** Loop only: pulls the plug and puts it in elsewhere. */
    void replug(int newAttachmentPoint) {
        if (!attached) {
            return;
        }
        changeUp(false);
        network.time().schedule(REPLUGGING, () -> {
            attachmentPoint = newAttachmentPoint;
            network.fabric().moved(this);
            changeUp(true);
        });
    }

    private void changeUp(boolean newUp) {
        if (!attached || up == newUp) {
            return;
        }
        up = newUp;
        uplink.setUp(newUp);
        egress.setUp(newUp);
        downlink.setUp(newUp);
        network.fabric().linkChanged(this, newUp);
        if (!muted) {
            driver.linkChanged(newUp);
        }
    }

    /**
     * Changes the rate of the link, in both directions. PDUs that are being sent keep the rate at which they began; what was promised to
     * calls stays promised. Takes effect in a later turn.
     *
     * @param bitsPerSecond the new rate, 0 for unlimited
     * @throws IllegalArgumentException if the rate is negative
     */
    public void setRate(long bitsPerSecond) {
        setProfile(profile.withRate(bitsPerSecond));
    }

    /**
     * Changes what the link does to PDUs, in both directions; the capacity of the queue stays as it was. Takes effect in a later turn, on
     * PDUs that are not on the link yet.
     *
     * @param changed what the link is to do
     */
    public void setProfile(LinkProfile changed) {
        Objects.requireNonNull(changed, "changed");
        network.time().execute(() -> changeProfile(changed.withQueue(profile.queueCapacity(), changed.dropWhenFull())));
    }

    private void changeProfile(LinkProfile changed) {
        if (!attached || profile.equals(changed)) {
            return;
        }
        boolean otherSpeed = profile.bitsPerSecond() != changed.bitsPerSecond();
        profile = changed;
        uplink.setProfile(changed);
        downlink.setProfile(changed);
        if (otherSpeed && !muted) {
            driver.linkSpeedChanged(changed.bitsPerSecond());
        }
    }

    /**
     * Takes the NIC off the network. When this returns the driver is not called any more. PASSIVE: waits for the turn in
     * progress, unless it is called by it. Idempotent.
     */
    public void detach() {
        if (network.time().isLoopThread()) {
            // The turn in progress may be using this link: it only learns that nobody listens any more.
            muted = true;
            network.time().execute(this::detachNow);
        } else {
            network.time().runAndWait(this::detachNow);
        }
        CaptureFile file = capture.getAndSet(null);
        if (file != null) {
            file.close();
        }
    }

    private void detachNow() {
        if (!attached) {
            return;
        }
        attached = false;
        muted = true;
        egress.setUp(false);
        uplink.dropForGood();
        downlink.dropForGood();
        network.removed(this);
    }

    /**
     * Writes what passes at the NIC from now on into a pcap file with nanoseconds: link type SUNATM (DLT 123) on ATM,
     * EN10MB on Ethernet. Replaces a capture in progress. PASSIVE: opens a file.
     *
     * @param file is replaced if it exists
     * @return ends the capture and completes the file; idempotent
     * @throws IOException if the file cannot be written
     */
    public AutoCloseable capture(Path file) throws IOException {
        CaptureFile opened = new CaptureFile(file, network.medium());
        CaptureFile previous = capture.getAndSet(opened);
        if (previous != null) {
            previous.close();
        }
        return () -> {
            capture.compareAndSet(opened, null);
            opened.close();
        };
    }

    /**
     * What the direction from the NIC to the switch did.
     *
     * @return its counters now
     */
    public LinkStatistics transmitStatistics() {
        return uplink.counters().snapshot();
    }

    /**
     * What the direction from the switch to the NIC did.
     *
     * @return its counters now
     */
    public LinkStatistics receiveStatistics() {
        return downlink.counters().snapshot();
    }

    @Override
    public String toString() {
        return network.name() + "/" + address;
    }

    boolean isAttached() {
        return attached;
    }

    /** Loop only: whether the switch may put another PDU into the queue without dropping or waiting. */
    boolean hasRoom() {
        return egress.hasRoom();
    }

    boolean dropsWhenFull() {
        return profile.dropWhenFull();
    }

    void countCongestion() {
        downlink.counters().add(LinkCounters.CONGESTION, 1);
    }

    /** Loop only: queues a PDU for the NIC; the switch pumps the ports it touched when its turn ends. */
    void enqueue(WirePdu pdu) {
        egress.add(pdu);
    }

    void pumpDownlink() {
        downlink.pump();
    }

    void resumeUplink() {
        uplink.resume();
    }

    private void record(WirePdu pdu, boolean fromNic) {
        CaptureFile file = capture.get();
        if (file != null) {
            file.record(pdu, fromNic, network.time().epochNanos());
        }
    }

    /** From the driver onto the uplink. */
    private final class Ingress implements Wire.Feeder {

        private WirePdu current;

        @Override
        public boolean advance() {
            if (muted) {
                return false;
            }
            WirePdu pdu = network.pool().take();
            if (!driver.nextToTransmit(pdu)) {
                network.pool().recycle(pdu);
                return false;
            }
            current = pdu;
            if (up) {
                record(pdu, true);
            }
            return true;
        }

        @Override
        public WirePdu current() {
            return current;
        }

        @Override
        public void left(boolean sent) {
            if (!muted) {
                driver.transmitted(sent);
            }
        }

        @Override
        public void turnEnded() {
            if (!muted) {
                driver.transmitBatchEnded();
            }
        }
    }

    /** From the uplink into the switch. */
    private final class ToSwitch implements Wire.Sink {

        @Override
        public boolean deliver(WirePdu pdu) {
            return network.fabric().accept(NicPort.this, pdu);
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
            network.fabric().roomIn(NicPort.this);
        }

        @Override
        public boolean advance() {
            if (queue.isEmpty()) {
                return false;
            }
            boolean wasFull = !hasRoom();
            current = queue.poll();
            if (wasFull) {
                network.fabric().roomIn(NicPort.this);
            }
            return true;
        }

        @Override
        public WirePdu current() {
            return current;
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

    /** From the downlink to the driver. */
    private final class ToDriver implements Wire.Sink {

        @Override
        public boolean deliver(WirePdu pdu) {
            if (!muted) {
                record(pdu, false);
                driver.received(pdu);
            }
            network.pool().recycle(pdu);
            return true;
        }

        @Override
        public void turnEnded() {
            if (!muted) {
                driver.receiveBatchEnded();
            }
        }
    }
}
