// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A NIC without a thread of its own: it transmits what it is given on the thread that brings it, and completes it there or when an actor says so.
 * It notes whatever a miniport must never see.
 */
final class StressNic implements CoMiniport {
    private final String name;
    private final Notes notes;
    private final NetBufferListPool pool = new NetBufferListPool("received", 1, 1);

    /** Guards what follows, and is held while something is indicated, so that what was indicated came up before the deactivation. */
    private final Object lock = new Object();

    private final List<NicVc> vcs = new ArrayList<>();
    private final Deque<Runnable> completions = new ArrayDeque<>();
    private boolean initialized;

    /** Sends are completed when {@link #completeSends()} is called. */
    volatile boolean holdsSends;

    /** Its hardware is gone: sends go nowhere any more. */
    private volatile boolean dead;

    /**
     * Its hardware is being pulled out: it is asked nothing any more, so it keeps its VCs until it is halted; and what it was just being asked then may
     * come after the halt, for nobody waits for a driver that is lost.
     */
    private volatile boolean lost;

    /** A VC receives this as soon as it is active here; 0: nothing. */
    volatile int receivesAtOnce;

    StressNic(final String name, final Notes notes) {
        this.name = name;
        this.notes = notes;
    }

    @Override
    public NdisStatus initialize(final MiniportAdapter adapter) {
        synchronized (lock) {
            notes.never(initialized, name + " is initialized twice");
            initialized = true;
        }
        return NdisStatus.SUCCESS;
    }

    @Override
    public NdisResult<MiniportVcContext> createVc(final MiniportVc vc) {
        final NicVc created = new NicVc(vc);
        synchronized (lock) {
            notes.never(!initialized && !lost, name + " is asked for a VC and not initialized");
            vcs.add(created);
        }
        return NdisResult.success(created);
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vc, final OidRequest request) {
        return OidResult.failure(NdisStatus.INVALID_OID).asStage();
    }

    @Override
    public void surpriseRemoved() {
        dead = true;
    }

    @Override
    public void halt(final HaltAction action) {
        synchronized (lock) {
            notes.never(!initialized, name + " is halted twice");
            notes.never(!lost && !vcs.isEmpty(), name + " is halted with a VC");
            initialized = false;
            vcs.clear();
        }
    }

    /** From here on it may be lost at any moment. */
    StressNic pullOut() {
        lost = true;
        return this;
    }

    /** Completes what it holds. */
    void completeSends() {
        for (Optional<Runnable> next = nextCompletion(); next.isPresent(); next = nextCompletion()) {
            next.get().run();
        }
    }

    private Optional<Runnable> nextCompletion() {
        synchronized (lock) {
            return Optional.ofNullable(completions.poll());
        }
    }

    /** Receives something on its VC, when it has that active. */
    void receive(final int octet) {
        synchronized (lock) {
            vcs.stream().filter(vc -> vc.active).forEach(vc -> vc.receive(octet));
        }
    }

    int active() {
        synchronized (lock) {
            return (int) vcs.stream().filter(vc -> vc.active).count();
        }
    }

    int created() {
        synchronized (lock) {
            return vcs.size();
        }
    }

    int outstanding() {
        return pool.outstanding();
    }

    private final class NicVc implements MiniportVcContext {
        private final MiniportVc vc;
        private boolean active;

        NicVc(final MiniportVc vc) {
            this.vc = vc;
        }

        @Override
        public CompletionStage<NdisResult<CallParameters>> activateVc(final CallParameters parameters) {
            synchronized (lock) {
                notes.never(active, name + " is to activate a VC twice");
                notes.never(!vcs.contains(this) && !lost, name + " is to activate a VC that it does not have");
                active = true;
                if (receivesAtOnce != 0) {
                    receive(receivesAtOnce);
                }
            }
            return NdisResult.success(parameters).asStage();
        }

        @Override
        public CompletionStage<NdisStatus> deactivateVc() {
            synchronized (lock) {
                notes.never(!active, name + " is to deactivate a VC that is not active");
                active = false;
            }
            return NdisStatus.SUCCESS.asStage();
        }

        @Override
        public NdisStatus deleteVc() {
            synchronized (lock) {
                notes.never(active, name + " is to delete a VC that is active");
                notes.never(!vcs.remove(this) && !lost, name + " is to delete a VC that it does not have");
            }
            return NdisStatus.SUCCESS;
        }

        @Override
        public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
            synchronized (lock) {
                if (dead) {
                    return;
                }
                notes.never(!active, name + " is to send on a VC that is not active");
                notes.sent(name, nbls);
                if (holdsSends) {
                    completions.add(() -> complete(nbls));
                    return;
                }
            }
            complete(nbls);
        }

        private void complete(final NetBufferList nbls) {
            nbls.setChainStatus(NdisStatus.SUCCESS);
            vc.sendNetBufferListsComplete(nbls, NblFlags.NONE);
        }

        private void receive(final int octet) {
            final NetBufferList nbl = pool.allocate();
            if (nbl != null) {
                vc.indicateReceiveNetBufferLists(nbl.fill(new byte[] {(byte) octet}), NblFlags.NONE);
            }
        }

        @Override
        public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
            nbls.freeChain();
        }
    }
}
