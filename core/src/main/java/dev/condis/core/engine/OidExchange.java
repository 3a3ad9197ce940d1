// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Refusal;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.core.state.OidRequestState;
import dev.condis.core.state.OidRequestTable;
import dev.condis.core.state.OidRequestTable.Event;
import dev.condis.core.state.StateTable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One OID request on its way from its requester to its target and back (contract B.11). */
final class OidExchange {
    private static final Logger LOG = LoggerFactory.getLogger(OidExchange.class);

    private final Object lock = new Object();
    private final Pending<OidResult> pending = new Pending<>();
    private final OidRequest request;
    private final String what;
    private final Lane requester;
    private final Optional<Consumer<OidRequest>> cancellation;
    private final EngineOptions options;
    private final OidRequestTable.Facts facts;
    private final Machine<OidRequestState, Event, OidRequestTable.Facts> machine;

    /**
     * A request that nobody has been asked yet.
     *
     * @param request as the target is given it
     * @param what the target's callback, for people
     * @param requester takes the completion
     * @param cancellation tells the target that the request is cancelled; empty when it cannot be told (R200)
     * @param options deadlines
     */
    OidExchange(
            final OidRequest request,
            final String what,
            final Lane requester,
            final Optional<Consumer<OidRequest>> cancellation,
            final EngineOptions options) {
        this.request = request;
        this.what = what;
        this.requester = requester;
        this.cancellation = cancellation;
        this.options = options;
        facts = new OidRequestTable.Facts(cancellation.isPresent());
        machine = new Machine<>(OidRequestTable.TABLE, options.clock());
    }

    OidRequest request() {
        return request;
    }

    /** Asks the target, unless the request is over already. */
    void ask(final Supplier<CompletionStage<OidResult>> callback) {
        if (!fire(Event.SUBMIT)) {
            return;
        }
        Callouts.then(what, Callouts.oidResult(what, request, callback), this::completed);
        fire(Event.PEND);
    }

    private boolean fire(final Event event) {
        synchronized (lock) {
            return machine.fire(event, facts).accepts();
        }
    }

    private void completed(final OidResult result) {
        if (!settle(Event.COMPLETE, result)) {
            LOG.warn("B.11: {} has been completed at last, with {}; nobody waits for it any more", what, result);
        }
    }

    /** Ends the request without its target; it changes nothing when the request is over. */
    void end(final OidResult result) {
        settle(Event.END, result);
    }

    private boolean settle(final Event event, final OidResult result) {
        synchronized (lock) {
            if (!machine.fire(event, facts).accepts()) {
                return false;
            }
            pending.settle(NdisResult.success(result), requester);
        }
        requester.drain();
        return true;
    }

    /** Tells the target that nobody wants the answer any more. */
    void cancel() {
        final StateTable.Row<OidRequestState, Event, OidRequestTable.Facts> row;
        synchronized (lock) {
            row = machine.fire(Event.CANCEL, facts);
        }
        if (row.accepts()) {
            cancellation.ifPresent(
                    target -> Callouts.run("MiniportCancelOidRequest for " + request, () -> target.accept(request)));
        }
    }

    /** Cancels, and ends the request when the target does not. */
    void abort(final OidResult result) {
        cancel();
        end(result);
    }

    /** The return value of the requester's call, taken at its end. A target that does not answer in time is given up. */
    CompletionStage<OidResult> returned() {
        final CompletionStage<OidResult> stage = pending.returned().thenApply(NdisResult::get);
        if (!pending.isSettled()) {
            final Duration limit = limit();
            final Runnable takeBack =
                    options.timer().schedule(() -> options.passive().execute(() -> expire(limit)), limit);
            pending.observed().whenComplete((result, failure) -> takeBack.run());
        }
        return stage;
    }

    /** R200: what the requester says about time concerns miniports only. */
    private Duration limit() {
        final Duration wanted = request.timeout();
        final boolean shorter =
                facts.toMiniport() && !wanted.isZero() && wanted.compareTo(options.operationDeadline()) < 0;
        return shorter ? wanted : options.operationDeadline();
    }

    private void expire(final Duration limit) {
        if (!pending.isSettled()) {
            LOG.error("E2: {} has not completed within {}; it is given up", what, limit);
            abort(refused(NdisStatus.REQUEST_ABORTED, "E2", "it has not completed within " + limit));
        }
    }

    /** An end of this request that says why. */
    OidResult refused(final NdisStatus status, final String rule, final String explanation) {
        return OidResult.refused(status, new Refusal(rule, what, machine.state().name(), explanation, machine.last()));
    }

    /** When the request is over, whoever ended it. */
    CompletionStage<?> over() {
        return pending.observed();
    }

    @Override
    public String toString() {
        return what;
    }
}
