// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.nbl;

/**
 * A first-in first-out queue of NBLs, linked through the NBLs themselves: it allocates nothing. It may hold NBLs of several VCs; each
 * that is polled names its own. Confined to one thread, or guarded by its owner's lock.
 */
public final class NetBufferListQueue {
    private NetBufferList head;
    private NetBufferList tail;
    private int size;
    private boolean underWay;

    /** Makes an empty queue. */
    public NetBufferListQueue() {
        // nothing to set up
    }

    /**
     * Appends a chain.
     *
     * @param chain head of the chain; it belongs to the queue from now on
     */
    public void add(final NetBufferList chain) {
        size += chain.chainLength();
        underWay |= chain.isUnderWay();
        if (head == null) {
            head = chain;
        } else {
            tail.link(chain);
            // it is the head of nothing any more: whoever takes it for one finds out
            chain.chainLength(0);
        }
        tail = chain.last();
    }

    /**
     * Takes the first NBL.
     *
     * @return a chain of one, or {@code null} when the queue is empty
     */
    public NetBufferList poll() {
        final NetBufferList first = head;
        if (first != null) {
            head = first.next();
            first.link(null);
            first.chainLength(1);
            size--;
            if (head == null) {
                tail = null;
            }
        }
        return first;
    }

    /**
     * Takes everything as one chain; its head carries the number of NBLs. Only a queue that holds NBLs of one VC makes a chain that the
     * core takes.
     *
     * @return head of the chain, or {@code null} when the queue is empty
     */
    public NetBufferList takeAll() {
        final NetBufferList chain = head;
        if (chain != null) {
            chain.chainLength(size);
            if (underWay) {
                chain.composite();
                underWay = false;
            }
            head = null;
            tail = null;
            size = 0;
        }
        return chain;
    }

    /**
     * How many NBLs the queue holds.
     *
     * @return the number of NBLs
     */
    public int size() {
        return size;
    }

    /**
     * Tells whether the queue is empty.
     *
     * @return {@code true} when there is nothing in it
     */
    public boolean isEmpty() {
        return head == null;
    }
}
