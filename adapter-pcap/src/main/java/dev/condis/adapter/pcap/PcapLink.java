// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.NdisStatus;
import dev.condis.api.media.MacAddress;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.status.LinkState;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a miniport and a miniport call manager share: the source, its thread, the sender, the receive buffers, the table of flows
 * and the counters. Made by each initialize, closed by the halt that follows.
 */
final class PcapLink {

    private static final Logger LOG = LoggerFactory.getLogger(PcapLink.class);
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(10);
    /** How long a handle may take to look at what it has captured, beside another one that still takes everything. */
    private static final Duration CATCH_UP = Duration.ofSeconds(1);

    private static final Duration RETURN_DEADLINE = Duration.ofSeconds(5);
    private static final long WAIT_NANOS = 1_000_000;
    private static final int AUTO_POOL_BYTES = 16 << 20;
    private static final int MAC_BYTES = 6;
    private static final int MIN_BUFFERS = 64;
    private static final int MAX_BUFFERS = 8192;

    /** The miniport or call manager on this link. Called by the capture thread. */
    interface Owner {

        /**
         * A frame that the parser has read, for this station. One that belongs to nobody is counted with {@link PcapLink#unclaimed()}.
         */
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
    private final LinkProbe linkProbe;
    private final FrameBackend backend;
    private final LinkType linkType;
    private final Optional<CaptureFileWriter> recorder;
    private final MacAddress localAddress;
    private final boolean hasAddress;
    private final boolean hearsOthers;
    private final FrameParser parser;
    private final FlowTable table = new FlowTable();
    private final LinkCounters counters = new LinkCounters();
    private final long crcErrorsBefore;
    private final LinkProbe.InterfaceCounts interfaceBefore;
    private final Set<FlowVc> rundown = ConcurrentHashMap.newKeySet();
    private final Object sendLock = new Object();
    private final Object lifecycle = new Object();
    private final ReentrantLock returns = new ReentrantLock();
    private final Condition returned = returns.newCondition();
    private final AtomicInteger held = new AtomicInteger();
    private volatile Hardware hardware;
    private volatile NetBufferListPool pool;
    private volatile int pduBytes;
    private volatile int mtu;
    /** Receive buffers of a size that has become too small, as long as some are out. */
    private final Set<NetBufferListPool> outgrown = ConcurrentHashMap.newKeySet();

    private volatile FrameSource.KernelCounts kernelBefore = FrameSource.KernelCounts.NONE;
    private volatile boolean receiving;
    private volatile boolean waiting;
    private volatile boolean paused = true;
    private volatile boolean resetting;
    private volatile boolean removed;

    /** Looked at whenever an NBL comes back, so that it is a plain flag. */
    private volatile boolean awaitingReturns;

    private boolean closed;

    private PcapLink(final PcapSettings settings, final PcapHost host, final Owner owner, final LinkParts parts) {
        this.settings = settings;
        this.owner = owner;
        this.linkProbe = host.linkProbe();
        this.backend = host.backend();
        this.linkType = parts.linkType();
        this.recorder = parts.recorder();
        this.localAddress = parts.localAddress();
        this.hasAddress = parts.hasAddress();
        this.hearsOthers = parts.hearsOthers();
        this.mtu = parts.mtu();
        this.parser = new FrameParser(linkType);
        this.pduBytes = settings.limits().pduBytes() > 0 ? settings.limits().pduBytes() : parts.pduBytes();
        this.pool = newPool(settings, pduBytes, parts.source().isPresent());
        this.hardware = new Hardware(parts, Optional.empty());
        this.crcErrorsBefore = crcErrors();
        this.interfaceBefore = interfaceNow();
    }

    /** What a reset closes and opens again. */
    private final class Hardware {
        private final Optional<FrameSource> source;
        private final Optional<ReceiveLoop> loop;
        private final FrameSender sender;
        /** Guarded by the send lock. */
        private byte[] sendFrame;
        /** While another handle is opened beside this one. */
        private volatile Optional<FrameCut> leaving = Optional.empty();
        /** While this is a handle that was opened beside another; capture thread only. */
        private Optional<ArrivingFrames> arriving;

        Hardware(final LinkParts parts, final Optional<ArrivingFrames> beside) {
            this.source = parts.source();
            this.sender = parts.sender();
            this.arriving = beside;
            this.loop = source.map(s -> new ReceiveLoop(settings.name(), s, this::onFrame, PcapLink.this::onEnd));
            this.sendFrame = newFrame();
        }

        private void onFrame(final byte[] frame, final int wireLength, final long epochNanos) {
            if (arriving.isEmpty()) {
                take(frame, wireLength, epochNanos);
                return;
            }
            final ArrivingFrames beside = arriving.get();
            beside.frame(frame, wireLength, epochNanos, PcapLink.this::isStopping, this::take);
            if (beside.isOver()) {
                arriving = Optional.empty();
            }
        }

        private void take(final byte[] frame, final int wireLength, final long epochNanos) {
            final Optional<FrameCut> next = leaving;
            if (next.isPresent()) {
                next.get().take(frame, epochNanos);
            }
            PcapLink.this.onFrame(frame, wireLength, epochNanos);
        }

        private byte[] newFrame() {
            return new byte[Math.min(sender.maxFrameBytes(true), PcapSettings.MAX_SNAPLEN)];
        }

        void mtuChanged(final int now) {
            synchronized (sendLock) {
                sender.mtuChanged(now);
                sendFrame = newFrame();
            }
        }

        boolean stop() {
            final boolean ended = loop.map(l -> l.stop(STOP_DEADLINE)).orElse(true);
            synchronized (sendLock) {
                sender.close();
            }
            return ended;
        }

        FrameSource.KernelCounts kernelCounts() {
            return source.map(FrameSource::kernelCounts).orElse(FrameSource.KernelCounts.NONE);
        }
    }

    /**
     * Opens everything. Blocks for some tens of milliseconds, longer for a compressed file.
     *
     * @param settings what to open
     * @param host the clock for frames that are written, and who knows the state of interfaces
     * @param owner takes the frames
     * @return the link, paused
     * @throws CaptureException if something cannot be opened; nothing stays open then
     */
    static PcapLink open(final PcapSettings settings, final PcapHost host, final Owner owner) throws CaptureException {
        return new PcapLink(settings, host, owner, LinkParts.open(settings, host));
    }

    private static NetBufferListPool newPool(final PcapSettings settings, final int bytes, final boolean receives) {
        final int configured = settings.limits().buffers();
        final int automatic = Math.max(MIN_BUFFERS, Math.min(MAX_BUFFERS, AUTO_POOL_BYTES / bytes));
        final int buffers = !receives ? 1 : configured > 0 ? configured : automatic;
        return new NetBufferListPool("pcap rx " + settings.name(), buffers, receives ? bytes : 1);
    }

    PcapSettings settings() {
        return settings;
    }

    LinkType linkType() {
        return linkType;
    }

    boolean isLive() {
        return hardware.source.map(FrameSource::isLive).orElse(false);
    }

    /** Whether what is sent is received as well. */
    boolean hearsItself() {
        return isLive() && settings.live().direction() != PcapSettings.Direction.IN;
    }

    boolean canSend() {
        return hardware.sender.canSend();
    }

    /** Most octets a frame may have at this moment; see {@link FrameSender#maxFrameBytes}. */
    int maxFrameBytes(final boolean tagged) {
        return hardware.sender.maxFrameBytes(tagged);
    }

    /** How long a PDU that is received can be at this moment, octets. */
    int longestReceived() {
        return pduBytes;
    }

    /** Octets that a frame may have after its Ethernet header; 0 without an interface. */
    int mtu() {
        return mtu;
    }

    MacAddress localAddress() {
        return localAddress;
    }

    /** The station address that the interface has now, if that is another one than when it was opened. */
    Optional<MacAddress> otherAddress() {
        return settings.source()
                .filter(name -> isLive() && hasAddress)
                .flatMap(linkProbe::address)
                .filter(now -> !now.equals(localAddress));
    }

    FlowTable table() {
        return table;
    }

    LinkCounters counters() {
        return counters;
    }

    FrameSource.KernelCounts kernelCounts() {
        return kernelBefore.plus(hardware.kernelCounts());
    }

    /** Has {@link #kernelCounts} brought up to date, with the next frame. */
    void refreshKernelCounts() {
        hardware.source.ifPresent(FrameSource::refreshKernelCounts);
    }

    private long crcErrors() {
        return isLive() ? linkProbe.crcErrors(settings.source().orElseThrow()) : 0;
    }

    private LinkProbe.InterfaceCounts interfaceNow() {
        return isLive() ? linkProbe.counts(settings.source().orElseThrow()) : LinkProbe.InterfaceCounts.NONE;
    }

    /** What the interface has counted since this link was opened; nothing of a file. */
    LinkProbe.InterfaceCounts interfaceCounts() {
        return interfaceNow().since(interfaceBefore);
    }

    /** The state of the link at this moment; a file is always connected, at no speed. */
    LinkState linkState() {
        return isLive() ? linkProbe.state(settings.source().orElseThrow()) : LinkState.connected(0);
    }

    /** What the statistics of the adapter are at this moment. */
    PduCounts pduCounts() {
        final FrameSource.KernelCounts kernel = kernelCounts();
        return new PduCounts(
                counters.sent(),
                counters.sentPduBytes(),
                counters.sendFailures(),
                counters.indicated(),
                counters.indicatedBytes(),
                counters.get(LinkCounters.Unclaimed.MALFORMED) + counters.get(LinkCounters.Received.TOO_LONG),
                counters.get(LinkCounters.Received.NO_BUFFER)
                        + counters.get(LinkCounters.Received.NOT_CONNECTED)
                        + counters.get(LinkCounters.Received.PAUSED)
                        + kernel.dropped()
                        + kernel.droppedByInterface(),
                Math.max(0, crcErrors() - crcErrorsBefore));
    }

    /** Starts to receive. */
    void start() {
        synchronized (lifecycle) {
            receiving = true;
            hardware.loop.ifPresent(ReceiveLoop::start);
        }
    }

    // --- pause, restart, reset
    // -------------------------------------------------------------------------------------------

    /** Sends are accepted, frames are indicated: those of an interface from here on, those of a file without a gap. */
    void restart() {
        paused = false;
        if (isLive()) {
            start();
        }
        wake();
    }

    /**
     * Sends are refused, frames are not indicated. An interface goes on receiving and counts what is lost; a file
     * waits.
     *
     * @return completes when no send is being carried out and every indicated NBL is back
     */
    CompletionStage<Void> pause() {
        paused = true;
        return CompletableFuture.allOf(rundown.stream().map(FlowVc::quiet).toArray(CompletableFuture<?>[]::new));
    }

    boolean isPaused() {
        return paused;
    }

    boolean isResetting() {
        return resetting;
    }

    /** The VCs on which something may be under way: open ones, and those that drain. */
    Set<FlowVc> rundown() {
        return rundown;
    }

    /**
     * Makes the capture thread of a file wait while the adapter is paused. Returns whether it is not, or is no more.
     */
    boolean awaitRestart() {
        waiting = true;
        while (paused && !isLive() && !isStopping()) {
            LockSupport.parkNanos(this, WAIT_NANOS);
        }
        waiting = false;
        return !paused;
    }

    /** From now on sends are refused because of a reset. */
    void beginReset() {
        resetting = true;
    }

    /**
     * Closes the interface and opens it again; blocks for as long as a {@link #close} and an {@link #open}.
     *
     * @return whether there was something to reset; {@code false} after a close
     * @throws CaptureException if it cannot be opened; then the link is as good as removed
     */
    boolean reset() throws CaptureException {
        synchronized (lifecycle) {
            try {
                if (!closed) {
                    reopenOrRemove(this::reopen);
                }
                return !closed;
            } finally {
                resetting = false;
            }
        }
    }

    /**
     * Looks whether the MTU of the interface has changed, and has sends and receives follow it. What has become too long is refused from then on.
     * Where the kernel would cut longer frames, or they would find no buffer, the interface is opened anew, beside the handle that it has; nothing is
     * lost by that.
     *
     * @return whether it has changed
     * @throws CaptureException if it cannot be opened anew; then the link is as good as removed
     */
    boolean followMtu() throws CaptureException {
        final int now =
                isLive() ? linkProbe.mtu(settings.source().orElseThrow()).orElse(mtu) : mtu;
        if (now == mtu) {
            return false;
        }
        synchronized (lifecycle) {
            if (closed || removed) {
                return false;
            }
            mtu = now;
            hardware.mtuChanged(now);
            if (!receivesWhole(now)) {
                reopenOrRemove(this::reopenBeside);
                mtu = now;
                hardware.mtuChanged(now);
            }
            return true;
        }
    }

    private boolean receivesWhole(final int now) {
        final boolean fits = settings.limits().pduBytes() > 0 || LinkParts.pduBytes(now) <= pduBytes;
        return fits && hardware.source.map(s -> s.takesWhole(now)).orElse(true);
    }

    /** Opens an interface once more. */
    @FunctionalInterface
    private interface Reopening {
        void reopen() throws CaptureException;
    }

    private void reopenOrRemove(final Reopening way) throws CaptureException {
        boolean complete = false;
        try {
            way.reopen();
            complete = true;
        } finally {
            if (!complete) {
                removed = true;
            }
        }
    }

    /** A handle that is to be reset may be one that hangs: it is closed first. */
    private void reopen() throws CaptureException {
        final Hardware old = hardware;
        stop(old);
        final LinkParts parts = LinkParts.reopen(settings, backend, linkType);
        mtu = parts.mtu();
        growBuffers(parts);
        hardware = new Hardware(parts, Optional.empty());
        follow(old);
    }

    /**
     * The new handle hears every frame from before the old one has taken its last. What is sent meanwhile goes by the one or the other. The old one is
     * told what to remember before the new one is opened, so that whatever both have heard is remembered.
     */
    private void reopenBeside() throws CaptureException {
        final Hardware old = hardware;
        final FrameCut cut = new FrameCut();
        old.leaving = Optional.of(cut);
        final LinkParts parts = LinkParts.reopen(settings, backend, linkType);
        mtu = parts.mtu();
        growBuffers(parts);
        final ArrivingFrames beside = new ArrivingFrames(cut, settings.live().bufferBytes());
        final Hardware next = new Hardware(parts, Optional.of(beside));
        synchronized (sendLock) {
            hardware = next;
        }
        final FrameSource.KernelCounts before = kernelBefore;
        follow(old);
        awaitFlush(old, STOP_DEADLINE, "what the old handle has captured is not delivered, and lost");
        // else the ring of the new handle may be full of what both have heard when the old one hears no more
        awaitFlush(next, CATCH_UP, "what the new handle has captured is not looked at yet, and more may find no room");
        stop(old);
        kernelBefore = before.plus(old.kernelCounts());
        beside.release(next::take);
    }

    private static void stop(final Hardware old) throws CaptureException {
        if (!old.stop()) {
            throw new CaptureException("the capture thread does not end");
        }
    }

    private void growBuffers(final LinkParts parts) {
        if (settings.limits().pduBytes() == 0 && parts.pduBytes() > pduBytes) {
            outgrown.removeIf(before -> before.outstanding() == 0);
            outgrown.add(pool);
            pool = newPool(settings, parts.pduBytes(), true);
            pduBytes = parts.pduBytes();
        }
    }

    private void follow(final Hardware old) {
        kernelBefore = kernelBefore.plus(old.kernelCounts());
        if (receiving) {
            start();
        }
    }

    /** Waits until what a handle has captured is taken from it. */
    private void awaitFlush(final Hardware of, final Duration deadline, final String otherwise) {
        try {
            flush(of).get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (final TimeoutException | ExecutionException e) {
            LOG.error("{} is opened anew: {}", settings.name(), otherwise, e);
        } catch (final InterruptedException e) {
            LOG.debug("{} is closed in a hurry", settings.name(), e);
            Thread.currentThread().interrupt();
        }
    }

    /** Completes when every frame that was captured before this call has been indicated. */
    CompletionStage<Void> flush() {
        return flush(hardware);
    }

    private static CompletableFuture<Void> flush(final Hardware of) {
        final CompletableFuture<Void> flushed = new CompletableFuture<>();
        of.loop.ifPresentOrElse(loop -> loop.flush(() -> flushed.complete(null)), () -> flushed.complete(null));
        return flushed;
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
        if (paused && !awaitRestart()) {
            counters.add(LinkCounters.Received.PAUSED, 1);
            return;
        }
        final FrameProblem problem = parser.parse(frame, frame.length, wireLength);
        if (problem != FrameProblem.NONE) {
            counters.add(problem);
        }
        if (!isOurs(frame)) {
            unclaimed(LinkCounters.Unclaimed.STATION);
        } else {
            owner.frame(parser, frame, epochNanos);
        }
    }

    /** Whether a frame is for this station, or this station hears everybody's. */
    private boolean isOurs(final byte[] frame) {
        return hearsOthers
                || parser.source() == FrameParser.NO_SOURCE
                || !parser.hasStations()
                || isForHere(frame)
                || hearsItself() && isFromHere();
    }

    private boolean isFromHere() {
        return settings.live().direction() == PcapSettings.Direction.OUT || parser.source() == localAddress.value();
    }

    /** Counts the frame that is being looked at as nobody's. Capture thread only. */
    void unclaimed() {
        unclaimed(parser.unclaimed());
    }

    /** Counts a frame as nobody's. Capture thread only. */
    void unclaimed(final LinkCounters.Unclaimed what) {
        counters.add(LinkCounters.Received.OF_NO_VC, 1);
        counters.add(what);
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
     * @param prefix how many octets at the beginning of the frame belong to the PDU
     * @return the NBL, or {@code null} if the PDU is lost
     */
    NetBufferList fill(final byte[] frame, final int prefix, final int from, final int to, final long epochNanos) {
        final NetBufferList nbl = buffer();
        if (nbl == null) {
            counters.add(LinkCounters.Received.NO_BUFFER, 1);
            return nbl;
        }
        final ByteBuffer data = nbl.data();
        final int length = prefix + to - from;
        if (isTooLong(length)) {
            counters.add(LinkCounters.Received.TOO_LONG, 1);
            nbl.freeChain();
            final NetBufferList lost = null;
            return lost;
        }
        data.put(frame, 0, prefix).put(frame, from, to - from).flip();
        nbl.setTimestampNanos(epochNanos);
        counters.add(LinkCounters.Received.PDUS, 1);
        counters.add(LinkCounters.Received.PDU_BYTES, length);
        return nbl;
    }

    /** Whether an Ethernet frame is for this station or for a group of stations. */
    boolean isForHere(final byte[] frame) {
        long receiver = 0;
        for (int i = 0; i < MAC_BYTES; i++) {
            receiver = receiver << 8 | frame[i] & 0xff;
        }
        return (frame[0] & 1) != 0 || receiver == localAddress.value();
    }

    /** Whether a PDU of so many octets fits into no receive buffer. */
    boolean isTooLong(final int octets) {
        return octets > pduBytes;
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
     * @param millis how long at most, without the time during which the adapter is paused
     * @return whether the condition holds
     */
    boolean await(final java.util.function.BooleanSupplier condition, final int millis) {
        if (isLive()) {
            return condition.getAsBoolean();
        }
        waiting = true;
        for (long waits = millis; !condition.getAsBoolean() && waits > 0 && !isStopping(); waits -= paused ? 0 : 1) {
            LockSupport.parkNanos(this, WAIT_NANOS);
        }
        waiting = false;
        return condition.getAsBoolean();
    }

    private boolean isStopping() {
        return hardware.loop.map(ReceiveLoop::isStopping).orElse(true);
    }

    /** Wakes the capture thread if it waits for a buffer or for a call to be connected. */
    void wake() {
        if (waiting) {
            hardware.loop.ifPresent(ReceiveLoop::wake);
        }
    }

    /** Takes receive buffers back. */
    void free(final NetBufferList chain) {
        chain.freeChain();
        wake();
        if (awaitingReturns) {
            returns.lock();
            try {
                returned.signalAll();
            } finally {
                returns.unlock();
            }
        }
    }

    /** Nothing is indicated any more; what was is to be back before a halt returns (rule R220). */
    private void awaitReturns() {
        awaitingReturns = true;
        returns.lock();
        try {
            long left = RETURN_DEADLINE.toNanos();
            while (outstandingBuffers() > 0 && left > 0) {
                left = returned.awaitNanos(left);
            }
        } catch (final InterruptedException e) {
            LOG.debug("{} is closed in a hurry", settings.name(), e);
            Thread.currentThread().interrupt();
        } finally {
            returns.unlock();
        }
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
        return pool.outstanding()
                + outgrown.stream().mapToInt(NetBufferListPool::outstanding).sum();
    }

    /** The hardware is gone: from now on nothing is sent. */
    void remove() {
        removed = true;
    }

    boolean isRemoved() {
        return removed;
    }

    /**
     * Whether sends are accepted: {@code SUCCESS}, or the status with which they are completed (rules R211, R218,
     * R221).
     */
    NdisStatus sendGate() {
        if (removed) {
            return NdisStatus.NOT_ACCEPTED;
        }
        if (resetting) {
            return NdisStatus.RESET_IN_PROGRESS;
        }
        return paused ? NdisStatus.PAUSED : NdisStatus.SUCCESS;
    }

    /** Sends one PDU. */
    NdisStatus send(final Encapsulation encapsulation, final NetBufferList nbl, final long epochNanos) {
        synchronized (sendLock) {
            final Hardware now = hardware;
            final NdisStatus gate = sendGate();
            if (!gate.isSuccess()) {
                return gate;
            }
            final int most = now.sender.maxFrameBytes(encapsulation.isTagged());
            final int length = encapsulation.write(nbl.data(), now.sendFrame, most);
            return length < 0 ? NdisStatus.INVALID_LENGTH : sendFrame(now, length, epochNanos);
        }
    }

    private NdisStatus sendFrame(final Hardware now, final int length, final long epochNanos) {
        final NdisStatus status = now.sender.send(now.sendFrame, length, epochNanos);
        if (status.isSuccess()) {
            counters.sent(length);
            if (recorder.isPresent()) {
                recorder.get().write(now.sendFrame, length, length, epochNanos);
            }
        }
        return status;
    }

    /**
     * Stops the thread, closes everything, and waits for the receive buffers. Idempotent.
     *
     * @return whether everything ended in time
     */
    boolean close() {
        removed = true;
        final boolean ended;
        synchronized (lifecycle) {
            closed = true;
            ended = hardware.stop();
        }
        recorder.ifPresent(CaptureFileWriter::close);
        awaitReturns();
        final int out = outstandingBuffers();
        if (out > 0) {
            LOG.warn("{} receive buffers of {} did not come back", out, settings.name());
        }
        return ended;
    }
}
