// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.media.MacAddress;
import java.io.IOException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapNetworkInterface;
import org.pcap4j.core.PcapNetworkInterface.PromiscuousMode;
import org.pcap4j.core.PcapStat;
import org.pcap4j.core.Pcaps;
import org.pcap4j.core.RawPacketListener;
import org.pcap4j.util.LinkLayerAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frames through pcap4j. What pcap4j does badly stays in here:
 *
 * <ul>
 *   <li>{@code getNext*} allocates native memory for each frame and blocks for ever on an idle Linux link: only
 *       {@code loop} with a raw listener is used;
 *   <li>{@code close} takes a lock that {@code loop} holds, and does not break it: {@link #close} is called when {@link #run}
 *       has returned, never inside the listener;
 *   <li>a break before the loop begins ends the loop at once: callers look at their own flag before they start;
 *   <li>the listener's exceptions are logged and swallowed: {@link ReceiveLoop} catches them first;
 *   <li>time stamps are {@code java.sql.Timestamp}: turned into nanoseconds at once.
 * </ul>
 */
final class PcapFrameSource implements FrameSource {

    private static final Logger LOG = LoggerFactory.getLogger(PcapFrameSource.class);
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long FRAMES_BETWEEN_COUNTS = 1 << 16;
    private static final int ENDLESS = -1;
    private static final int AT_A_TIME = 64;
    private static final long POLL_NANOS = 1_000_000;

    /** Its timer hands a block over that was the current one two times in a row; as much again for a kernel that is busy. */
    private static final long HAND_OVER_PERIODS = 4;

    /** The period is rounded up to the kernel's ticks. */
    private static final long TIMER_MILLIS = 20;

    /** Room for the Ethernet header and four tags beside the MTU. */
    private static final int HEADER_BYTES = 30;

    private static final int SNAPLEN_STEP = 2048;
    private static final LinkProbe SYSTEM = new SystemLinkProbe();
    private static final int USUAL_MTU = 1500;

    private final PcapHandle handle;
    private final LinkType linkType;
    private final boolean live;
    private final Optional<CaptureFiles.Openable> file;
    private final int wholeSnaplen;
    private final long handOverNanos;
    private final KernelCounter kernel = new KernelCounter();
    private final Flushes flushes = new Flushes();
    private volatile boolean stopped;

    /** When the last frame was captured. Capture thread only. */
    private long lastNanos = Long.MIN_VALUE;

    private PcapFrameSource(
            final PcapHandle handle,
            final LinkType linkType,
            final Optional<PcapSettings.Live> live,
            final int wholeSnaplen,
            final Optional<CaptureFiles.Openable> file) {
        this.handle = handle;
        this.wholeSnaplen = wholeSnaplen;
        this.linkType = linkType;
        this.live = live.isPresent();
        this.file = file;
        handOverNanos = live.filter(l -> l.profile() != PcapSettings.Profile.LATENCY)
                .map(l -> TimeUnit.MILLISECONDS.toNanos(HAND_OVER_PERIODS * l.timeoutMillis() + TIMER_MILLIS))
                .orElse(0L);
    }

    /** What is known of a live interface. */
    record Interface(String name, Optional<MacAddress> address, int mtu) {}

    /** Looks an interface up. */
    static Interface findInterface(final String name) throws CaptureException {
        requireLibpcap();
        try {
            final PcapNetworkInterface found = Pcaps.getDevByName(name);
            if (found == null) {
                throw new CaptureException("no interface '" + name + "' (or no permission to see it)");
            }
            return new Interface(name, addressOf(found), SYSTEM.mtu(name).orElse(USUAL_MTU));
        } catch (PcapNativeException e) {
            throw new CaptureException("interfaces cannot be listed: " + e.getMessage(), e);
        }
    }

    private static Optional<MacAddress> addressOf(final PcapNetworkInterface found) {
        for (final LinkLayerAddress address : found.getLinkLayerAddresses()) {
            if (address.length() == 6) {
                return Optional.of(MacAddress.of(address.getAddress(), 0));
            }
        }
        return Optional.empty();
    }

    private static void requireLibpcap() throws CaptureException {
        final Optional<String> cause = Libpcap.unavailabilityCause();
        if (cause.isPresent()) {
            throw new CaptureException(cause.get());
        }
    }

    /** Opens a live interface for receiving. */
    static PcapFrameSource openLive(final Interface nic, final PcapSettings.Live live) throws CaptureException {
        final PcapHandle handle = build(receiveBuilder(nic, live), nic.name());
        boolean opened = false;
        try {
            if (!live.filter().isEmpty()) {
                handle.setFilter(live.filter(), BpfCompileMode.OPTIMIZE);
            }
            final PcapFrameSource source = new PcapFrameSource(
                    handle,
                    linkTypeOf(handle, nic.name()),
                    Optional.of(live),
                    live.snaplen() > 0 ? PcapSettings.MAX_SNAPLEN : snaplen(nic, live),
                    Optional.empty());
            opened = true;
            return source;
        } catch (PcapNativeException | NotOpenException e) {
            throw new CaptureException("filter '" + live.filter() + "' is refused: " + e.getMessage(), e);
        } finally {
            if (!opened) {
                handle.close();
            }
        }
    }

    private static PcapHandle.Builder receiveBuilder(final Interface nic, final PcapSettings.Live live) {
        return new PcapHandle.Builder(nic.name())
                .snaplen(snaplen(nic, live))
                .bufferSize(live.bufferBytes())
                .timeoutMillis(live.timeoutMillis())
                .immediateMode(isImmediate(live))
                .promiscuousMode(live.promiscuous() ? PromiscuousMode.PROMISCUOUS : PromiscuousMode.NONPROMISCUOUS)
                .timestampPrecision(
                        PcapHandle.TimestampPrecision.valueOf(live.precision().name()))
                .direction(PcapHandle.PcapDirection.valueOf(live.direction().name()));
    }

    private static boolean isImmediate(final PcapSettings.Live live) {
        return live.profile() == PcapSettings.Profile.LATENCY;
    }

    private static int snaplen(final Interface nic, final PcapSettings.Live live) {
        if (live.snaplen() > 0) {
            return live.snaplen();
        }
        // in immediate mode each slot of the kernel's ring is as large as the snapshot length: small slots, many frames
        return isImmediate(live) ? snaplenFor(nic.mtu()) : PcapSettings.Limits.FILE_PDU_BYTES;
    }

    private static int snaplenFor(final int mtu) {
        return Math.min(PcapSettings.MAX_SNAPLEN, roundUp(mtu + HEADER_BYTES));
    }

    private static int roundUp(final int bytes) {
        return (bytes + SNAPLEN_STEP - 1) / SNAPLEN_STEP * SNAPLEN_STEP;
    }

    /** Opens a live interface for sending: a handle of its own, because libpcap's handles are not for two threads. */
    static PcapHandle openForSending(final Interface nic) throws CaptureException {
        return build(
                new PcapHandle.Builder(nic.name())
                        .snaplen(64)
                        .bufferSize(1 << 16)
                        .timeoutMillis(1)
                        .immediateMode(false)
                        .promiscuousMode(PromiscuousMode.NONPROMISCUOUS)
                        .direction(PcapHandle.PcapDirection.OUT),
                nic.name());
    }

    private static PcapHandle build(final PcapHandle.Builder builder, final String name) throws CaptureException {
        try {
            return builder.build();
        } catch (PcapNativeException e) {
            throw new CaptureException("interface '" + name + "' cannot be opened: " + explain(e), e);
        } catch (LinkageError e) {
            throw new CaptureException("libpcap is too old for this adapter: " + e.getMessage(), e);
        }
    }

    private static String explain(final PcapNativeException e) {
        final String text = String.valueOf(e.getMessage()).strip();
        final boolean privilege = text.contains("not permitted") || text.contains("ermission");
        return privilege ? text + " (needs CAP_NET_RAW)" : text;
    }

    /** Opens a capture file. */
    static PcapFrameSource openFile(final String path, final PcapSettings.FileReading reading) throws CaptureException {
        requireLibpcap();
        final CaptureFiles.Openable file = CaptureFiles.open(path, reading.maxInflatedBytes());
        boolean opened = false;
        try {
            final PcapHandle handle = Pcaps.openOffline(file.path().toString(), PcapHandle.TimestampPrecision.NANO);
            final PcapFrameSource source = new PcapFrameSource(
                    handle, fileLinkType(handle, path), Optional.empty(), PcapSettings.MAX_SNAPLEN, Optional.of(file));
            opened = true;
            return source;
        } catch (PcapNativeException e) {
            throw new CaptureException("capture file is unreadable: " + e.getMessage(), e);
        } finally {
            if (!opened) {
                release(file);
            }
        }
    }

    private static LinkType fileLinkType(final PcapHandle handle, final String path) throws CaptureException {
        try {
            return linkTypeOf(handle, path);
        } catch (CaptureException e) {
            handle.close();
            throw e;
        }
    }

    private static LinkType linkTypeOf(final PcapHandle handle, final String what) throws CaptureException {
        final int dlt = handle.getDlt().value();
        return LinkType.ofDlt(dlt)
                .orElseThrow(() -> new CaptureException("link type " + dlt + " of " + what
                        + " is not supported (Ethernet, PPP, Cisco HDLC, Linux cooked, SunATM)"));
    }

    private static void release(final CaptureFiles.Openable file) {
        try {
            file.release();
        } catch (IOException e) {
            LOG.warn("temporary file {} is left behind: {}", file.path(), CaptureFiles.describe(e));
        }
    }

    @Override
    public LinkType linkType() {
        return linkType;
    }

    @Override
    public boolean isLive() {
        return live;
    }

    @Override
    public boolean takesWhole(final int mtu) {
        return snaplenFor(mtu) <= wholeSnaplen;
    }

    @Override
    public End run(final FrameSink sink) throws CaptureException {
        final RawPacketListener listener = bytes -> {
            final Integer wire = handle.getOriginalLength();
            lastNanos = epochNanos(handle.getTimestamp());
            sink.frame(bytes, wire == null ? bytes.length : wire, lastNanos);
            if (live && kernel.isDue()) {
                kernel.read(handle);
            }
        };
        try {
            End end = End.STOPPED;
            while (end == End.STOPPED && !stopped) {
                final List<Runnable> asked = flushes.take();
                if (asked.isEmpty()) {
                    end = loop(listener);
                } else {
                    flushNow(listener);
                    asked.forEach(Runnable::run);
                }
            }
            return end;
        } catch (PcapNativeException e) {
            throw new CaptureException(String.valueOf(e.getMessage()).strip(), e);
        } catch (NotOpenException e) {
            throw new CaptureException("the handle was closed", e);
        } finally {
            if (live) {
                kernel.read(handle);
            }
            flushes.end().forEach(Runnable::run);
        }
    }

    private End loop(final RawPacketListener listener) throws PcapNativeException, NotOpenException {
        try {
            handle.loop(ENDLESS, listener);
            return End.EXHAUSTED;
        } catch (InterruptedException e) {
            // pcap4j's way of saying that breakLoop was called; the thread was not interrupted
            LOG.trace("loop was broken", e);
            return End.STOPPED;
        }
    }

    /**
     * Takes what is in the kernel's ring. A frame in a block that is not full can be seen when the kernel hands the block over, which
     * its timer sees to.
     */
    private void flushNow(final RawPacketListener listener) throws PcapNativeException, NotOpenException {
        final long asked = System.nanoTime();
        handle.setBlockingMode(PcapHandle.BlockingMode.NONBLOCKING);
        dispatch(listener);
        while (!stopped && System.nanoTime() - asked < handOverNanos) {
            LockSupport.parkNanos(this, POLL_NANOS);
            dispatch(listener);
        }
        handle.setBlockingMode(PcapHandle.BlockingMode.BLOCKING);
    }

    /** Takes what can be seen now, but does not go on for ever when frames come as fast as they are taken. */
    private void dispatch(final RawPacketListener listener) throws PcapNativeException, NotOpenException {
        final long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() + 1);
        int taken = 1;
        while (taken > 0 && !stopped && lastNanos <= now) {
            taken = dispatchOnce(listener);
        }
    }

    private int dispatchOnce(final RawPacketListener listener) throws PcapNativeException, NotOpenException {
        try {
            // without a number it would go on as long as frames come as fast as they are taken
            return handle.dispatch(AT_A_TIME, listener);
        } catch (InterruptedException e) {
            // a break that came when there was no loop to break is remembered by libpcap: nothing was taken, what is
            // there has still to be
            LOG.trace("somebody else asks for a flush, which comes next", e);
            return 1;
        }
    }

    static long epochNanos(final Timestamp stamp) {
        return stamp == null ? 0 : Math.floorDiv(stamp.getTime(), 1000L) * NANOS_PER_SECOND + stamp.getNanos();
    }

    @Override
    public void breakLoop() {
        stopped = true;
        breakHandle();
    }

    @Override
    public void flush(final Runnable flushed) {
        if (live && flushes.add(flushed)) {
            breakHandle();
        } else {
            flushed.run();
        }
    }

    private void breakHandle() {
        try {
            handle.breakLoop();
        } catch (NotOpenException e) {
            LOG.trace("nothing to break", e);
        }
    }

    @Override
    public void close() {
        handle.close();
        file.ifPresent(PcapFrameSource::release);
        // it may never have run
        flushes.end().forEach(Runnable::run);
    }

    @Override
    public KernelCounts kernelCounts() {
        return kernel.counts;
    }

    @Override
    public void refreshKernelCounts() {
        kernel.wanted = true;
    }

    /** Who waits until what was captured has been delivered. */
    private static final class Flushes {
        private final List<Runnable> waiting = new ArrayList<>();
        private boolean over;

        /** Returns {@code false} when no frame will come any more. */
        synchronized boolean add(final Runnable flushed) {
            return !over && waiting.add(flushed);
        }

        synchronized List<Runnable> take() {
            final List<Runnable> all = List.copyOf(waiting);
            waiting.clear();
            return all;
        }

        synchronized List<Runnable> end() {
            over = true;
            return take();
        }
    }

    /**
     * libpcap's 32-bit counters made 64 bits wide. Read by the capture thread only, often enough not to miss a wrap, because
     * libpcap promises nothing for two threads on one handle.
     */
    private static final class KernelCounter {
        private volatile KernelCounts counts = KernelCounts.NONE;
        private volatile boolean wanted;
        private long frames;

        boolean isDue() {
            return ++frames % FRAMES_BETWEEN_COUNTS == 0 || wanted;
        }

        void read(final PcapHandle handle) {
            wanted = false;
            try {
                final PcapStat stat = handle.getStats();
                final KernelCounts old = counts;
                counts = new KernelCounts(
                        widen(old.received(), stat.getNumPacketsReceived()),
                        widen(old.dropped(), stat.getNumPacketsDropped()),
                        widen(old.droppedByInterface(), stat.getNumPacketsDroppedByIf()));
            } catch (PcapNativeException | NotOpenException e) {
                LOG.debug("no counters", e);
            }
        }

        private static long widen(final long before, final long now) {
            return before + ((now - before) & 0xffff_ffffL);
        }
    }
}
