// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench.swap;

import dev.condis.api.nbl.NetBufferList;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The same NIC for everybody: a thread that transmits what is queued, in its order, and then says so. A PDU is in the NIC for a while, as it is
 * in the ring of a NIC that tells of many at once. When the NIC is halted, what is still in it is gone, as with hardware that is switched off.
 */
final class Nic {
    private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();
    private final Thread io;
    private final long transitNanos;
    private final Consumer<NetBufferList> lost;
    private volatile boolean halted;

    /**
     * Switches a NIC on.
     *
     * @param transit how long a PDU is in it at least
     * @param lost gets what was in it when it was halted
     */
    Nic(final Duration transit, final Consumer<NetBufferList> lost) {
        transitNanos = transit.toNanos();
        this.lost = lost;
        io = new Thread(this::run, "nic");
        io.setDaemon(true);
        io.start();
    }

    private void run() {
        try {
            while (!halted) {
                next(queue.take());
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void next(final Work work) {
        for (long left = work.due() - System.nanoTime(); left > 0; left = work.due() - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (halted) {
                work.drop();
                return;
            }
        }
        work.perform();
    }

    /** Something in the queue. */
    private interface Work {
        /** When it is to be done. */
        long due();

        void perform();

        /** The NIC is halted before it is done. */
        void drop();
    }

    /** Completes sends. */
    interface Completion {
        void complete(NetBufferList nbls);
    }

    Port open(final FarEnd.Circuit circuit, final Completion completion) {
        return new Port(circuit, completion);
    }

    /** Stops. When this returns, nothing is transmitted any more. */
    void halt() {
        halted = true;
        io.interrupt();
        boolean interrupted = false;
        while (io.isAlive()) {
            try {
                io.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        final List<Work> left = new ArrayList<>();
        queue.drainTo(left);
        left.forEach(Work::drop);
    }

    /** A circuit at this NIC. */
    final class Port {
        private final FarEnd.Circuit circuit;
        private final Completion completion;
        private volatile boolean closed;

        private Port(final FarEnd.Circuit circuit, final Completion completion) {
            this.circuit = circuit;
            this.completion = completion;
        }

        /** False when the circuit is closed here, or the NIC halted: nothing was done. */
        boolean send(final NetBufferList nbls) {
            if (closed || halted) {
                return false;
            }
            final Work frame = new Frame(this, nbls, System.nanoTime() + transitNanos);
            queue.add(frame);
            return !halted || !queue.remove(frame);
        }

        /** What was sent before is transmitted before. */
        void close(final Runnable done) {
            closed = true;
            queue.add(new Closing(System.nanoTime(), done));
        }

        private void transmit(final NetBufferList nbls) {
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                circuit.deliver(nbl);
            }
            completion.complete(nbls);
        }

        private void lose(final NetBufferList nbls) {
            lost.accept(nbls);
        }
    }

    /** PDUs on their way to the wire. */
    private record Frame(Port port, NetBufferList nbls, long due) implements Work {
        @Override
        public void perform() {
            port.transmit(nbls);
        }

        @Override
        public void drop() {
            port.lose(nbls);
        }
    }

    /** A circuit that is being closed. */
    private record Closing(long due, Runnable done) implements Work {
        @Override
        public void perform() {
            done.run();
        }

        @Override
        public void drop() {
            // who halts the NIC has closed what it wants to see closed
        }
    }
}
