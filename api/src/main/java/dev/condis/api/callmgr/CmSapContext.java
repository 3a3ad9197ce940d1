// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.callmgr;

import dev.condis.api.NdisStatus;
import dev.condis.api.ThreadLevel;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/** What a call manager keeps for a SAP, {@code CallMgrSapContext}, and the callback that carries it. */
@FunctionalInterface
@ConsumerType
public interface CmSapContext {
    /**
     * The client deregisters the SAP, {@code ProtocolCmDeregisterSap}. Completing the stage is
     * {@code Ndis(M)CmDeregisterSapComplete}. Calls received on the SAP go on (rule R59).
     *
     * @return success; a call manager cannot fail it (rule R58): another status is passed on, and the SAP is gone all the same
     *     (C20)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisStatus> deregisterSap();
}
