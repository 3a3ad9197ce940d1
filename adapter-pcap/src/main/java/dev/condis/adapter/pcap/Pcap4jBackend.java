// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import java.util.Optional;

/** Interfaces and capture files through pcap4j, that is libpcap. */
final class Pcap4jBackend implements FrameBackend {

    private static final int PROBE_SNAPLEN = 2048;
    private static final int PROBE_BUFFER = 1 << 18;

    @Override
    public Nic openInterface(final String name, final PcapSettings.Live live) throws CaptureException {
        final PcapFrameSource.Interface nic = PcapFrameSource.findInterface(name);
        final PcapFrameSource source = PcapFrameSource.openLive(nic, live);
        boolean complete = false;
        try {
            final PcapFrameSender sender = PcapFrameSender.open(nic);
            complete = true;
            return new Nic(source, sender, nic.address(), nic.mtu());
        } finally {
            if (!complete) {
                source.close();
            }
        }
    }

    @Override
    public FrameSource openFile(final String path, final PcapSettings.FileReading reading) throws CaptureException {
        return PcapFrameSource.openFile(path, reading);
    }

    @Override
    public LinkType probeInterface(final String name, final PcapSettings.Live live) throws CaptureException {
        final PcapFrameSource source = PcapFrameSource.openLive(PcapFrameSource.findInterface(name), smallest(live));
        source.close();
        return source.linkType();
    }

    private static PcapSettings.Live smallest(final PcapSettings.Live live) {
        return new PcapSettings.Live(
                PcapSettings.Profile.LATENCY,
                PROBE_SNAPLEN,
                PROBE_BUFFER,
                live.timeoutMillis(),
                live.promiscuous(),
                live.direction(),
                live.filter(),
                live.precision());
    }

    @Override
    public LinkType probeFile(final String path, final PcapSettings.FileReading reading) throws CaptureException {
        CaptureFiles.check(path);
        final Optional<String> cause = Libpcap.unavailabilityCause();
        if (cause.isPresent()) {
            throw new CaptureException(cause.get());
        }
        if (CaptureFiles.isCompressed(path)) {
            // to inflate a large file takes too long for a component's activation
            return LinkType.ETHERNET;
        }
        final PcapFrameSource source = PcapFrameSource.openFile(path, reading);
        source.close();
        return source.linkType();
    }
}
