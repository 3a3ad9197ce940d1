// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

/**
 * Where received frames come from; a {@link FrameBackend} opens it.
 *
 * <p>Life: {@link #run} once, by one thread; {@link #breakLoop} from any thread at any time; {@link #close} after run has
 * returned, or instead of it.
 */
interface FrameSource {

    /** How a run ended that did not fail. */
    enum End {
        /** The capture file was read to its end. */
        EXHAUSTED,
        /** {@link FrameSource#breakLoop} was called. */
        STOPPED
    }

    /** What the kernel says it did with frames before they got here; 64 bits although libpcap counts in 32. */
    record KernelCounts(long received, long dropped, long droppedByInterface) {
        static final KernelCounts NONE = new KernelCounts(0, 0, 0);

        KernelCounts plus(final KernelCounts more) {
            return new KernelCounts(
                    received + more.received, dropped + more.dropped, droppedByInterface + more.droppedByInterface);
        }
    }

    /** What its frames begin with. */
    LinkType linkType();

    /** Whether frames come as they arrive; those of a file come as they are taken. */
    boolean isLive();

    /**
     * Whether frames of an interface are captured whole when its MTU has become another one.
     *
     * @param mtu octets that a frame may have after its Ethernet header
     * @return {@code false} if the source has to be opened anew for that
     */
    default boolean takesWhole(final int mtu) {
        return true;
    }

    /**
     * Delivers frames until the end, a break or a failure.
     *
     * @throws CaptureException if the capture breaks off: the file is damaged, the interface is gone
     */
    End run(FrameSink sink) throws CaptureException;

    /** Makes {@link #run} return soon. */
    void breakLoop();

    /**
     * Delivers every frame that was captured before this call, then goes on. Any thread may call it.
     *
     * @param flushed runs once when that is done, or when no frame will come any more; on the thread that runs this, or at once
     */
    default void flush(final Runnable flushed) {
        // what is read from a file was not captured before
        flushed.run();
    }

    /** Gives back all that is held. */
    void close();

    /** As they were read last. */
    KernelCounts kernelCounts();

    /** Has the thread that runs this read the kernel's counts with the next frame; they cannot be read by another. */
    default void refreshKernelCounts() {
        // a source without a kernel has none
    }
}
