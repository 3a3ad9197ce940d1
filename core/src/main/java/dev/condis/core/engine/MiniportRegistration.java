// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import java.util.concurrent.CompletionStage;

/** A backend's registration with the engine. */
public interface MiniportRegistration extends Registration {
    /**
     * Something about the backend has changed: its ranking, or whether it can be used. One that carries its adapter and cannot be
     * used any more is taken down as after a surprise removal.
     *
     * @param descriptor the new description; the name of the logical adapter is the same
     * @return completes when what follows from the change is done
     */
    CompletionStage<Void> update(MiniportDescriptor descriptor);

    /**
     * The backend's hardware is gone (sequence S40).
     *
     * @param cause what happened, for people
     * @return completes when the adapter is down
     */
    CompletionStage<Void> surpriseRemoved(String cause);
}
