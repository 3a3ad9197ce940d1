// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The identity of a VC, {@code NdisVcHandle}: the same object for everybody who shares the VC (rule R64), compared by
 * identity, opaque (rule R6). It is the source handle of every NBL that travels on the VC (rule R176).
 * <p>
 * A handle stays valid through deactivation (rule R101) and dies when the VC is deleted (rule R111).
 */
@ProviderType
public interface NdisVcHandle {
    /**
     * The name of the VC in logs, refusals and tables, unique within one run of the core.
     *
     * @return for example {@code vc#17 on atm0}
     */
    @Override
    String toString();
}
