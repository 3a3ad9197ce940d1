// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.management;

import dev.condis.api.NdisResult;
import dev.condis.api.ThreadLevel;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/** The core as operators see it: what is there now. A service of the core. Thread safe. */
@ProviderType
public interface NdisLibrary {
    /**
     * Every logical adapter that has a backend, usable or not.
     *
     * @return snapshots, ordered by name
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    List<AdapterSnapshot> adapters();

    /**
     * The VCs that were given a name, what management enumerates (rule R226).
     *
     * @return snapshots, ordered by instance name
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    List<VcSnapshot> instances();

    /**
     * Pauses an adapter and every binding to it (sequence S39). VCs and calls stay (rule R223).
     *
     * @param adapter name of the logical adapter
     * @return success when it is paused; or {@code ADAPTER_NOT_FOUND}, {@code NOT_ACCEPTED} when it is not running
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    CompletionStage<NdisResult<Void>> pause(String adapter);

    /**
     * Restarts a paused adapter and every binding to it.
     *
     * @param adapter name of the logical adapter
     * @return success when it is running; or {@code ADAPTER_NOT_FOUND}, {@code NOT_ACCEPTED} when it is not paused, or the status with
     *     which the miniport refuses
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    CompletionStage<NdisResult<Void>> restart(String adapter);

    /**
     * Resets an adapter (sequence S32). Handles survive it (rule R209).
     *
     * @param adapter name of the logical adapter
     * @return success when the reset is over; or {@code ADAPTER_NOT_FOUND}, {@code NOT_ACCEPTED} when it is not in operation,
     *     {@code RESET_IN_PROGRESS} during another reset, or the status with which the miniport refuses
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    CompletionStage<NdisResult<Void>> reset(String adapter);

    /**
     * What the verifier has found since the library was started: the first of each kind, at most some hundreds.
     *
     * @return the violations, in the order in which they were found; empty when the verifier is off
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    List<Violation> violations();

    /**
     * How many violations the verifier has counted, repeated ones too.
     *
     * @return the number, 0 when the verifier is off
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    long violationCount();
}
