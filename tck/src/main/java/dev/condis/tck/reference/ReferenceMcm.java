// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.reference;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.miniport.McmAdapter;
import dev.condis.api.miniport.McmVcContext;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.miniport.VcIndications;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.StatusIndication;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * An MCM that keeps the contract: the reference call manager, written as one driver with the reference NIC. It programs the NIC before
 * it tells the core that a VC is active, and drains it before it tells that it is not.
 */
public class ReferenceMcm implements MiniportCallManager {
    private final ReferenceNic nic;
    private final ReferenceCallManager calls;
    private volatile Optional<McmAdapter> adapter = Optional.empty();

    /**
     * Makes the MCM.
     *
     * @param network what its hardware is attached to
     */
    public ReferenceMcm(final ReferenceNetwork network) {
        nic = new ReferenceNic(network);
        calls = newCallManager(network);
    }

    /**
     * Makes the half that signals; its VCs must be {@link Call}s.
     *
     * @param network what it signals on
     * @return the half
     */
    protected ReferenceCallManager newCallManager(final ReferenceNetwork network) {
        return new Calls(network);
    }

    /**
     * Makes what carries a VC.
     *
     * @param vc the core's side of it
     * @return the channel
     */
    protected ReferenceChannel newChannel(final VcIndications vc) {
        return new ReferenceChannel(nic, vc);
    }

    /**
     * The hardware.
     *
     * @return the NIC
     */
    public final ReferenceNic nic() {
        return nic;
    }

    /**
     * The half that signals.
     *
     * @return the half
     */
    protected final ReferenceCallManager calls() {
        return calls;
    }

    /**
     * The core's side of the adapter.
     *
     * @return the adapter, empty before initialize
     */
    protected final Optional<McmAdapter> adapter() {
        return adapter;
    }

    @Override
    public NdisStatus initialize(final McmAdapter newAdapter) {
        adapter = Optional.of(newAdapter);
        nic.start(this::linkChanged);
        final NdisStatus bound = calls.bindAdapter(newAdapter);
        if (!bound.isSuccess()) {
            nic.stop();
        }
        return bound;
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vcContext, final OidRequest request) {
        return answer(vcContext.map(Call.class::cast).map(Call::channel), request)
                .asStage();
    }

    /**
     * Answers a request to the miniport half.
     *
     * @param channel the VC that it is about, empty when it is about the adapter (rule R193)
     * @param request what is asked
     * @return the answer
     */
    protected OidResult answer(final Optional<ReferenceChannel> channel, final OidRequest request) {
        return nic.isRemoved()
                ? OidResult.failure(NdisStatus.NOT_ACCEPTED)
                : channel.map(ReferenceChannel::counters)
                        .orElseGet(nic::counters)
                        .answer(request);
    }

    /**
     * The link is lost or there again (rule R212).
     *
     * @param state the state now
     */
    protected void linkChanged(final LinkState state) {
        adapter.ifPresent(a -> a.indicateStatus(StatusIndication.linkState(state)));
    }

    @Override
    public CompletionStage<NdisStatus> pause() {
        return nic.pause();
    }

    @Override
    public CompletionStage<NdisStatus> restart() {
        nic.restart();
        return NdisStatus.SUCCESS.asStage();
    }

    @Override
    public CompletionStage<NdisResult<AddressingReset>> reset() {
        return nic.reset();
    }

    @Override
    public void surpriseRemoved() {
        nic.remove();
    }

    @Override
    public void halt(final HaltAction action) {
        nic.network().detachExchange();
        nic.stop();
        nic.network().settle();
    }

    /** The half that signals. */
    public class Calls extends ReferenceCallManager {
        /**
         * Makes the half.
         *
         * @param network what it signals on
         */
        protected Calls(final ReferenceNetwork network) {
            super(network);
        }

        @Override
        protected ReferenceCall newCall(final ReferenceAf family) {
            return new Call(family);
        }

        @Override
        protected ReferenceAf newFamily(final CmAf af) {
            return new Family(this, af);
        }
    }

    /** A client; the NIC's VCs are shared by all. */
    public class Family extends ReferenceAf {
        /**
         * Makes the context.
         *
         * @param calls the half that signals
         * @param af the client's address family
         */
        protected Family(final ReferenceCallManager calls, final CmAf af) {
            super(calls, af);
        }

        @Override
        public NdisResult<CmVcContext> createVc(final CmVc vc) {
            if (!nic.takeVc()) {
                return NdisResult.failure(NdisStatus.RESOURCES);
            }
            final NdisResult<CmVcContext> created = super.createVc(vc);
            if (!created.isSuccess()) {
                nic.freeVc();
            }
            return created;
        }
    }

    /** A VC with its packets. */
    public class Call extends ReferenceCall implements McmVcContext {
        private volatile Optional<ReferenceChannel> channel = Optional.empty();

        /**
         * Makes the context.
         *
         * @param family the client
         */
        protected Call(final ReferenceAf family) {
            super(family);
        }

        @Override
        protected void attach(final CmVc created) {
            super.attach(created);
            channel = Optional.of(newChannel((VcIndications) created));
        }

        /**
         * What carries the packets.
         *
         * @return the channel
         */
        protected final ReferenceChannel channel() {
            return channel.orElseThrow();
        }

        @Override
        protected CompletionStage<NdisResult<CallParameters>> activate(final CallParameters parameters) {
            return channel()
                    .activateVc(parameters)
                    .thenCompose(ready -> ready.isSuccess() ? vc().activateVc(ready.get()) : ready.asStage());
        }

        @Override
        protected CompletionStage<NdisResult<Void>> deactivate() {
            return channel().deactivateVc().thenCompose(drained -> vc().deactivateVc());
        }

        @Override
        public NdisStatus deleteVc() {
            final NdisStatus deleted = super.deleteVc();
            if (deleted.isSuccess()) {
                nic.freeVc();
            }
            return deleted;
        }

        @Override
        public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
            channel().sendNetBufferLists(nbls, flags);
        }

        @Override
        public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
            channel().returnNetBufferLists(nbls, flags);
        }
    }
}
