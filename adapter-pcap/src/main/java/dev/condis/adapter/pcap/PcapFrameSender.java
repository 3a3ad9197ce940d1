// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.NdisStatus;
import dev.condis.api.media.MacAddress;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends on a live interface through a handle of its own. Thread safe: one lock around libpcap's handle. */
final class PcapFrameSender implements FrameSender {

    private static final Logger LOG = LoggerFactory.getLogger(PcapFrameSender.class);

    private final String name;
    private final PcapHandle handle;
    private final MacAddress address;
    private final int maxFrameBytes;
    private boolean reported;

    private PcapFrameSender(final PcapFrameSource.Interface nic, final PcapHandle handle) {
        this.name = nic.name();
        this.handle = handle;
        this.address = nic.address().orElse(PcapSettings.DEFAULT_LOCAL_ADDRESS);
        this.maxFrameBytes = nic.maxFrameBytes();
    }

    static PcapFrameSender open(final PcapFrameSource.Interface nic) throws CaptureException {
        return new PcapFrameSender(nic, PcapFrameSource.openForSending(nic));
    }

    /** The interface's own address. */
    MacAddress address() {
        return address;
    }

    @Override
    public synchronized NdisStatus send(final byte[] frame, final int length, final long epochNanos) {
        try {
            handle.sendPacket(frame, length);
            reported = false;
            return NdisStatus.SUCCESS;
        } catch (PcapNativeException | NotOpenException e) {
            report(e);
            return NdisStatus.FAILURE;
        }
    }

    private void report(final Exception e) {
        if (!reported) {
            reported = true;
            LOG.warn("sending on {} fails, further failures are counted only: {}", name, e.getMessage());
        }
    }

    @Override
    public int maxFrameBytes() {
        return maxFrameBytes;
    }

    @Override
    public synchronized void close() {
        handle.close();
    }
}
