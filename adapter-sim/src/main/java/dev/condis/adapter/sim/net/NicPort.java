// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import dev.condis.api.media.MacAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A NIC's place on a simulated network: its link to the switch, which it may share with NICs that stand in for it
 * ({@link SimNetwork#attachTo}). Every method may be called by any thread and does not block, unless it says otherwise.
 */
public final class NicPort {

    private final SwitchPort port;
    private final NicDriver driver;
    private final AtomicReference<CaptureFile> capture = new AtomicReference<>();
    private volatile LinkProfile profile;
    private volatile boolean attached = true;
    private volatile boolean muted;
    private volatile boolean up = true;

    NicPort(SwitchPort port, LinkProfile profile, NicDriver driver) {
        this.port = port;
        this.profile = profile;
        this.driver = driver;
    }

    /**
     * The address of the NIC.
     *
     * @return the address
     */
    public MacAddress address() {
        return port.address();
    }

    /**
     * What the link does to what this NIC sends and gets.
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
        return port.network();
    }

    /** The driver has something to send: the network asks {@link NicDriver#nextToTransmit} in a later turn. */
    public void requestTransmit() {
        port.requestTransmit();
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
     * Cuts the link or mends it. What the driver gives while it is cut comes back as not sent. When the last NIC of an address is cut off,
     * what is on the link is lost and calls over it are released by the switch. Takes effect in a later turn.
     *
     * @param newUp false cuts
     */
    public void setUp(boolean newUp) {
        network().time().execute(() -> changeUp(newUp));
    }

    /**
     * Which port of the switch the NIC is plugged into; part of its NSAP address.
     *
     * @return 0 until it was moved
     */
    public int attachmentPoint() {
        return port.attachmentPoint();
    }

    /** Loop only. */
    void changeUp(boolean newUp) {
        if (!attached || up == newUp) {
            return;
        }
        up = newUp;
        port.linkMayHaveChanged();
        if (!newUp) {
            port.cut(this);
        }
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
        network()
                .time()
                .execute(() -> changeProfile(changed.withQueue(profile.queueCapacity(), changed.dropWhenFull())));
    }

    private void changeProfile(LinkProfile changed) {
        if (!attached || profile.equals(changed)) {
            return;
        }
        boolean otherSpeed = profile.bitsPerSecond() != changed.bitsPerSecond();
        profile = changed;
        port.useProfile();
        if (otherSpeed && !muted) {
            driver.linkSpeedChanged(changed.bitsPerSecond());
        }
    }

    /**
     * Takes the NIC off the network. When this returns the driver is not called any more. PASSIVE: waits for the turn in
     * progress, unless it is called by it. Idempotent.
     */
    public void detach() {
        if (network().time().isLoopThread()) {
            // The turn in progress may be using this link: it only learns that nobody listens any more.
            muted = true;
            network().time().execute(this::detachNow);
        } else {
            network().time().runAndWait(this::detachNow);
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
        network().remove(this);
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
        CaptureFile opened = new CaptureFile(file, network().medium());
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
     * What the direction from the NIC to the switch did, for all NICs that share the link.
     *
     * @return its counters now
     */
    public LinkStatistics transmitStatistics() {
        return port.transmitStatistics();
    }

    /**
     * What the direction from the switch to the NIC did, for all NICs that share the link.
     *
     * @return its counters now
     */
    public LinkStatistics receiveStatistics() {
        return port.receiveStatistics();
    }

    @Override
    public String toString() {
        return port.toString();
    }

    SwitchPort switchPort() {
        return port;
    }

    private void record(WirePdu pdu, boolean fromNic) {
        CaptureFile file = capture.get();
        if (file != null) {
            file.record(pdu, fromNic, network().time().epochNanos());
        }
    }

    // ---- the port of the switch calls these, in the loop

    /** Fills in what the driver sends next; false if it has nothing. */
    boolean next(WirePdu pdu) {
        if (muted || !driver.nextToTransmit(pdu)) {
            return false;
        }
        if (up) {
            record(pdu, true);
        }
        return true;
    }

    /** Takes everything from the driver and throws it away: its link is cut. */
    void discard(WirePdu scratch) {
        while (!muted && driver.nextToTransmit(scratch)) {
            scratch.clear();
            driver.transmitted(false);
        }
    }

    boolean isHeard() {
        return !muted;
    }

    void transmitted(boolean sent) {
        if (!muted) {
            driver.transmitted(sent);
        }
    }

    void transmitBatchEnded() {
        if (!muted) {
            driver.transmitBatchEnded();
        }
    }

    int fit(WirePdu pdu) {
        return muted || !up ? 0 : driver.fit(pdu);
    }

    boolean offered(WirePdu pdu) {
        if (muted || !up || !driver.offered(pdu)) {
            return false;
        }
        record(pdu, false);
        return true;
    }

    void received(WirePdu pdu) {
        if (!muted && up) {
            record(pdu, false);
            driver.received(pdu);
        }
    }

    void receiveBatchEnded() {
        if (!muted) {
            driver.receiveBatchEnded();
        }
    }
}
