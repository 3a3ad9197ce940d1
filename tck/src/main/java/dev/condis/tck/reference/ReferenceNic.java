// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.reference;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidTable;
import dev.condis.api.status.LinkState;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The hardware of the reference drivers: one thread that transmits and receives in the order of what it is given, a table of circuits,
 * and buffers for what comes in. Running from {@link #start(Consumer)} to {@link #stop}.
 */
public final class ReferenceNic {
    /** The longest PDU in octets. */
    public static final int MAX_PDU = 1500;
    /** How many VCs it has. */
    public static final int MAX_VCS = 8;

    private static final int NDIS_MEDIUM_ATM = 9;
    private static final int VENDOR = 0x00FF_FFFF;
    /** In 100 bit/s. */
    private static final int SPEED = (int) (ReferenceNetwork.RATE * Byte.SIZE / 100);

    private static final int BUFFERS = 256;
    private static final long PATIENCE_SECONDS = 10;
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final ReferenceNetwork network;
    private final Map<Integer, ReferenceChannel> circuits = new ConcurrentHashMap<>();
    private final AtomicInteger vcs = new AtomicInteger();
    private final AtomicInteger resets = new AtomicInteger();
    private final NetBufferListPool pool = new NetBufferListPool("reference receive", BUFFERS, MAX_PDU);
    private final Object returns = new Object();
    private final Queue<CompletableFuture<NdisStatus>> waiting = new ConcurrentLinkedQueue<>();
    private final String name;
    private volatile ExecutorService wire;
    private final ReferenceCounters counters = new ReferenceCounters(information());
    private volatile Consumer<LinkState> indicateLink = state -> {};
    private volatile boolean removed;
    private volatile boolean lending;
    private volatile boolean paused;

    /**
     * Makes the hardware; it has no thread yet.
     *
     * @param network what it is attached to
     */
    public ReferenceNic(final ReferenceNetwork network) {
        this.network = network;
        name = "reference-nic-" + NUMBERS.incrementAndGet();
        wire = newThread();
    }

    private ExecutorService newThread() {
        return Executors.newSingleThreadExecutor(task -> new Thread(task, name));
    }

    private static OidTable.Builder information() {
        return OidTable.ofMiniport()
                .query(Oid.GEN_CO_HARDWARE_STATUS, () -> OidTable.u32(0))
                .query(Oid.GEN_CO_MEDIA_SUPPORTED, () -> OidTable.u32(NDIS_MEDIUM_ATM))
                .query(Oid.GEN_CO_MEDIA_IN_USE, () -> OidTable.u32(NDIS_MEDIUM_ATM))
                .query(Oid.GEN_CO_LINK_SPEED, () -> OidTable.u32(SPEED, SPEED))
                .query(Oid.GEN_CO_VENDOR_ID, () -> OidTable.u32(VENDOR))
                .query(Oid.GEN_CO_VENDOR_DESCRIPTION, () -> OidTable.text("Condis reference NIC"))
                .query(Oid.GEN_CO_DRIVER_VERSION, () -> Octets.of((byte) 0, (byte) 6))
                .set(Oid.GEN_CO_PROTOCOL_OPTIONS, Integer.BYTES, ReferenceNic::protocolOptions)
                .query(Oid.GEN_CO_MAC_OPTIONS, () -> OidTable.u32(0))
                .query(Oid.GEN_CO_MEDIA_CONNECT_STATUS, () -> OidTable.u32(0))
                .query(Oid.GEN_CO_VENDOR_DRIVER_VERSION, () -> OidTable.u32(1))
                .query(Oid.GEN_CO_MINIMUM_LINK_SPEED, () -> OidTable.u32(SPEED, SPEED))
                .unsupported(Oid.GEN_CO_GET_TIME_CAPS);
    }

    /** No option means anything to this NIC. */
    private static NdisStatus protocolOptions(final Octets options) {
        return OidTable.number(options) == 0 ? NdisStatus.SUCCESS : NdisStatus.INVALID_DATA;
    }

    /**
     * What the NIC knows of itself, and its statistics.
     *
     * @return the answers
     */
    public ReferenceCounters counters() {
        return counters;
    }

    /**
     * Attaches to the network.
     *
     * @param link hears on the NIC's thread when the link changes
     */
    public void start(final Consumer<LinkState> link) {
        indicateLink = link;
        removed = false;
        paused = false;
        if (wire.isShutdown()) {
            wire = newThread();
        }
        network.attach(new ReferenceNetwork.Receiver() {
            @Override
            public void receive(final int circuit, final Octets pdu) {
                onWire(() -> received(circuit, pdu));
            }

            @Override
            public void linkChanged(final boolean up) {
                onWire(() -> indicateLink.accept(
                        up ? LinkState.connected(ReferenceNetwork.RATE * Byte.SIZE) : LinkState.disconnected()));
            }
        });
    }

    /** Detaches, waits until every indicated NBL is back (rule R220), and ends the thread. */
    public void stop() {
        network.detach();
        awaitReturns();
        endThread();
    }

    /** Waits until every indicated NBL is back. */
    public void awaitReturns() {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        synchronized (returns) {
            long left = deadline - System.nanoTime();
            while ((pool.outstanding() > 0 || !waiting.isEmpty()) && left > 0) {
                waitFor(left);
                left = deadline - System.nanoTime();
            }
        }
    }

    private void waitFor(final long nanos) {
        try {
            TimeUnit.NANOSECONDS.timedWait(returns, nanos);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Detaches from the network without waiting for anything. */
    public void detach() {
        network.detach();
    }

    /** Does what is queued, and ends the thread. */
    public void endThread() {
        wire.shutdown();
        try {
            if (!wire.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                wire.shutdownNow();
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The hardware is gone: nothing is transmitted or received any more. */
    public void remove() {
        removed = true;
        network.detach();
    }

    /**
     * Tells whether the hardware is gone.
     *
     * @return {@code true} after {@link #remove}
     */
    public boolean isRemoved() {
        return removed;
    }

    /**
     * Stops sending and receiving (rule R218).
     *
     * @return completes when what was on its way is through and every indicated NBL is back
     */
    public CompletionStage<NdisStatus> pause() {
        final CompletableFuture<NdisStatus> done = new CompletableFuture<>();
        onWire(() -> {
            paused = true;
            waiting.add(done);
            returned();
        });
        return done;
    }

    /** Sends and receives again. */
    public void restart() {
        paused = false;
    }

    /**
     * Brings the hardware to a known state: what was given to it before is through then.
     *
     * @return completes when it is
     */
    public CompletionStage<NdisResult<MiniportDriver.AddressingReset>> reset() {
        final CompletableFuture<NdisResult<MiniportDriver.AddressingReset>> done = new CompletableFuture<>();
        onWire(() -> {
            resets.incrementAndGet();
            done.complete(NdisResult.success(MiniportDriver.AddressingReset.KEPT));
        });
        return done;
    }

    /**
     * How often it was reset.
     *
     * @return the number
     */
    public int resets() {
        return resets.get();
    }

    /**
     * Tells whether it neither sends nor receives.
     *
     * @return {@code true} between {@link #pause} and {@link #restart}
     */
    public boolean isPaused() {
        return paused;
    }

    /**
     * Whether what comes in is only lent to the receiver, {@code RECEIVE_RESOURCES}.
     *
     * @param lends {@code true} to lend from now on
     */
    public void lending(final boolean lends) {
        lending = lends;
    }

    /**
     * Tells whether what comes in is lent.
     *
     * @return {@code true} if so
     */
    public boolean isLending() {
        return lending;
    }

    /**
     * Runs something on the NIC's thread, after all that was given to it before.
     *
     * @param task what to run
     */
    public void onWire(final Runnable task) {
        try {
            wire.execute(task);
        } catch (final RejectedExecutionException e) {
            // the NIC has been stopped: whoever still wants something is answered in its own thread, so that nobody
            // waits for ever
            task.run();
        }
    }

    /**
     * The network.
     *
     * @return what the NIC is attached to
     */
    public ReferenceNetwork network() {
        return network;
    }

    /**
     * The buffers for what comes in.
     *
     * @return the pool
     */
    public NetBufferListPool pool() {
        return pool;
    }

    /**
     * Takes a VC into use.
     *
     * @return {@code false} when all are in use
     */
    public boolean takeVc() {
        if (vcs.incrementAndGet() > MAX_VCS) {
            vcs.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Gives a VC back. */
    public void freeVc() {
        vcs.decrementAndGet();
    }

    /**
     * Gives a circuit to a channel.
     *
     * @param circuit the circuit
     * @param channel the channel
     * @return {@code false} when another channel has it
     */
    boolean claim(final int circuit, final ReferenceChannel channel) {
        final ReferenceChannel owner = circuits.putIfAbsent(circuit, channel);
        return owner == null || owner == channel;
    }

    void unclaim(final int circuit, final ReferenceChannel channel) {
        circuits.remove(circuit, channel);
    }

    private void received(final int circuit, final Octets pdu) {
        final ReferenceChannel channel = circuits.get(circuit);
        if (channel != null && !removed && !paused) {
            channel.receive(pdu);
        }
    }

    /** Some indicated NBLs are back. */
    void returned() {
        if (pool.outstanding() == 0) {
            waiting.forEach(done -> done.complete(NdisStatus.SUCCESS));
            waiting.removeIf(CompletableFuture::isDone);
        }
        synchronized (returns) {
            returns.notifyAll();
        }
    }
}
