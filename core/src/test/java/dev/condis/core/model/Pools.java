// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.nbl.NetBufferListQueue;
import java.util.ArrayList;
import java.util.List;

/** The NBLs of a run: of the client and of the miniport. Runs that leave nothing outstanding share them. */
record Pools(NetBufferListPool client, NetBufferListPool miniport) {
    private static final int CAPACITY = 256;
    private static final int BYTES = 16;
    private static Pools shared = fresh();

    static synchronized Pools borrow() {
        if (shared.outstanding() > 0) {
            shared = fresh();
        }
        return shared;
    }

    private static Pools fresh() {
        return new Pools(
                new NetBufferListPool("client", CAPACITY, BYTES), new NetBufferListPool("miniport", CAPACITY, BYTES));
    }

    int outstanding() {
        return client.outstanding() + miniport.outstanding();
    }

    /** As many NBLs as there are, at most so many. */
    static List<NetBufferList> take(final NetBufferListPool pool, final int count) {
        final List<NetBufferList> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final NetBufferList nbl = pool.allocate();
            if (nbl != null) {
                taken.add(nbl);
            }
        }
        return taken;
    }

    static NetBufferList chain(final List<NetBufferList> nbls) {
        final NetBufferListQueue queue = new NetBufferListQueue();
        nbls.forEach(queue::add);
        return queue.takeAll();
    }

    /** The NBLs of a chain, which stays one. */
    static List<NetBufferList> listOf(final NetBufferList chain) {
        final List<NetBufferList> nbls = new ArrayList<>();
        for (NetBufferList nbl = chain; nbl != null; nbl = nbl.next()) {
            nbls.add(nbl);
        }
        return nbls;
    }

    /** The NBLs of a chain, taken apart. */
    static List<NetBufferList> apart(final NetBufferList chain) {
        final List<NetBufferList> nbls = new ArrayList<>();
        NetBufferList nbl = chain;
        while (nbl != null) {
            final NetBufferList rest = nbl.detach();
            nbls.add(nbl);
            nbl = rest;
        }
        return nbls;
    }
}
