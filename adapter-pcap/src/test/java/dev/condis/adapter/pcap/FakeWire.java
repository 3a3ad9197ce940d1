// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.NdisStatus;
import dev.condis.api.media.MacAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** Another way to the wire than pcap4j: an interface whose frames a test makes, and which keeps what is sent. */
final class FakeWire implements FrameBackend {

    static final MacAddress ADDRESS = Frames.LOCAL;

    private final List<byte[]> sent = new CopyOnWriteArrayList<>();
    private final List<Source> sources = new CopyOnWriteArrayList<>();
    private volatile int mtu = 1500;
    private volatile int wholeUpTo = Integer.MAX_VALUE;
    private volatile Optional<String> broken = Optional.empty();

    /** Each frame that was sent. */
    List<byte[]> sent() {
        return sent;
    }

    /** How often the interface was opened. */
    int openings() {
        return sources.size();
    }

    /** From the next opening on it has another MTU, and frames are captured whole up to it. */
    void setMtu(final int octets) {
        mtu = octets;
    }

    /** The source that is open captures no longer frames whole. */
    void limit(final int wholeMtu) {
        wholeUpTo = wholeMtu;
    }

    /** From now on it cannot be opened. */
    void breakDown(final String cause) {
        broken = Optional.of(cause);
    }

    /** A frame comes in. */
    void receive(final byte[] frame) {
        sources.get(sources.size() - 1).frames.add(frame);
    }

    /** Frames come in as fast as they are taken, each made when it is its turn. */
    void receive(final int count, final java.util.function.IntFunction<byte[]> frames) {
        final Source source = sources.get(sources.size() - 1);
        source.flood = Optional.of(new Flood(count, frames));
        source.frames.add(Source.WAKE);
    }

    /** The interface is gone. */
    void vanish(final String cause) {
        sources.get(sources.size() - 1).failure = Optional.of(cause);
        sources.get(sources.size() - 1).frames.add(Source.WAKE);
    }

    private record Flood(int count, java.util.function.IntFunction<byte[]> frames) {}

    @Override
    public Nic openInterface(final String name, final PcapSettings.Live live) throws CaptureException {
        if (broken.isPresent()) {
            throw new CaptureException(broken.get());
        }
        wholeUpTo = sources.isEmpty() ? wholeUpTo : mtu;
        final Source source = new Source();
        sources.add(source);
        return new Nic(source, new Sender(mtu), Optional.of(ADDRESS), mtu);
    }

    @Override
    public FrameSource openFile(final String path, final PcapSettings.FileReading reading) throws CaptureException {
        throw new CaptureException("no files here");
    }

    @Override
    public LinkType probeInterface(final String name, final PcapSettings.Live live) {
        return LinkType.ETHERNET;
    }

    @Override
    public LinkType probeFile(final String path, final PcapSettings.FileReading reading) throws CaptureException {
        throw new CaptureException("no files here");
    }

    private final class Sender implements FrameSender {
        private volatile int mtuNow;

        Sender(final int mtuNow) {
            this.mtuNow = mtuNow;
        }

        @Override
        public NdisStatus send(final byte[] frame, final int length, final long epochNanos) {
            sent.add(Arrays.copyOf(frame, length));
            return NdisStatus.SUCCESS;
        }

        @Override
        public int maxFrameBytes(final boolean tagged) {
            return mtuNow + (tagged ? 18 : 14);
        }

        @Override
        public void mtuChanged(final int now) {
            mtuNow = now;
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    private final class Source implements FrameSource {
        private static final byte[] WAKE = {};

        private final LinkedBlockingQueue<byte[]> frames = new LinkedBlockingQueue<>();
        private volatile Optional<String> failure = Optional.empty();
        private volatile Optional<Flood> flood = Optional.empty();
        private volatile boolean stopped;
        private long stamp;

        @Override
        public LinkType linkType() {
            return LinkType.ETHERNET;
        }

        @Override
        public boolean isLive() {
            return true;
        }

        @Override
        public boolean takesWhole(final int octets) {
            return octets <= wholeUpTo;
        }

        @Override
        public End run(final FrameSink sink) throws CaptureException {
            while (!stopped) {
                final byte[] frame = next();
                if (failure.isPresent()) {
                    throw new CaptureException(failure.get());
                }
                if (frame.length > 0) {
                    sink.frame(frame, frame.length, ++stamp);
                }
                pour(sink);
            }
            return End.STOPPED;
        }

        private void pour(final FrameSink sink) {
            final Optional<Flood> now = flood;
            flood = Optional.empty();
            for (int i = 0; now.isPresent() && i < now.get().count() && !stopped; i++) {
                final byte[] frame = now.get().frames().apply(i);
                sink.frame(frame, frame.length, ++stamp);
            }
        }

        private byte[] next() throws CaptureException {
            try {
                return frames.take();
            } catch (InterruptedException e) {
                throw new CaptureException("interrupted", e);
            }
        }

        @Override
        public void breakLoop() {
            stopped = true;
            frames.add(WAKE);
        }

        @Override
        public void close() {
            // nothing is open
        }

        @Override
        public KernelCounts kernelCounts() {
            return new KernelCounts(stamp, 5, 7);
        }
    }
}
