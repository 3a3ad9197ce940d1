// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.rig;

import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.nbl.NetBufferListQueue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The packets of one VC, as the kit sends and receives them. Thread safe. */
public final class Traffic {
    /**
     * A sent PDU that came back.
     *
     * @param content what was sent
     * @param intact whether it came back as it was sent
     * @param status what became of it
     */
    public record Completed(Octets content, boolean intact, NdisStatus status) {}

    private static final String MARK = "tck pdu ";
    private static final int OCTETS = 64;
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final NetBufferListPool pool;
    private final IdentityHashMap<NetBufferList, Octets> outstanding = new IdentityHashMap<>();
    private final List<Completed> completed = new ArrayList<>();
    private final List<Octets> received = new ArrayList<>();
    private final Deque<NetBufferList> held = new ArrayDeque<>();
    private final List<Octets> heldContents = new ArrayList<>();
    private int damagedWhileHeld;
    private boolean holding;

    /**
     * Makes the traffic of a VC.
     *
     * @param pool where its packets come from
     */
    public Traffic(final NetBufferListPool pool) {
        this.pool = pool;
    }

    /**
     * A PDU that is like no other.
     *
     * @return its octets
     */
    public static Octets content() {
        return content(OCTETS);
    }

    /**
     * A PDU that is like no other.
     *
     * @param length its length in octets
     * @return its octets
     */
    public static Octets content(final int length) {
        final byte[] octets = new byte[length];
        Arrays.fill(octets, (byte) '.');
        final byte[] text = (MARK + NUMBERS.incrementAndGet() + " ").getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, octets, 0, Math.min(text.length, length));
        return Octets.of(octets);
    }

    /**
     * Tells the kit's PDUs from those that a driver signals with.
     *
     * @param content the octets of a PDU
     * @return {@code true} if {@link #content()} made it
     */
    public static boolean isOurs(final Octets content) {
        return content.toText().startsWith(MARK);
    }

    // --- sending

    /**
     * Makes a chain of fresh PDUs that counts as sent from now on.
     *
     * @param count how many
     * @return the head of the chain
     */
    public NetBufferList chain(final int count) {
        final List<Octets> contents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            contents.add(content());
        }
        return chain(pool, contents);
    }

    /**
     * Makes a chain that counts as sent from now on.
     *
     * @param from where the NBLs come from
     * @param contents the PDUs
     * @return the head of the chain
     */
    public synchronized NetBufferList chain(final NetBufferListPool from, final List<Octets> contents) {
        final NetBufferListQueue queue = new NetBufferListQueue();
        for (final Octets content : contents) {
            final NetBufferList nbl = from.allocate();
            if (nbl == null) {
                throw new Unmet("the kit's packets are used up: " + from);
            }
            nbl.fill(content.toByteArray());
            outstanding.put(nbl, content);
            queue.add(nbl);
        }
        return queue.takeAll();
    }

    /**
     * Sent PDUs came back.
     *
     * @param nbls the chain
     */
    public synchronized void completed(final NetBufferList nbls) {
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            final Octets sent = outstanding.remove(nbl);
            if (sent != null) {
                completed.add(new Completed(sent, sent.equals(Octets.of(nbl.toByteArray())), nbl.status()));
            }
        }
        nbls.freeChain();
    }

    /**
     * What came back.
     *
     * @return the PDUs in the order in which they came back
     */
    public synchronized List<Completed> completed() {
        return List.copyOf(completed);
    }

    /**
     * How many sent PDUs are not back.
     *
     * @return the number
     */
    public synchronized int outstanding() {
        return outstanding.size();
    }

    // --- receiving

    /**
     * PDUs came in.
     *
     * @param nbls the chain
     * @param flags flags of the indication
     * @param giveBack returns what is not kept
     */
    public void received(final NetBufferList nbls, final int flags, final Consumer<NetBufferList> giveBack) {
        if (take(nbls, (flags & NblFlags.RECEIVE_RESOURCES) != 0)) {
            giveBack.accept(nbls);
        }
    }

    private synchronized boolean take(final NetBufferList nbls, final boolean lent) {
        final List<Octets> contents = contentsOf(nbls);
        received.addAll(contents);
        if (lent) {
            return false;
        }
        if (holding) {
            held.add(nbls);
            heldContents.addAll(contents);
        }
        return !holding;
    }

    private static List<Octets> contentsOf(final NetBufferList nbls) {
        final List<Octets> contents = new ArrayList<>();
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            contents.add(Octets.of(nbl.toByteArray()));
        }
        return contents;
    }

    /** Keeps what comes in from now on. */
    public synchronized void hold() {
        holding = true;
    }

    /**
     * Gives back what was kept.
     *
     * @param giveBack returns a chain
     */
    public void release(final Consumer<NetBufferList> giveBack) {
        final List<NetBufferList> chains;
        synchronized (this) {
            final List<Octets> now = new ArrayList<>();
            held.forEach(chain -> now.addAll(contentsOf(chain)));
            damagedWhileHeld += now.equals(heldContents) ? 0 : 1;
            holding = false;
            chains = List.copyOf(held);
            held.clear();
            heldContents.clear();
        }
        chains.forEach(giveBack);
    }

    /**
     * What came in.
     *
     * @return the PDUs in the order in which they came
     */
    public synchronized List<Octets> received() {
        return List.copyOf(received);
    }

    /**
     * Tells whether what was kept was the same when it was given back.
     *
     * @return {@code true} if so
     */
    public synchronized boolean isHeldIntact() {
        return damagedWhileHeld == 0;
    }
}
