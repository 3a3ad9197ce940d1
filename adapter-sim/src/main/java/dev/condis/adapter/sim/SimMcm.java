// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.miniport.McmAdapter;
import dev.condis.api.miniport.MiniportCallManager;
import java.util.Objects;
import java.util.Optional;

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
        linkChanged(false);
    }

    @Override
    public void halt(HaltAction action) {
        binding.ifPresent(signaling::unbindAdapter);
        binding = Optional.empty();
        half.halt(action);
    }

    private void linkChanged(boolean up) {
        if (!up) {
            binding.ifPresent(signaling::linkLost);
        }
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
