// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.reference;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.StatusIndication;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A miniport that keeps the contract, on a network in memory. */
public class ReferenceMiniport implements CoMiniport {
    private final ReferenceNic nic;
    private volatile Optional<MiniportAdapter> adapter = Optional.empty();

    /**
     * Makes the miniport.
     *
     * @param network what its hardware is attached to
     */
    public ReferenceMiniport(final ReferenceNetwork network) {
        nic = new ReferenceNic(network);
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
     * The core's side of the adapter.
     *
     * @return the adapter, empty before initialize
     */
    protected final Optional<MiniportAdapter> adapter() {
        return adapter;
    }

    @Override
    public NdisStatus initialize(final MiniportAdapter newAdapter) {
        adapter = Optional.of(newAdapter);
        nic.start(this::linkChanged);
        return NdisStatus.SUCCESS;
    }

    @Override
    public NdisResult<MiniportVcContext> createVc(final MiniportVc vc) {
        return nic.takeVc() ? NdisResult.success(newChannel(vc)) : NdisResult.failure(NdisStatus.RESOURCES);
    }

    /**
     * Makes what carries a VC.
     *
     * @param vc the core's side of it
     * @return the channel
     */
    protected MiniportVcContext newChannel(final MiniportVc vc) {
        return new ReferenceChannel(nic, vc);
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vcContext, final OidRequest request) {
        return answer(vcContext.map(ReferenceChannel.class::cast), request).asStage();
    }

    /**
     * Answers a request.
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
        nic.stop();
    }
}
