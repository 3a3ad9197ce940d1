// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.miniport.McmAdapter;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.StatusIndication;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A miniport call manager of two halves: the miniport on an interface or capture file, and a call manager that was written to stand alone. Clients see
 * one driver; the signaling VCs stay inside (rules R88, R103).
 */
final class PcapHalves implements MiniportCallManager {
    private final PcapMiniport half;
    private final CallManager calls;
    private volatile Optional<CmBinding> binding = Optional.empty();

    /** Makes the MCM of its halves, which are nobody else's. */
    PcapHalves(final PcapMiniport half, final CallManager calls) {
        this.half = half;
        this.calls = calls;
    }

    @Override
    public NdisStatus initialize(final McmAdapter adapter) {
        final NdisStatus started = half.initialize(adapter);
        if (!started.isSuccess()) {
            return started;
        }
        final CmBinding integrated = adapter.integrate(half);
        final NdisStatus bound = calls.bindAdapter(integrated);
        if (bound.isSuccess()) {
            binding = Optional.of(integrated);
            // R203: whether calls can be made is for the half that signals to say
            half.tellOfLink(state -> calls.status(integrated, StatusIndication.linkState(state)));
        } else {
            half.halt(HaltAction.DEVICE_FAILED);
        }
        return bound;
    }

    @Override
    public CompletionStage<NdisStatus> restart() {
        return half.restart();
    }

    @Override
    public CompletionStage<NdisStatus> pause() {
        return half.pause();
    }

    @Override
    public CompletionStage<NdisResult<AddressingReset>> reset() {
        return half.reset();
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vcContext, final OidRequest request) {
        return half.oidRequest(vcContext, request);
    }

    @Override
    public void surpriseRemoved() {
        half.surpriseRemoved();
    }

    @Override
    public void halt(final HaltAction action) {
        final Optional<CmBinding> last = binding;
        binding = Optional.empty();
        half.tellOfLink(state -> {});
        last.ifPresent(calls::unbindAdapter);
        half.halt(action);
    }
}
