// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.callmgr;

import dev.condis.api.ThreadLevel;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Makes call managers that become halves of miniport call managers ({@link dev.condis.api.miniport.McmAdapter#integrate}): what an adapter needs to
 * have signaling of a kind that it knows nothing of. Registered as an OSGi service with the property
 * {@link dev.condis.api.ServiceProperties#SIGNALING}; the core does not look for it. Thread safe.
 */
@FunctionalInterface
@ConsumerType
public interface CallManagerFactory {
    /**
     * Makes a call manager for one adapter.
     *
     * @return a call manager that nobody else has
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    CallManager create();
}
