// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.rig;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.callmgr.SignalingVcContext;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A VC of the kit's call manager: nobody else shares it with the miniport, so its activation is the kit's own and no call stands in the
 * way.
 */
public final class SignalingLine implements Line, SignalingVcContext {
    private final Rig rig;
    private final Traffic traffic;
    private final CompletableFuture<SignalingVc> vc = new CompletableFuture<>();
    private volatile CallParameters inForce = CallParameters.bestEffort();

    SignalingLine(final Rig rig) {
        this.rig = rig;
        traffic = new Traffic(rig.pool());
    }

    void created(final SignalingVc created) {
        vc.complete(created);
        rig.onClose(this::release);
    }

    private SignalingVc vc() {
        return vc.join();
    }

    /**
     * Activates the VC or changes its parameters, and waits for the outcome.
     *
     * @param parameters the parameters
     * @return the outcome
     */
    public NdisResult<CallParameters> activate(final CallParameters parameters) {
        final NdisResult<CallParameters> activated = rig.patience().outcome(vc().activateVc(parameters), "activateVc");
        activated.value().ifPresent(value -> inForce = value);
        return activated;
    }

    /**
     * Deactivates the VC, and waits until that has succeeded.
     */
    public void deactivate() {
        Rig.succeeded(rig.patience().outcome(end(), "deactivateVc"), "deactivateVc");
    }

    /**
     * Deletes the VC.
     *
     * @return the outcome
     */
    public NdisResult<Void> delete() {
        return vc().deleteVc();
    }

    @Override
    public NdisVcHandle handle() {
        return vc().handle();
    }

    @Override
    public CallParameters inForce() {
        return inForce;
    }

    @Override
    public Traffic traffic() {
        return traffic;
    }

    @Override
    public void send(final NetBufferList nbls) {
        vc().sendNetBufferLists(nbls, NblFlags.NONE);
    }

    @Override
    public void release() {
        traffic.release(chain -> vc().returnNetBufferLists(chain, NblFlags.NONE));
    }

    @Override
    public CompletionStage<NdisResult<Void>> end() {
        return vc().deactivateVc();
    }

    @Override
    public VcState state() {
        return vc().state();
    }

    @Override
    public void receiveNetBufferLists(final SignalingVc from, final NetBufferList nbls, final int flags) {
        traffic.received(nbls, flags, chain -> from.returnNetBufferLists(chain, NblFlags.NONE));
    }

    @Override
    public void sendNetBufferListsComplete(final SignalingVc from, final NetBufferList nbls, final int flags) {
        traffic.completed(nbls);
    }
}
