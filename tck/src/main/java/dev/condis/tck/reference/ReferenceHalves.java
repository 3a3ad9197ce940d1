// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.reference;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.miniport.McmAdapter;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * An MCM made of two halves, {@link McmAdapter#integrate}: the reference miniport, and a call manager that could as well stand above
 * it. {@link ReferenceMcm} is the other way to write one.
 */
public class ReferenceHalves implements MiniportCallManager {
    private final ReferenceNetwork network;
    private final ReferenceMiniport half;
    private final ReferenceCallManager calls;
    private volatile Optional<CmBinding> binding = Optional.empty();

    /**
     * Makes the MCM.
     *
     * @param network what its hardware is attached to, and what it signals on
     * @param calls the half that signals
     */
    public ReferenceHalves(final ReferenceNetwork network, final ReferenceCallManager calls) {
        this.network = network;
        this.calls = calls;
        half = new ReferenceMiniport(network);
    }

    @Override
    public NdisStatus initialize(final McmAdapter adapter) {
        final NdisStatus started = half.initialize(adapter);
        if (!started.isSuccess()) {
            return started;
        }
        final CmBinding integrated = adapter.integrate(half);
        binding = Optional.of(integrated);
        final NdisStatus bound = calls.bindAdapter(integrated);
        if (!bound.isSuccess()) {
            half.halt(HaltAction.DEVICE_FAILED);
        }
        return bound;
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vcContext, final OidRequest request) {
        return half.oidRequest(vcContext, request);
    }

    @Override
    public CompletionStage<NdisStatus> pause() {
        return half.pause();
    }

    @Override
    public CompletionStage<NdisStatus> restart() {
        return half.restart();
    }

    @Override
    public CompletionStage<NdisResult<AddressingReset>> reset() {
        return half.reset();
    }

    @Override
    public void surpriseRemoved() {
        half.surpriseRemoved();
    }

    @Override
    public void halt(final HaltAction action) {
        network.detachExchange();
        binding.ifPresent(calls::unbindAdapter);
        half.halt(action);
        network.settle();
    }
}
