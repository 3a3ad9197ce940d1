// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.callmgr;

import dev.condis.api.Sap;
import dev.condis.api.ThreadLevel;
import org.osgi.annotation.versioning.ProviderType;

/** A client's SAP as the call manager sees it, {@code NdisSapHandle}. Thread safe. */
@ProviderType
public interface CmSap {
    /**
     * The service access point.
     *
     * @return its value
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    Sap sap();

    /**
     * The address family instance of the client that registers it.
     *
     * @return the address family
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CmAf addressFamily();
}
