// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.swap;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** A NIC with a thread of its own, which transmits and completes, in its order. It can be made to misbehave. */
final class WireNic implements CoMiniport {
    private static final int BUFFERS = 8192;

    private final String name;
    private final Wire wire;
    private final Set<NicVc> vcs = ConcurrentHashMap.newKeySet();
    private final NetBufferListPool pool;
    private ExecutorService io;
    private volatile MiniportAdapter adapter;

    /** Nothing is transmitted nor completed any more. */
    volatile boolean hangs;

    /** Sends throw. */
    volatile boolean throwsOnSend;

    /** No more circuits than this are activated. */
    volatile int capacity = Integer.MAX_VALUE;

    WireNic(final String name, final Wire wire) {
        this.name = name;
        this.wire = wire;
        pool = new NetBufferListPool("received by " + name, BUFFERS, Wire.PDU);
    }

    NetBufferListPool pool() {
        return pool;
    }

    MiniportAdapter adapter() {
        return adapter;
    }

    int circuits() {
        return vcs.size();
    }

    @Override
    public NdisStatus initialize(final MiniportAdapter handle) {
        adapter = handle;
        hangs = false;
        throwsOnSend = false;
        io = Executors.newSingleThreadExecutor(task -> new Thread(task, "io of " + name));
        // its thread is there whether or not anything passes
        io.execute(() -> {});
        return NdisStatus.SUCCESS;
    }

    @Override
    public NdisResult<MiniportVcContext> createVc(final MiniportVc vc) {
        return NdisResult.success(new NicVc(vc));
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vc, final OidRequest request) {
        return OidResult.failure(NdisStatus.INVALID_OID).asStage();
    }

    /** When it has returned, no buffer is touched any more. */
    @Override
    public void surpriseRemoved() {
        io.shutdownNow();
        awaitThread();
    }

    @Override
    public void halt(final HaltAction action) {
        io.shutdown();
        awaitThread();
    }

    private void awaitThread() {
        try {
            if (!io.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new AssertionError("the thread of " + name + " does not end");
            }
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    private final class NicVc implements MiniportVcContext, Wire.Receiver {
        private final MiniportVc vc;
        private volatile Wire.Circuit circuit;

        NicVc(final MiniportVc vc) {
            this.vc = vc;
        }

        @Override
        public CompletionStage<NdisResult<CallParameters>> activateVc(final CallParameters parameters) {
            if (vcs.size() >= capacity) {
                return NdisResult.<CallParameters>failure(NdisStatus.RESOURCES).asStage();
            }
            vcs.add(this);
            circuit = wire.circuit(parameters);
            circuit.attach(this);
            return NdisResult.success(parameters).asStage();
        }

        /** What was sent before is transmitted before. */
        @Override
        public CompletionStage<NdisStatus> deactivateVc() {
            final CompletableFuture<NdisStatus> done = new CompletableFuture<>();
            io.execute(() -> {
                circuit.detach(this);
                vcs.remove(this);
                done.complete(NdisStatus.SUCCESS);
            });
            return done;
        }

        @Override
        public NdisStatus deleteVc() {
            vcs.remove(this);
            return NdisStatus.SUCCESS;
        }

        @Override
        public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
            if (throwsOnSend) {
                throw new IllegalStateException(name + " is broken");
            }
            try {
                io.execute(() -> transmit(nbls));
            } catch (final RejectedExecutionException e) {
                // the hardware is gone, and so is what was given to it
                return;
            }
        }

        private void transmit(final NetBufferList nbls) {
            if (hangs) {
                return;
            }
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                circuit.transmit(nbl);
            }
            nbls.setChainStatus(NdisStatus.SUCCESS);
            vc.sendNetBufferListsComplete(nbls, NblFlags.NONE);
        }

        @Override
        public boolean receive(final long sequence) {
            final NetBufferList nbl = pool.allocate();
            if (nbl == null) {
                return false;
            }
            vc.indicateReceiveNetBufferLists(Wire.write(nbl, sequence), NblFlags.NONE);
            return true;
        }

        @Override
        public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
            nbls.freeChain();
        }
    }
}
