// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.callmgr;

import dev.condis.api.NdisResult;
import dev.condis.api.ThreadLevel;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/** The entry point of a registered address family. */
@FunctionalInterface
@ConsumerType
public interface CmAddressFamily {
    /**
     * A client opens the address family, {@code ProtocolCmOpenAf}. Completing the stage is
     * {@code Ndis(M)CmOpenAddressFamilyComplete}. On a failure everything allocated for the client is released before (rule
     * R33).
     *
     * @param af the call manager's side of the address family instance
     * @return the call manager's context for it (rule R9), or a failure
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<CmAfContext>> openAf(CmAf af);
}
