// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.nbl;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A fixed number of NBLs with buffers of one size, {@code NdisAllocateNetBufferListPool}. Safe for any number of threads;
 * neither allocating nor freeing takes a lock or makes garbage.
 * <p>
 * The free NBLs are a stack, so that the warmest buffer is used first. Its head holds a count of all changes beside the index of
 * the topmost NBL: without the count a thread that was held up between reading and swapping the head could put back an NBL that
 * was allocated and freed meanwhile.
 */
public final class NetBufferListPool {
    private static final int ALLOCATED = -2;
    private static final int END = -1;
    private static final long INDEX_MASK = 0xFFFF_FFFFL;

    private final String name;
    private final NetBufferList[] all;
    private final AtomicIntegerArray below;
    private final AtomicLong top = new AtomicLong();

    /**
     * Makes a pool.
     *
     * @param name the name of the pool in messages
     * @param capacity number of NBLs, 1 or more
     * @param bufferBytes size of each buffer in bytes, 1 or more
     * @throws IllegalArgumentException if a number is less than 1
     */
    public NetBufferListPool(final String name, final int capacity, final int bufferBytes) {
        this.name = Objects.requireNonNull(name, "name");
        if (capacity < 1 || bufferBytes < 1) {
            throw new IllegalArgumentException("pool '" + name
                    + "' needs a capacity and a buffer size of 1 or more, not " + capacity + " and " + bufferBytes);
        }
        all = new NetBufferList[capacity];
        below = new AtomicIntegerArray(capacity);
        for (int i = 0; i < capacity; i++) {
            all[i] = new NetBufferList(this, i, ByteBuffer.allocateDirect(bufferBytes));
            below.set(i, i + 1 < capacity ? i + 1 : END);
        }
        top.set(0);
    }

    /**
     * Takes one NBL: a chain of one, its buffer cleared for writing.
     *
     * @return the NBL, or {@code null} when the pool is exhausted
     */
    public NetBufferList allocate() {
        while (true) {
            final long head = top.get();
            final int index = (int) head;
            if (index == END) {
                return exhausted();
            }
            if (top.compareAndSet(head, successor(head, below.get(index)))) {
                below.set(index, ALLOCATED);
                return all[index];
            }
        }
    }

    private static NetBufferList exhausted() {
        final NetBufferList none = null;
        return none;
    }

    void free(final NetBufferList nbl) {
        nbl.tellGuard();
        final int index = nbl.index();
        if (!below.compareAndSet(index, ALLOCATED, END)) {
            throw new IllegalStateException(nbl + " is free already");
        }
        // now, not when it is allocated again: a free NBL keeps neither a VC nor a driver's object alive
        nbl.clear();
        while (true) {
            final long head = top.get();
            below.set(index, (int) head);
            if (top.compareAndSet(head, successor(head, index))) {
                return;
            }
        }
    }

    private static long successor(final long head, final int index) {
        return ((head >>> 32) + 1) << 32 | (index & INDEX_MASK);
    }

    /**
     * The name of the pool.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * How many NBLs the pool has in all.
     *
     * @return the capacity
     */
    public int capacity() {
        return all.length;
    }

    /**
     * How many NBLs are out. Walks the whole pool: meant for tests and tables, not for the data path. Exact when nobody
     * allocates or frees meanwhile.
     *
     * @return number of allocated NBLs
     */
    public int outstanding() {
        int count = 0;
        for (int i = 0; i < all.length; i++) {
            if (below.get(i) == ALLOCATED) {
                count++;
            }
        }
        return count;
    }

    /**
     * Shows every NBL that is out, whoever has it. For the core, which takes NBLs back from a driver that does not answer; nobody else may touch
     * what is another's.
     *
     * @param action looks at each
     */
    public void forEachOutstanding(final Consumer<NetBufferList> action) {
        for (int i = 0; i < all.length; i++) {
            if (below.get(i) == ALLOCATED) {
                action.accept(all[i]);
            }
        }
    }

    @Override
    public String toString() {
        return "pool '" + name + "', " + outstanding() + " of " + all.length + " NBLs out";
    }
}
