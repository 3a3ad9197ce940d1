// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.observe;

import java.util.Optional;

/** Stands around a callback: may change what happens, or only look on. */
@FunctionalInterface
public interface Around {
    /** Goes on to the driver. */
    @FunctionalInterface
    interface Proceed {
        /**
         * Calls the driver.
         *
         * @return what it answered, empty for nothing
         * @throws Throwable whatever it threw
         */
        Optional<Object> proceed() throws Throwable;
    }

    /**
     * Runs instead of the callback.
     *
     * @param invocation the callback
     * @param driver goes on to the driver
     * @return what the core is to be answered, empty for nothing
     * @throws Throwable whatever the core is to be thrown
     */
    Optional<Object> invoke(Invocation invocation, Proceed driver) throws Throwable;
}
