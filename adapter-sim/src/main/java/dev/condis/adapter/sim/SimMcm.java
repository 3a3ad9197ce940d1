// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.miniport.CallHandOver;
import dev.condis.api.miniport.McmAdapter;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A miniport call manager for a NIC on a simulated ATM network: a {@link SimMiniport} and a {@link SimCallManager} in one
 * driver. Its signaling VC never leaves it.
 */
public final class SimMcm implements MiniportCallManager {

    private final SimMiniport half;
    private final SimCallManager signaling;
    private volatile Optional<CmBinding> binding = Optional.empty();

    /**
     * Makes the driver; the NIC is on the network from initialize to halt.
     *
     * @param network an ATM network
     * @param nic how the NIC is made
     * @param options how the signaling engine works
     * @throws IllegalArgumentException if the network is not ATM
     */
    public SimMcm(SimNetwork network, SimNicOptions nic, SimCallManagerOptions options) {
        Objects.requireNonNull(options, "options");
        if (network.medium() != SimMedium.ATM) {
            throw new IllegalArgumentException("switched circuits need an ATM network, not " + network);
        }
        this.half = new SimMiniport(network, nic, this::linkChanged);
        this.signaling = new SimCallManager(network.time(), options);
    }

    @Override
    public NdisStatus initialize(McmAdapter adapter) {
        NdisStatus status = half.initialize(adapter);
        if (!status.isSuccess()) {
            return status;
        }
        CmBinding integrated = adapter.integrate(half);
        status = signaling.bindAdapter(integrated);
        if (status.isSuccess()) {
            binding = Optional.of(integrated);
        } else {
            half.halt(HaltAction.DEVICE_FAILED);
        }
        return status;
    }

    @Override
    public void surpriseRemoved() {
        half.surpriseRemoved();
        binding.ifPresent(signaling::removed);
    }

    /** The NIC first: the signaling half has something to say as soon as it is restarted. */
    @Override
    public CompletionStage<NdisStatus> restart() {
        return half.restart().thenCompose(status -> binding.filter(present -> status.isSuccess())
                .map(signaling::restart)
                .orElseGet(status::asStage));
    }

    @Override
    public CompletionStage<NdisStatus> pause() {
        return binding.map(signaling::pause)
                .orElseGet(NdisStatus.SUCCESS::asStage)
                .thenCompose(status -> half.pause());
    }

    @Override
    public CompletionStage<NdisResult<AddressingReset>> reset() {
        return half.reset();
    }

    @Override
    public CompletionStage<OidResult> oidRequest(Optional<VcDataPath> vcContext, OidRequest request) {
        return half.oidRequest(vcContext, request);
    }

    @Override
    public void cancelOidRequest(OidRequest request) {
        half.cancelOidRequest(request);
    }

    @Override
    public void cancelSend(long cancelId) {
        half.cancelSend(cancelId);
    }

    @Override
    public void halt(HaltAction action) {
        binding.ifPresent(signaling::unbindAdapter);
        binding = Optional.empty();
        half.halt(action);
    }

    /** To another one on the same network, of this version or a later one. */
    @Override
    public Optional<CallHandOver> handOver() {
        return Optional.of(new SimHandOver(signaling.time(), () -> binding.flatMap(signaling::station)));
    }

    private void linkChanged(boolean up) {
        binding.ifPresent(present -> signaling.linkChanged(present, up));
    }

    /**
     * The miniport half: faults, statistics, captures.
     *
     * @return the half
     */
    public SimMiniport miniport() {
        return half;
    }

    /**
     * The call manager half.
     *
     * @return the signaling engine
     */
    public SimCallManager callManager() {
        return signaling;
    }
}
