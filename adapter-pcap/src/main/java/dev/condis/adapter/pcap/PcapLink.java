// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.NdisStatus;
import dev.condis.api.media.MacAddress;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a miniport and a miniport call manager share: the source, its thread, the sender, the receive buffers, the table of flows
 * and the counters. Made by each initialize, closed by the halt that follows.
 */
final class PcapLink {

    private static final Logger LOG = LoggerFactory.getLogger(PcapLink.class);
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(10);
    private static final long WAIT_NANOS = 1_000_000;
    private static final int AUTO_POOL_BYTES = 16 << 20;
    private static final int MIN_BUFFERS = 64;
    private static final int MAX_BUFFERS = 8192;

    /** The miniport or call manager on this link. Called by the capture thread. */
    interface Owner {

        /** A frame that the parser has read. */
        void frame(FrameParser parser, byte[] frame, long epochNanos);

        /**
         * No frame will come any more.
         *
         * @param stopped whether the link was closed
         * @param cause why the capture broke off; empty if it did not
         */
        void ended(boolean stopped, Optional<String> cause);
    }

    private final PcapSettings settings;
    private final Owner owner;
    private final Optional<FrameSource> source;
    private final LinkType linkType;
    private final FrameSender sender;
    private final Optional<CaptureFileWriter> recorder;
    private final MacAddress localAddress;
    private final NetBufferListPool pool;
    private final FrameParser parser;
    private final FlowTable table = new FlowTable();
    private final LinkCounters counters = new LinkCounters();
    private final Optional<ReceiveLoop> loop;
    private final byte[] sendFrame;
    private final Object sendLock = new Object();
    private final AtomicInteger held = new AtomicInteger();
    private volatile boolean waiting;
    private volatile boolean removed;

    private PcapLink(final PcapSettings settings, final Owner owner, final Parts parts) {
        this.settings = settings;
        this.owner = owner;
        this.source = parts.source;
        this.linkType = parts.source.map(FrameSource::linkType).orElse(LinkType.ETHERNET);
        this.sender = parts.sender;
        this.recorder = parts.recorder;
        this.localAddress = parts.localAddress;
        this.parser = new FrameParser(linkType);
        this.pool = newPool(settings, parts);
        this.loop = source.map(s -> new ReceiveLoop(settings.name(), s, this::onFrame, this::onEnd));
        this.sendFrame = new byte[Math.min(sender.maxFrameBytes(), PcapSettings.MAX_SNAPLEN)];
    }

    /** What is opened before the link is made, and closed again if something fails on the way. */
    private static final class Parts {
        private Optional<FrameSource> source = Optional.empty();
        private FrameSender sender = FrameSender.NONE;
        private Optional<CaptureFileWriter> recorder = Optional.empty();
        private MacAddress localAddress;
        private int pduBytes = PcapSettings.Limits.FILE_PDU_BYTES;

        private Parts(final MacAddress localAddress) {
            this.localAddress = localAddress;
        }

        private void close() {
            source.ifPresent(FrameSource::close);
            sender.close();
            recorder.ifPresent(CaptureFileWriter::close);
        }
    }

    /**
     * Opens everything. Blocks for some tens of milliseconds, longer for a compressed file.
     *
     * @param settings what to open
     * @param epochNanos the clock for frames that are written
     * @param owner takes the frames
     * @throws CaptureException if something cannot be opened; nothing stays open then
     */
    static PcapLink open(final PcapSettings settings, final LongSupplier epochNanos, final Owner owner)
            throws CaptureException {
        final Parts parts = new Parts(settings.localAddress());
        boolean complete = false;
        try {
            if (settings.readsFile()) {
                parts.source =
                        Optional.of(PcapFrameSource.openFile(settings.source().orElseThrow(), settings.file()));
            } else if (settings.source().isPresent()) {
                openLive(settings, parts);
            }
            if (settings.writeFile().isPresent()) {
                openWriter(settings, parts, epochNanos);
            }
            complete = true;
            return new PcapLink(settings, owner, parts);
        } finally {
            if (!complete) {
                parts.close();
            }
        }
    }

    private static void openLive(final PcapSettings settings, final Parts parts) throws CaptureException {
        final PcapFrameSource.Interface nic =
                PcapFrameSource.findInterface(settings.source().orElseThrow());
        parts.source = Optional.of(PcapFrameSource.openLive(nic, settings.live()));
        final PcapFrameSender sender = PcapFrameSender.open(nic);
        parts.sender = sender;
        parts.localAddress = sender.address();
        parts.pduBytes = Math.min(nic.maxFrameBytes() + 2048, PcapSettings.Limits.FILE_PDU_BYTES);
    }

    private static void openWriter(final PcapSettings settings, final Parts parts, final LongSupplier epochNanos)
            throws CaptureException {
        final Path path = settings.writeFile().orElseThrow().toAbsolutePath();
        if (settings.readsFile()
                && path.equals(Path.of(settings.source().orElseThrow()).toAbsolutePath())) {
            throw new CaptureException("source and writeFile are the same file: " + path);
        }
        final LinkType type = parts.source.map(FrameSource::linkType).orElse(LinkType.ETHERNET);
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

    private static NetBufferListPool newPool(final PcapSettings settings, final Parts parts) {
        final PcapSettings.Limits limits = settings.limits();
        final int bytes = limits.pduBytes() > 0 ? limits.pduBytes() : parts.pduBytes;
        final int automatic = Math.max(MIN_BUFFERS, Math.min(MAX_BUFFERS, AUTO_POOL_BYTES / bytes));
        final boolean receives = parts.source.isPresent();
        final int buffers = !receives ? 1 : limits.buffers() > 0 ? limits.buffers() : automatic;
        return new NetBufferListPool("pcap rx " + settings.name(), buffers, receives ? bytes : 1);
    }

    PcapSettings settings() {
        return settings;
    }

    LinkType linkType() {
        return linkType;
    }

    boolean isLive() {
        return source.map(FrameSource::isLive).orElse(false);
    }

    boolean canSend() {
        return sender.canSend();
    }

    MacAddress localAddress() {
        return localAddress;
    }

    FlowTable table() {
        return table;
    }

    LinkCounters counters() {
        return counters;
    }

    FrameSource.KernelCounts kernelCounts() {
        return source.map(FrameSource::kernelCounts).orElse(FrameSource.KernelCounts.NONE);
    }

    /** Starts to receive. */
    void start() {
        loop.ifPresent(ReceiveLoop::start);
    }

    private void onFrame(final byte[] frame, final int wireLength, final long epochNanos) {
        counters.add(LinkCounters.Received.FRAMES, 1);
        counters.add(LinkCounters.Received.BYTES, wireLength);
        if (wireLength > frame.length) {
            counters.add(LinkCounters.Received.CUT, 1);
        }
        if (recorder.isPresent()) {
            recorder.get().write(frame, frame.length, wireLength, epochNanos);
        }
        final FrameProblem problem = parser.parse(frame, frame.length, wireLength);
        if (problem != FrameProblem.NONE) {
            counters.add(problem);
        }
        owner.frame(parser, frame, epochNanos);
    }

    private void onEnd(final boolean stopped, final Optional<String> cause) {
        final FrameSource.KernelCounts kernel = kernelCounts();
        LOG.info(
                "receiving on {} {}: {}; kernel received {}, dropped {}, interface dropped {}",
                settings.name(),
                stopped
                        ? "was stopped"
                        : cause.map(c -> "broke off (" + c + ")").orElse("reached the end"),
                counters,
                kernel.received(),
                kernel.dropped(),
                kernel.droppedByInterface());
        owner.ended(stopped, cause);
    }

    /**
     * Copies a PDU into a receive buffer. Capture thread only. A file waits for a buffer, a live link drops and counts.
     *
     * @return the NBL, or {@code null} if the PDU is lost
     */
    NetBufferList fill(final byte[] frame, final int from, final int to, final long epochNanos) {
        final NetBufferList nbl = buffer();
        if (nbl == null) {
            counters.add(LinkCounters.Received.NO_BUFFER, 1);
            return nbl;
        }
        final ByteBuffer data = nbl.data();
        if (to - from > data.capacity()) {
            counters.add(LinkCounters.Received.TOO_LONG, 1);
            nbl.freeChain();
            final NetBufferList lost = null;
            return lost;
        }
        data.put(frame, from, to - from).flip();
        nbl.setTimestampNanos(epochNanos);
        counters.add(LinkCounters.Received.PDUS, 1);
        counters.add(LinkCounters.Received.PDU_BYTES, to - from);
        return nbl;
    }

    private NetBufferList buffer() {
        NetBufferList nbl = pool.allocate();
        if (nbl != null || isLive()) {
            return nbl;
        }
        waiting = true;
        while (nbl == null && !isStopping()) {
            LockSupport.parkNanos(this, WAIT_NANOS);
            nbl = pool.allocate();
        }
        waiting = false;
        return nbl;
    }

    /**
     * Makes the capture thread of a file wait until a condition holds; a live link does not wait.
     *
     * @param millis how long at most
     * @return whether the condition holds
     */
    boolean await(final java.util.function.BooleanSupplier condition, final int millis) {
        if (isLive()) {
            return condition.getAsBoolean();
        }
        waiting = true;
        for (long waits = millis; !condition.getAsBoolean() && waits > 0 && !isStopping(); waits--) {
            LockSupport.parkNanos(this, WAIT_NANOS);
        }
        waiting = false;
        return condition.getAsBoolean();
    }

    private boolean isStopping() {
        return loop.map(ReceiveLoop::isStopping).orElse(true);
    }

    /** Wakes the capture thread if it waits for a buffer or for a call to be connected. */
    void wake() {
        if (waiting) {
            loop.ifPresent(ReceiveLoop::wake);
        }
    }

    /** Takes receive buffers back. */
    void free(final NetBufferList chain) {
        chain.freeChain();
        wake();
    }

    /** How many receive buffers hold PDUs for calls that are not connected yet. */
    AtomicInteger held() {
        return held;
    }

    /** Most buffers that may be held so: half of them, so that connected calls always have some. */
    int maxHeld() {
        return Math.max(1, pool.capacity() / 2);
    }

    int outstandingBuffers() {
        return pool.outstanding();
    }

    /** The hardware is gone: from now on nothing is sent. */
    void remove() {
        removed = true;
    }

    boolean isRemoved() {
        return removed;
    }

    /** Sends one PDU. */
    NdisStatus send(final Encapsulation encapsulation, final NetBufferList nbl, final long epochNanos) {
        if (removed) {
            return NdisStatus.NOT_ACCEPTED;
        }
        synchronized (sendLock) {
            final int length = encapsulation.write(nbl.data(), sendFrame, sender.maxFrameBytes());
            if (length < 0) {
                counters.sendFailed();
                return NdisStatus.INVALID_LENGTH;
            }
            return sendFrame(length, epochNanos);
        }
    }

    private NdisStatus sendFrame(final int length, final long epochNanos) {
        final NdisStatus status = sender.send(sendFrame, length, epochNanos);
        if (status.isSuccess()) {
            counters.sent(length);
            if (recorder.isPresent()) {
                recorder.get().write(sendFrame, length, length, epochNanos);
            }
        } else {
            counters.sendFailed();
        }
        return status;
    }

    /**
     * Stops the thread and closes everything. Idempotent.
     *
     * @return whether everything ended in time
     */
    boolean close() {
        removed = true;
        final boolean ended = loop.map(l -> l.stop(STOP_DEADLINE)).orElse(true);
        sender.close();
        recorder.ifPresent(CaptureFileWriter::close);
        final int out = pool.outstanding();
        if (out > 0) {
            LOG.warn("{} receive buffers of {} did not come back", out, settings.name());
        }
        return ended;
    }
}
