// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import java.util.concurrent.CompletionStage;

/** A driver's registration with the engine. */
public interface Registration {
    /**
     * When the engine has done what follows from the registration: initialized the adapter, or bound the driver.
     *
     * @return completes then
     */
    CompletionStage<Void> ready();

    /**
     * Ends the registration: takes the adapter down (sequence S38), or unbinds the driver from every adapter (S36, S37). A second
     * call changes nothing.
     *
     * @return completes when the driver is not used any more
     */
    CompletionStage<Void> unregister();
}
