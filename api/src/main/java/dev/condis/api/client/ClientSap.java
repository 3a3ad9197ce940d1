// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.client;

import dev.condis.api.NdisResult;
import dev.condis.api.Sap;
import dev.condis.api.ThreadLevel;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A registered SAP as its client sees it, {@code NdisSapHandle} (states: contract B.5). Dead from the moment
 * {@link #deregister()} is called (rule R56). Thread safe.
 */
@ProviderType
public interface ClientSap {
    /**
     * The service access point.
     *
     * @return its value
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    Sap sap();

    /**
     * Stops incoming calls, {@code NdisClDeregisterSap}; the stage completes as {@code ProtocolClDeregisterSapComplete} is
     * called. Calls that were received on the SAP go on (rule R59).
     *
     * @return success; or {@code FAILURE} on a redundant call, or when the address family is closing (rule R57)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<Void>> deregister();
}
