// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest.nic;

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
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A NIC with a thread of its own, which activates, transmits and completes, in its order. It knows nothing of the test but the wire, which is told what
 * begins to listen to a circuit and answers what takes its frames; an empty frame means that nobody listens any more. So copies of this class in
 * other bundles can be attached to the same wire.
 */
public final class WireNic implements CoMiniport {
    private static final int BUFFERS = 8192;
    private static final int PDU = 64;
    private static final byte[] NOBODY_LISTENS = {};

    private final BiFunction<String, Predicate<byte[]>, Consumer<byte[]>> wire;
    private final NetBufferListPool pool = new NetBufferListPool("received", BUFFERS, PDU);
    private final Set<NicVc> vcs = ConcurrentHashMap.newKeySet();
    private volatile Fault fault = Fault.NONE;
    private ExecutorService io;

    /** What is wrong with the NIC. */
    public enum Fault {
        /** Nothing. */
        NONE,
        /** {@code MiniportInitializeEx} throws. */
        INITIALIZE_THROWS,
        /** {@code MiniportInitializeEx} answers a failure. */
        INITIALIZE_FAILS,
        /** {@code MiniportRestart} answers a failure. */
        RESTART_FAILS,
        /** {@code MiniportCoCreateVc} throws. */
        CREATE_THROWS,
        /** {@code MiniportCoActivateVc} answers a failure. */
        ACTIVATE_FAILS
    }

    /**
     * Attaches a NIC to a wire.
     *
     * @param wire the wire
     */
    public WireNic(final BiFunction<String, Predicate<byte[]>, Consumer<byte[]>> wire) {
        this.wire = wire;
    }

    /**
     * Breaks the NIC.
     *
     * @param next what is wrong with it from now on
     * @return this
     */
    public WireNic with(final Fault next) {
        fault = next;
        return this;
    }

    /**
     * How many buffers are with the protocol above.
     *
     * @return the number
     */
    public int outstanding() {
        return pool.outstanding();
    }

    /**
     * How many circuits end here.
     *
     * @return the number
     */
    public int circuits() {
        return vcs.size();
    }

    @Override
    public NdisStatus initialize(final MiniportAdapter handle) {
        if (fault == Fault.INITIALIZE_THROWS) {
            throw new IllegalStateException("the hardware is on fire");
        }
        if (fault == Fault.INITIALIZE_FAILS) {
            return NdisStatus.FAILURE;
        }
        io = Executors.newSingleThreadExecutor(task -> new Thread(task, "condis-sim-wire"));
        return NdisStatus.SUCCESS;
    }

    @Override
    public CompletionStage<NdisStatus> restart() {
        return (fault == Fault.RESTART_FAILS ? NdisStatus.FAILURE : NdisStatus.SUCCESS).asStage();
    }

    @Override
    public NdisResult<MiniportVcContext> createVc(final MiniportVc vc) {
        if (fault == Fault.CREATE_THROWS) {
            throw new IllegalStateException("no room for a VC");
        }
        return NdisResult.success(new NicVc(vc));
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vc, final OidRequest request) {
        return OidResult.failure(NdisStatus.INVALID_OID).asStage();
    }

    @Override
    public void halt(final HaltAction action) {
        io.shutdown();
        try {
            if (!io.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new AssertionError("the thread does not end");
            }
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private final class NicVc implements MiniportVcContext {
        private final MiniportVc vc;
        private volatile Consumer<byte[]> farEnd = frame -> {};

        NicVc(final MiniportVc vc) {
            this.vc = vc;
        }

        @Override
        public CompletionStage<NdisResult<CallParameters>> activateVc(final CallParameters parameters) {
            if (fault == Fault.ACTIVATE_FAILS) {
                return NdisResult.<CallParameters>failure(NdisStatus.RESOURCES).asStage();
            }
            final CompletableFuture<NdisResult<CallParameters>> done = new CompletableFuture<>();
            io.execute(() -> {
                vcs.add(this);
                farEnd = wire.apply(parameters.media().orElseThrow().specific().toString(), this::receive);
                done.complete(NdisResult.success(parameters));
            });
            return done;
        }

        /** What was sent before is transmitted before. */
        @Override
        public CompletionStage<NdisStatus> deactivateVc() {
            final CompletableFuture<NdisStatus> done = new CompletableFuture<>();
            io.execute(() -> {
                farEnd.accept(NOBODY_LISTENS);
                vcs.remove(this);
                done.complete(NdisStatus.SUCCESS);
            });
            return done;
        }

        @Override
        public NdisStatus deleteVc() {
            return NdisStatus.SUCCESS;
        }

        @Override
        public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
            io.execute(() -> transmit(nbls));
        }

        private void transmit(final NetBufferList nbls) {
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                farEnd.accept(nbl.toByteArray());
            }
            nbls.setChainStatus(NdisStatus.SUCCESS);
            vc.sendNetBufferListsComplete(nbls, NblFlags.NONE);
        }

        private boolean receive(final byte[] frame) {
            final NetBufferList nbl = pool.allocate();
            if (nbl == null) {
                return false;
            }
            vc.indicateReceiveNetBufferLists(nbl.fill(frame), NblFlags.NONE);
            return true;
        }

        @Override
        public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
            nbls.freeChain();
        }
    }
}
