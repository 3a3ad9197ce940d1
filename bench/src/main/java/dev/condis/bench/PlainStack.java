// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench;

import dev.condis.api.NdisVcHandle;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcIndications;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.status.StatusIndication;

/** A client and a miniport joined by plain interface calls. */
final class PlainStack implements SendBenchmark.Stack, VcIndications, NdisVcHandle {
    private final Clients.Counting client;
    private final MiniportVcContext miniport;

    private PlainStack(final int kind) {
        client = Clients.create(kind);
        miniport = Miniports.create(kind, this);
    }

    static PlainStack create(final int kind) {
        return new PlainStack(kind);
    }

    @Override
    public void send(final NetBufferList nbls) {
        miniport.sendNetBufferLists(nbls, 0);
    }

    @Override
    public long completed() {
        return client.completed();
    }

    @Override
    public NdisVcHandle handle() {
        return this;
    }

    @Override
    public void sendNetBufferListsComplete(final NetBufferList nbls, final int flags) {
        client.sendNetBufferListsComplete(null, nbls, flags);
    }

    @Override
    public void indicateReceiveNetBufferLists(final NetBufferList nbls, final int flags) {
        nbls.freeChain();
    }

    @Override
    public void indicateStatus(final StatusIndication indication) {
        // nothing happens to a link that is a method call
    }
}
