// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.nbl;

import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;

/**
 * One PDU with its out-of-band data, {@code NET_BUFFER_LIST}: payload in a direct buffer, an intrusive link that makes
 * chains, a status and the VC it travels on.
 * <p>
 * An NBL has one owner at a time (contract B.12). Whoever handed it on must not even look at it until it comes back (rules
 * R182, R187); so the class needs no synchronisation of its own, the hand-over provides the happens-before edge.
 * <p>
 * A chain is named by its head. The head carries the number of NBLs in the chain, so that a chain costs no more to count than
 * one NBL. The end of a chain is a {@code null} link: this package is the data path, where an {@code Optional} each PDU is not
 * free. Chains are built with {@link NetBufferListQueue} and taken apart with {@link #detach()}.
 */
public final class NetBufferList {
    private static final VarHandle NDIS_RESERVED;

    static {
        try {
            NDIS_RESERVED = MethodHandles.lookup().findVarHandle(NetBufferList.class, "ndisReserved", Object.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final NetBufferListPool pool;
    private final int index;
    private final ByteBuffer data;

    private NetBufferList next;
    private int chainLength = 1;
    private NdisStatus status = NdisStatus.SUCCESS;
    private NdisVcHandle sourceHandle;
    private Object ndisReserved;
    private boolean composite;
    private long ordinal;
    private long timestampNanos;
    private long cancelId;
    private Object context;
    private NetBufferListGuard guard;

    NetBufferList(final NetBufferListPool pool, final int index, final ByteBuffer data) {
        this.pool = pool;
        this.index = index;
        this.data = data;
    }

    /**
     * The payload: the PDU lies between position and limit. Reading or writing it moves these as usual; who hands the NBL on
     * leaves them around the PDU.
     *
     * @return the buffer, always the same one
     */
    public ByteBuffer data() {
        return data;
    }

    /**
     * Length of the PDU.
     *
     * @return bytes between position and limit
     */
    public int length() {
        return data.remaining();
    }

    /**
     * Replaces the PDU.
     *
     * @param source the octets from its position to its limit, which are consumed
     * @return this
     * @throws java.nio.BufferOverflowException if the PDU does not fit
     */
    public NetBufferList fill(final ByteBuffer source) {
        data.clear();
        data.put(source);
        data.flip();
        return this;
    }

    /**
     * Replaces the PDU.
     *
     * @param source the octets
     * @return this
     * @throws java.nio.BufferOverflowException if the PDU does not fit
     */
    public NetBufferList fill(final byte[] source) {
        data.clear();
        data.put(source);
        data.flip();
        return this;
    }

    /**
     * A copy of the PDU; position and limit stay.
     *
     * @return a new array
     */
    public byte[] toByteArray() {
        final byte[] copy = new byte[data.remaining()];
        data.get(data.position(), copy);
        return copy;
    }

    /**
     * The NBL behind this one in its chain.
     *
     * @return the next NBL, or {@code null} at the end of the chain
     */
    public NetBufferList next() {
        return next;
    }

    /**
     * How many NBLs the chain has.
     *
     * @return 1 or more at the head of a chain, 0 in its middle
     */
    public int chainLength() {
        return chainLength;
    }

    /**
     * Takes this head off its chain, which makes it a chain of one.
     *
     * @return the head of the rest, or {@code null} when there is none
     */
    public NetBufferList detach() {
        final NetBufferList rest = next;
        if (rest != null) {
            rest.chainLength = chainLength - 1;
            rest.sourceHandle = sourceHandle;
            rest.composite = composite;
            if (!composite) {
                rest.ndisReserved = ndisReserved;
                rest.ordinal = ordinal + 1;
            }
            next = null;
            chainLength = 1;
        }
        return rest;
    }

    void link(final NetBufferList following) {
        next = following;
    }

    /** The last NBL of the chain; on the way there every NBL is given what only the head had. */
    NetBufferList last() {
        NetBufferList nbl = this;
        while (nbl.next != null) {
            if (!composite) {
                nbl.next.ordinal = nbl.ordinal + 1;
                nbl.next.ndisReserved = ndisReserved;
            }
            nbl = nbl.next;
            nbl.sourceHandle = sourceHandle;
        }
        return nbl;
    }

    void chainLength(final int length) {
        chainLength = length;
    }

    /**
     * What became of the PDU; the miniport sets it before it completes a send (rule R179).
     *
     * @return the status
     */
    public NdisStatus status() {
        return status;
    }

    /**
     * Sets what became of the PDU.
     *
     * @param newStatus the status
     */
    public void setStatus(final NdisStatus newStatus) {
        status = Objects.requireNonNull(newStatus, "status");
    }

    /**
     * Sets one status on every NBL of a chain.
     *
     * @param newStatus the status
     */
    public void setChainStatus(final NdisStatus newStatus) {
        Objects.requireNonNull(newStatus, "status");
        for (NetBufferList nbl = this; nbl != null; nbl = nbl.next) {
            nbl.status = newStatus;
        }
    }

    /**
     * The VC that the chain travels on, {@code SourceHandle} (rule R176). Valid at the head of a chain: all NBLs of a chain travel on
     * one VC, and {@link #detach()} and {@link NetBufferListQueue} hand it on when a chain is taken apart.
     *
     * @return the handle, empty when the NBL was never sent nor indicated since it was allocated
     */
    public Optional<NdisVcHandle> sourceHandle() {
        return Optional.ofNullable(sourceHandle);
    }

    /**
     * Tells whether the chain travels on a VC; valid at its head; allocates nothing.
     *
     * @param handle the VC
     * @return {@code true} when it is the source handle
     */
    public boolean isFrom(final NdisVcHandle handle) {
        return sourceHandle == handle;
    }

    /**
     * Names the VC that the chain travels on. The core does it when a chain is sent or indicated.
     *
     * @param handle the handle of the VC
     */
    public void setSourceHandle(final NdisVcHandle handle) {
        // a store of a reference costs more than a look at one, and most NBLs travel on one VC again and again
        if (sourceHandle != Objects.requireNonNull(handle, "handle")) {
            sourceHandle = handle;
        }
    }

    /**
     * Notes who has the chain below the core, {@code NdisReserved}: the core's, nobody else sets it. Valid at the head of a chain, and handed
     * on with the source handle.
     *
     * @param holder who has it
     * @param number its place in the order in which NBLs went that way; those behind it in the chain have the following ones
     */
    public void setNdisReserved(final Object holder, final long number) {
        if (ndisReserved != Objects.requireNonNull(holder, "holder")) {
            ndisReserved = holder;
        }
        ordinal = number;
    }

    /**
     * Tells who has the chain below the core; valid at its head.
     *
     * @param holder who may have it
     * @return {@code true} when it has
     */
    public boolean isNdisReservedBy(final Object holder) {
        return NDIS_RESERVED.getOpaque(this) == holder;
    }

    /**
     * Who has the NBL below the core.
     *
     * @return what the core has noted, empty when nobody has it there
     */
    public Optional<Object> ndisReserved() {
        return Optional.ofNullable(NDIS_RESERVED.getAcquire(this));
    }

    /**
     * Takes the chain from whoever has it below the core. Of several who try, one succeeds: an NBL comes back once.
     *
     * @param holder who has it
     * @return {@code false} when it has not, or not any more
     */
    public boolean clearNdisReserved(final Object holder) {
        final boolean taken = NDIS_RESERVED.compareAndSet(this, holder, null);
        if (taken && composite) {
            composite = false;
            for (NetBufferList nbl = next; nbl != null; nbl = nbl.next) {
                nbl.ndisReserved = null;
            }
        }
        return taken;
    }

    boolean isUnderWay() {
        return ndisReserved != null;
    }

    /** The chain was put together while somebody below the core had it, so that not only its head names the holder. */
    void composite() {
        composite = true;
    }

    /**
     * The place of the NBL in the order in which NBLs went down.
     *
     * @return the number that {@link #setNdisReserved} gave
     */
    public long ordinal() {
        return ordinal;
    }

    /**
     * Makes an NBL that was taken from a driver that does not answer a chain of one, wherever that driver has linked it.
     *
     * @return this
     */
    public NetBufferList unlinked() {
        next = null;
        chainLength = 1;
        composite = false;
        return this;
    }

    /**
     * The pool that the NBL came from.
     *
     * @return the pool
     */
    public NetBufferListPool pool() {
        return pool;
    }

    /**
     * When the PDU was received, or is to be sent.
     *
     * @return nanoseconds since 1970-01-01T00:00Z, 0 when not stamped
     */
    public long timestampNanos() {
        return timestampNanos;
    }

    /**
     * Stamps the PDU.
     *
     * @param nanos nanoseconds since 1970-01-01T00:00Z
     */
    public void setTimestampNanos(final long nanos) {
        timestampNanos = nanos;
    }

    /**
     * By what the send of the PDU can be cancelled, {@code NDIS_SET_NET_BUFFER_LIST_CANCEL_ID} (sequence S28).
     *
     * @return the cancel id, 0 when there is none
     */
    public long cancelId() {
        return cancelId;
    }

    /**
     * Marks the NBL, so that its send can be cancelled together with all that have the same mark.
     *
     * @param newCancelId the cancel id, 0 for none
     */
    public void setCancelId(final long newCancelId) {
        cancelId = newCancelId;
    }

    /**
     * Whatever the driver that allocated the NBL keeps with it; nobody else touches it.
     *
     * @return the context, empty when none was set since the NBL was allocated
     */
    public Optional<Object> context() {
        return Optional.ofNullable(context);
    }

    /**
     * Keeps something with the NBL until it is freed.
     *
     * @param newContext what to keep
     */
    public void setContext(final Object newContext) {
        context = Objects.requireNonNull(newContext, "context");
    }

    /**
     * Who watches the NBL.
     *
     * @return the guard, empty when nobody has set one since the NBL was allocated
     */
    public Optional<NetBufferListGuard> guard() {
        return Optional.ofNullable(guard);
    }

    /**
     * Watches the NBL until it is freed.
     *
     * @param newGuard is told when it is freed
     */
    public void setGuard(final NetBufferListGuard newGuard) {
        guard = Objects.requireNonNull(newGuard, "guard");
    }

    /**
     * Gives every NBL of the chain back to the pool it came from.
     *
     * @throws IllegalStateException if one of them is free already, or its guard keeps it; those before it were given back
     */
    public void freeChain() {
        NetBufferList nbl = this;
        while (nbl != null) {
            final NetBufferList following = nbl.detach();
            nbl.pool.free(nbl);
            nbl = following;
        }
    }

    int index() {
        return index;
    }

    void tellGuard() {
        if (guard != null) {
            guard.freeing(this);
        }
    }

    void clear() {
        data.clear();
        next = null;
        chainLength = 1;
        status = NdisStatus.SUCCESS;
        sourceHandle = null;
        ndisReserved = null;
        composite = false;
        ordinal = 0;
        timestampNanos = 0;
        cancelId = 0;
        context = null;
        guard = null;
    }

    @Override
    public String toString() {
        return "nbl#" + index + " of " + pool.name() + ", " + length() + " bytes, " + status;
    }
}
