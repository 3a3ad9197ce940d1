// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.media.MacAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What is opened for a link, and closed again if something fails on the way. Handed over when it is complete. */
final class LinkParts {

    /** Ethernet header, tags, and what offloading in the sender may have left together. */
    private static final int FRAME_ROOM = 2048 + 18;

    private Optional<FrameSource> source = Optional.empty();
    private FrameSender sender = FrameSender.NONE;
    private Optional<CaptureFileWriter> recorder = Optional.empty();
    private MacAddress localAddress;
    private int pduBytes = PcapSettings.Limits.FILE_PDU_BYTES;
    private int mtu;
    private boolean hearsOthers = true;
    private boolean hasAddress;

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

    /** Whether that is the address of an interface. */
    boolean hasAddress() {
        return hasAddress;
    }

    /** How large a receive buffer should be when nothing is configured. */
    int pduBytes() {
        return pduBytes;
    }

    /** Whether frames to other stations are taken, too: those of a file are, and of an interface that is not a station itself. */
    boolean hearsOthers() {
        return hearsOthers;
    }

    /** Octets that a frame of an interface may have after its Ethernet header; 0 without an interface. */
    int mtu() {
        return mtu;
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
     * @param host the way to the wire, and the clock for frames that are written
     * @throws CaptureException if something cannot be opened; nothing stays open then
     */
    static LinkParts open(final PcapSettings settings, final PcapHost host) throws CaptureException {
        return complete(settings, parts -> {
            if (settings.readsFile()) {
                final FrameSource file =
                        host.backend().openFile(settings.source().orElseThrow(), settings.file());
                final double speed = settings.file().speed();
                parts.source = Optional.of(speed > 0 ? new PacedSource(file, Pace.of(speed)) : file);
            } else if (settings.source().isPresent()) {
                openInterface(settings, host.backend(), parts);
            }
            if (settings.writeFile().isPresent()) {
                openWriter(settings, parts, host.epochNanos());
            }
        });
    }

    /**
     * Opens an interface once more, without what records it.
     *
     * @param settings what to open
     * @param backend the way to the wire
     * @param before the kind of link that it was
     * @throws CaptureException if it cannot be opened, or is a link of another kind now
     */
    static LinkParts reopen(final PcapSettings settings, final FrameBackend backend, final LinkType before)
            throws CaptureException {
        return complete(settings, parts -> {
            openInterface(settings, backend, parts);
            if (parts.linkType() != before) {
                throw new CaptureException("it was a link of kind " + before + ", and is " + parts.linkType());
            }
        });
    }

    private static void openInterface(final PcapSettings settings, final FrameBackend backend, final LinkParts parts)
            throws CaptureException {
        final FrameBackend.Nic nic = backend.openInterface(settings.source().orElseThrow(), settings.live());
        parts.source = Optional.of(nic.source());
        parts.sender = nic.sender();
        parts.hasAddress = nic.address().isPresent();
        parts.localAddress = nic.address().orElse(settings.localAddress());
        parts.hearsOthers = nic.address().isEmpty() || settings.live().promiscuous();
        parts.mtu = nic.mtu();
        parts.pduBytes = pduBytes(nic.mtu());
    }

    /** How large a receive buffer should be for the frames of an interface. */
    static int pduBytes(final int mtu) {
        return Math.min(mtu + FRAME_ROOM, PcapSettings.Limits.FILE_PDU_BYTES);
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
    static LinkType probe(final PcapSettings settings, final FrameBackend backend) throws CaptureException {
        if (settings.readsFile()) {
            return backend.probeFile(settings.source().orElseThrow(), settings.file());
        }
        return settings.source().isPresent()
                ? backend.probeInterface(settings.source().get(), settings.live())
                : LinkType.ETHERNET;
    }
}
