// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.management;

import dev.condis.api.NdisResult;
import dev.condis.api.ThreadLevel;
import java.util.List;
import java.util.Optional;
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
     * Moves an adapter to another of its backends, with every VC on it, while calls stay up. Nothing is lost, nothing comes twice, the order is
     * kept. With automatic fail-back the adapter goes back to a better candidate when something about the candidates changes; {@link #pin} keeps
     * it where it is.
     *
     * @param adapter name of the logical adapter
     * @param serviceId {@code service.id} of the backend that is to carry it
     * @return the report; or {@code ADAPTER_NOT_FOUND}, {@code NOT_ACCEPTED} when there is no such candidate, it carries the adapter already, or
     *     cannot be used. A report whose outcome is {@code REFUSED} or {@code ROLLED_BACK} says which VC could not be moved, and why
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    CompletionStage<NdisResult<SwapReport>> swap(String adapter, long serviceId);

    /**
     * Moves an adapter to a backend, as {@link #swap} does when it is not there yet, and keeps it there whatever the ranking of others, for as
     * long as it can be used.
     *
     * @param adapter name of the logical adapter
     * @param serviceId {@code service.id} of the backend
     * @return success when the adapter is there; or {@code ADAPTER_NOT_FOUND}, {@code NOT_ACCEPTED}
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    CompletionStage<NdisResult<Void>> pin(String adapter, long serviceId);

    /**
     * Lets an adapter follow the ranking of its backends again.
     *
     * @param adapter name of the logical adapter
     * @return success when what follows from it is done; or {@code ADAPTER_NOT_FOUND}
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    CompletionStage<NdisResult<Void>> unpin(String adapter);

    /**
     * Lets a backend stand behind all that are not demoted, whatever its ranking, because something is wrong with it that it does not know of
     * itself. When it carries the adapter and another one can, that one takes over at once, as {@link #swap} does, whatever the policy says of
     * fail-back; otherwise it goes on. One to which an operator has pinned the adapter stays there all the same. A backend is demoted until it is
     * promoted or its service goes; a second cause takes the place of the first.
     *
     * @param adapter name of the logical adapter
     * @param serviceId {@code service.id} of the backend
     * @param cause what is wrong with it, for people
     * @return success when what follows from it is done; or {@code ADAPTER_NOT_FOUND}, {@code NOT_ACCEPTED} when there is no such candidate.
     *     {@link #why} says what came of it
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    CompletionStage<NdisResult<Void>> demote(String adapter, long serviceId, String cause);

    /**
     * Ends the demotion of a backend. It takes over again as one that has just come.
     *
     * @param adapter name of the logical adapter
     * @param serviceId {@code service.id} of the backend
     * @return success when what follows from it is done, also when it was not demoted; or {@code ADAPTER_NOT_FOUND}, {@code NOT_ACCEPTED} when
     *     there is no such candidate
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    CompletionStage<NdisResult<Void>> promote(String adapter, long serviceId);

    /**
     * The journal of an adapter: its latest swaps.
     *
     * @param adapter name of the logical adapter
     * @return reports, the oldest first; empty for an adapter that is not known
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    List<SwapReport> swaps(String adapter);

    /**
     * Why an adapter is carried by the backend that carries it.
     *
     * @param adapter name of the logical adapter
     * @return the answer, empty for an adapter that is not known
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    Optional<BackendChoice> why(String adapter);

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
