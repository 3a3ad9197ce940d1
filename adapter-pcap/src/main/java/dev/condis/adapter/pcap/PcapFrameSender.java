// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.NdisStatus;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends on a live interface through a handle of its own. Thread safe: one lock around libpcap's handle. */
final class PcapFrameSender implements FrameSender {

    private static final Logger LOG = LoggerFactory.getLogger(PcapFrameSender.class);

    /** What the C library says of EMSGSIZE. */
    private static final String TOO_LONG = "too long";

    private static final LinkProbe SYSTEM = new SystemLinkProbe();

    private static final int HEADER_BYTES = 14;
    /** The kernel lets a frame that begins with an 802.1Q tag be longer by that tag, and no other. */
    private static final int TAG_BYTES = 4;

    private final String name;
    private final PcapHandle handle;
    private volatile int mtu;
    private boolean reported;

    private PcapFrameSender(final PcapFrameSource.Interface nic, final PcapHandle handle) {
        this.name = nic.name();
        this.handle = handle;
        this.mtu = nic.mtu();
    }

    static PcapFrameSender open(final PcapFrameSource.Interface nic) throws CaptureException {
        return new PcapFrameSender(nic, PcapFrameSource.openForSending(nic));
    }

    @Override
    public synchronized NdisStatus send(final byte[] frame, final int length, final long epochNanos) {
        try {
            send(frame, length);
            reported = false;
            return NdisStatus.SUCCESS;
        } catch (PcapNativeException | NotOpenException e) {
            report(e);
            return isTooLong(e, length) ? NdisStatus.INVALID_LENGTH : NdisStatus.FAILURE;
        }
    }

    /** A socket keeps the news that its interface was switched off for the first send after it was switched on again: so each has two attempts. */
    private void send(final byte[] frame, final int length) throws PcapNativeException, NotOpenException {
        try {
            handle.sendPacket(frame, length);
        } catch (PcapNativeException e) {
            LOG.trace("first attempt on {}", name, e);
            handle.sendPacket(frame, length);
        }
    }

    /** The MTU was made smaller, and nobody has noticed yet: EMSGSIZE, in the language of this machine. */
    private boolean isTooLong(final Exception e, final int length) {
        return String.valueOf(e.getMessage()).contains(TOO_LONG)
                || length > SYSTEM.mtu(name).orElse(Integer.MAX_VALUE - HEADER_BYTES) + HEADER_BYTES;
    }

    private void report(final Exception e) {
        if (!reported) {
            reported = true;
            LOG.warn("sending on {} fails, further failures are counted only: {}", name, e.getMessage());
        }
    }

    @Override
    public int maxFrameBytes(final boolean tagged) {
        return mtu + HEADER_BYTES + (tagged ? TAG_BYTES : 0);
    }

    @Override
    public void mtuChanged(final int now) {
        mtu = now;
    }

    @Override
    public synchronized void close() {
        handle.close();
    }
}
