// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.nbl;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Keeps an eye on one NBL for somebody who checks the drivers, {@link NetBufferList#setGuard}. Not for drivers: an NBL has one guard, and
 * it is the core's.
 */
@FunctionalInterface
@ConsumerType
public interface NetBufferListGuard {
    /**
     * The NBL is about to go back to its pool. It is whole still; afterwards it has no guard any more.
     *
     * @param nbl the NBL
     * @throws IllegalStateException to keep it from being freed, because it is not the caller's to free
     */
    void freeing(NetBufferList nbl);
}
