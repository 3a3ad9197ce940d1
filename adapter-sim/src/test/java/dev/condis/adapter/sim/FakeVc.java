// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.api.NdisVcHandle;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.status.StatusIndication;
import java.util.ArrayList;
import java.util.List;

/** The core's side of a VC, by hand: writes down what the miniport does, keeps received NBLs if told. */
final class FakeVc implements MiniportVc {

    private final NdisVcHandle handle = new NdisVcHandle() {
        @Override
        public String toString() {
            return "fake";
        }
    };

    final List<String> completions = new ArrayList<>();
    final List<byte[]> received = new ArrayList<>();
    final List<NetBufferList> kept = new ArrayList<>();
    final List<Integer> receiveFlags = new ArrayList<>();
    final List<Long> timestamps = new ArrayList<>();
    final List<String> statuses = new ArrayList<>();
    SimVc context;
    boolean keep;

    @Override
    public NdisVcHandle handle() {
        return handle;
    }

    @Override
    public void sendNetBufferListsComplete(NetBufferList nbls, int flags) {
        NetBufferList nbl = nbls;
        while (nbl != null) {
            completions.add(nbl.status().name());
            nbl = nbl.next();
        }
        nbls.freeChain();
    }

    @Override
    public void indicateReceiveNetBufferLists(NetBufferList nbls, int flags) {
        NetBufferList nbl = nbls;
        while (nbl != null) {
            received.add(nbl.toByteArray());
            timestamps.add(nbl.timestampNanos());
            nbl = nbl.next();
        }
        receiveFlags.add(flags);
        if ((flags & NblFlags.RECEIVE_RESOURCES) != 0) {
            return;
        }
        if (keep) {
            kept.add(nbls);
        } else {
            context.returnNetBufferLists(nbls, NblFlags.NONE);
        }
    }

    @Override
    public void indicateStatus(StatusIndication indication) {
        statuses.add(indication.code().toString());
    }

    void giveBack() {
        kept.forEach(chain -> context.returnNetBufferLists(chain, NblFlags.NONE));
        kept.clear();
    }
}
