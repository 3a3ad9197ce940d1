// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.client;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.ThreadLevel;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/** What a client keeps for a SAP, {@code ProtocolSapContext}, and the callback that carries it. */
@FunctionalInterface
@ConsumerType
public interface ClientSapContext {
    /**
     * A call comes in, {@code ProtocolClIncomingCall}. Completing the stage is {@code NdisClIncomingCallComplete}. The client
     * must not send before {@link ClientVcContext#callConnected} (rule R138).
     *
     * @param vc the VC of the call; its context is what {@link ClientAfContext#createVc} returned
     * @param vcContext that context
     * @param parameters the call parameters; the client copies what it needs
     * @return accept: success with these parameters, or with changed ones that have {@code CALL_PARAMETERS_CHANGED} set (rule
     *     R132); reject: any other status, {@code NOT_SUPPORTED} by a client that takes no calls (rule R139)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<CallParameters>> incomingCall(
            ClientVc vc, ClientVcContext vcContext, CallParameters parameters);
}
