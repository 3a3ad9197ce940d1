// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.callmgr;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.ThreadLevel;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a call manager keeps for a VC, {@code CallMgrVcContext}, and the callbacks that carry it. They come one at a time, in the
 * order of the transitions that caused them.
 */
@ConsumerType
public interface CmVcContext {
    /**
     * The client makes a call, {@code ProtocolCmMakeCall}. Completing the stage is {@code Ndis(M)CmMakeCallComplete}. The VC must
     * be active before a success is reported (rule R121); a failed call is completed as well (R123), with the VC inactive.
     *
     * @param parameters what the client asks for
     * @return the parameters of the call, with {@code CALL_PARAMETERS_CHANGED} set when they were changed (rule R120); or
     *     {@code NOT_SUPPORTED} for parameters that cannot be used, {@code RESOURCES}, or the network's reason (R119)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<CallParameters>> makeCall(CallParameters parameters);

    /**
     * The client closes the call, {@code ProtocolCmCloseCall}. Completing the stage is {@code Ndis(M)CmCloseCallComplete}. The
     * call manager deactivates the VC as part of it, before it completes (rules R90, R154, C5); the client hears of success
     * only when the VC is inactive.
     *
     * @param closeData octets for the remote party, {@link Octets#EMPTY} when there are none
     * @return success; {@code INVALID_DATA} when the medium cannot carry close data (rule R152)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisStatus> closeCall(Octets closeData);

    /**
     * The client deletes a VC that it created, {@code ProtocolCoDeleteVc}. Synchronous.
     *
     * @return success; {@code NOT_ACCEPTED} when operations are outstanding (rule R112)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisStatus deleteVc();
}
