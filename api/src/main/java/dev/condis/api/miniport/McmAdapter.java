// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.miniport;

import dev.condis.api.AdapterInfo;
import dev.condis.api.ThreadLevel;
import dev.condis.api.callmgr.CmBinding;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The adapter as its MCM sees it: {@code MiniportAdapterHandle} and the {@code NdisMCm*} functions. The VCs of this binding are
 * {@link McmVc}s, their contexts {@link McmVcContext}s. It has no signaling VCs:
 * {@link CmBinding#createSignalingVc createSignalingVc} answers {@code NOT_SUPPORTED} (rule R103), since those are the driver's
 * own affair.
 */
@ProviderType
public interface McmAdapter extends MiniportAdapter, CmBinding {
    @Override
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    AdapterInfo adapter();

    /**
     * Makes an MCM out of a miniport and a call manager that were written apart. The binding that is returned is given to the
     * call manager. The VCs of its clients are created at the miniport half, which is asked to activate and deactivate them as a
     * miniport is; its signaling VCs are the half's too, and nobody else sees them. What is left of them when the adapter goes is
     * taken from the half before it is halted.
     * <p>
     * The MCM itself initializes and halts the half, and passes restarts, pauses, resets and the OID requests of clients on to it. What the call
     * manager asks the miniport, and cancellations of sends, reach the half by themselves.
     *
     * @param half the miniport half; its VCs are created through {@link CoMiniport#createVc}
     * @return the binding for the call manager half
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    CmBinding integrate(CoMiniport half);
}
