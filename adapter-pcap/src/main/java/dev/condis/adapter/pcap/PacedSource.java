// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

/** A recording whose frames come when they are due. */
final class PacedSource implements FrameSource {

    private final FrameSource source;
    private final Pace pace;
    private volatile boolean stopped;

    PacedSource(final FrameSource source, final Pace pace) {
        this.source = source;
        this.pace = pace;
    }

    @Override
    public LinkType linkType() {
        return source.linkType();
    }

    @Override
    public boolean isLive() {
        return source.isLive();
    }

    @Override
    public End run(final FrameSink sink) throws CaptureException {
        return source.run((frame, wireLength, epochNanos) -> {
            pace.await(epochNanos, () -> stopped);
            if (!stopped) {
                sink.frame(frame, wireLength, epochNanos);
            }
        });
    }

    /** Whoever breaks a loop that waits wakes its thread, too. */
    @Override
    public void breakLoop() {
        stopped = true;
        source.breakLoop();
    }

    @Override
    public void flush(final Runnable flushed) {
        source.flush(flushed);
    }

    @Override
    public void close() {
        source.close();
    }

    @Override
    public KernelCounts kernelCounts() {
        return source.kernelCounts();
    }

    @Override
    public void refreshKernelCounts() {
        source.refreshKernelCounts();
    }
}
