// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.media.MacAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What is opened for a link, and closed again if something fails on the way. Handed over when it is complete. */
final class LinkParts {

    private Optional<FrameSource> source = Optional.empty();
    private FrameSender sender = FrameSender.NONE;
    private Optional<CaptureFileWriter> recorder = Optional.empty();
    private MacAddress localAddress;
    private int pduBytes = PcapSettings.Limits.FILE_PDU_BYTES;

    private LinkParts(final MacAddress localAddress) {
        this.localAddress = localAddress;
    }

    Optional<FrameSource> source() {
        return source;
    }

    FrameSender sender() {
        return sender;
    }

    /** What keeps all frames of an interface. */
    Optional<CaptureFileWriter> recorder() {
        return recorder;
    }

    /** From whom frames are sent. */
    MacAddress localAddress() {
        return localAddress;
    }

    /** How large a receive buffer should be when nothing is configured. */
    int pduBytes() {
        return pduBytes;
    }

    LinkType linkType() {
        return source.map(FrameSource::linkType).orElse(LinkType.ETHERNET);
    }

    private void close() {
        source.ifPresent(FrameSource::close);
        sender.close();
        recorder.ifPresent(CaptureFileWriter::close);
    }

    /** Opens something; may fail halfway. */
    @FunctionalInterface
    private interface Opening {
        void fill(LinkParts parts) throws CaptureException;
    }

    private static LinkParts complete(final PcapSettings settings, final Opening opening) throws CaptureException {
        final LinkParts parts = new LinkParts(settings.localAddress());
        boolean complete = false;
        try {
            opening.fill(parts);
            complete = true;
            return parts;
        } finally {
            if (!complete) {
                parts.close();
            }
        }
    }

    /**
     * Opens everything.
     *
     * @param settings what to open
     * @param epochNanos the clock for frames that are written
     * @throws CaptureException if something cannot be opened; nothing stays open then
     */
    static LinkParts open(final PcapSettings settings, final LongSupplier epochNanos) throws CaptureException {
        return complete(settings, parts -> {
            if (settings.readsFile()) {
                parts.source =
                        Optional.of(PcapFrameSource.openFile(settings.source().orElseThrow(), settings.file()));
            } else if (settings.source().isPresent()) {
                openLive(settings, parts);
            }
            if (settings.writeFile().isPresent()) {
                openWriter(settings, parts, epochNanos);
            }
        });
    }

    /**
     * Opens an interface once more, without what records it.
     *
     * @param before the kind of link that it was
     * @throws CaptureException if it cannot be opened, or is a link of another kind now
     */
    static LinkParts reopen(final PcapSettings settings, final LinkType before) throws CaptureException {
        return complete(settings, parts -> {
            openLive(settings, parts);
            if (parts.linkType() != before) {
                throw new CaptureException("it was a link of kind " + before + ", and is " + parts.linkType());
            }
        });
    }

    private static void openLive(final PcapSettings settings, final LinkParts parts) throws CaptureException {
        final PcapFrameSource.Interface nic =
                PcapFrameSource.findInterface(settings.source().orElseThrow());
        parts.source = Optional.of(PcapFrameSource.openLive(nic, settings.live()));
        final PcapFrameSender sender = PcapFrameSender.open(nic);
        parts.sender = sender;
        parts.localAddress = sender.address();
        parts.pduBytes = Math.min(nic.maxFrameBytes() + 2048, PcapSettings.Limits.FILE_PDU_BYTES);
    }

    private static void openWriter(final PcapSettings settings, final LinkParts parts, final LongSupplier epochNanos)
            throws CaptureException {
        final Path path = settings.writeFile().orElseThrow().toAbsolutePath();
        if (settings.readsFile()
                && path.equals(Path.of(settings.source().orElseThrow()).toAbsolutePath())) {
            throw new CaptureException("source and writeFile are the same file: " + path);
        }
        final LinkType type = parts.linkType();
        final boolean live = parts.source.map(FrameSource::isLive).orElse(false);
        final CaptureFileWriter writer = CaptureFileWriter.open(path, live ? type : LinkType.ETHERNET, epochNanos);
        if (live) {
            parts.recorder = Optional.of(writer);
        } else {
            parts.sender = writer;
        }
    }

    /**
     * Finds out whether {@link #open} would succeed, as cheaply as can be.
     *
     * @return the link type of the source
     * @throws CaptureException if it would not; the message is the cause
     */
    static LinkType probe(final PcapSettings settings) throws CaptureException {
        if (settings.readsFile()) {
            return probeFile(settings.source().orElseThrow(), settings.file());
        }
        if (settings.source().isPresent()) {
            final PcapFrameSource source = PcapFrameSource.openLive(
                    PcapFrameSource.findInterface(settings.source().orElseThrow()), smallest(settings.live()));
            source.close();
            return source.linkType();
        }
        return LinkType.ETHERNET;
    }

    private static LinkType probeFile(final String path, final PcapSettings.FileReading reading)
            throws CaptureException {
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

    private static PcapSettings.Live smallest(final PcapSettings.Live live) {
        return new PcapSettings.Live(
                PcapSettings.Profile.LATENCY,
                2048,
                1 << 18,
                live.timeoutMillis(),
                live.promiscuous(),
                live.direction(),
                live.filter(),
                live.precision());
    }
}
