// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.Refusal;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The OID requests of one driver to the miniport below it (contract B.11, S30), and what it has set there. */
final class MiniportRequests {
    private final Supplier<? extends MiniportDriver> miniport;
    private final Listener requester;
    private final Supplier<Optional<OidResult>> gate;
    private final EngineOptions options;
    private final OidRequests requests = new OidRequests();
    private volatile Optional<OidRequest> protocolOptions = Optional.empty();

    /**
     * The requests of one driver.
     *
     * @param miniport the target
     * @param requester who asks
     * @param gate says why a request is not taken now, empty when it is
     * @param options deadlines
     */
    MiniportRequests(
            final Supplier<? extends MiniportDriver> miniport,
            final Listener requester,
            final Supplier<Optional<OidResult>> gate,
            final EngineOptions options) {
        this.miniport = miniport;
        this.requester = requester;
        this.gate = gate;
        this.options = options;
    }

    /** {@code NdisCoOidRequest} without an address family (R191), about the whole adapter (R193). */
    CompletionStage<OidResult> submit(final OidRequest request) {
        return submit(Optional.empty(), request);
    }

    private CompletionStage<OidResult> submit(final Optional<VcDataPath> vc, final OidRequest request) {
        final MiniportDriver target = miniport.get();
        final OidExchange exchange = exchange(target, request);
        // first, so that a reset or a removal that begins meanwhile either is seen here, or sees the request
        requests.add(exchange);
        gate.get().ifPresent(exchange::end);
        exchange.ask(() -> target.oidRequest(vc, exchange.request()));
        final CompletionStage<OidResult> outcome = exchange.returned();
        if (vc.isEmpty()
                && request.type() == OidRequest.Type.SET
                && request.oid().equals(Oid.GEN_CO_PROTOCOL_OPTIONS)) {
            outcome.thenAccept(result -> remember(result, request));
        }
        return outcome;
    }

    /** {@code NdisCoOidRequest} about a VC (R193), which must be the requester's own and alive. */
    CompletionStage<OidResult> submit(final NdisVcHandle vc, final boolean own, final OidRequest request) {
        if (!own || !(vc instanceof VirtualCircuit circuit)) {
            return foreign(vc).asStage();
        }
        return circuit.contextBelow()
                .map(context -> submit(Optional.of(context), request))
                .orElseGet(() -> dead(circuit).asStage());
    }

    /** A handle that was not made for whoever uses it. */
    static OidResult foreign(final Object handle) {
        return OidResult.refused(
                NdisStatus.FAILURE,
                new Refusal(
                        "R6", handle.toString(), "unknown", "it is not a handle of the requester", Optional.empty()));
    }

    /** A VC that is not there yet, or not any more. */
    static OidResult dead(final VirtualCircuit circuit) {
        final NdisResult<Void> refused =
                circuit.refused(NdisStatus.FAILURE, "R111", "the VC is not there, its handle is dead");
        return OidResult.refused(refused.status(), refused.refusal().orElseThrow());
    }

    private OidExchange exchange(final MiniportDriver target, final OidRequest request) {
        return new OidExchange(
                request.withRequestHandle(requester),
                "MiniportCoOidRequest for the " + request + " by " + requester,
                requester.lane(),
                Optional.of(target::cancelOidRequest),
                options);
    }

    private void remember(final OidResult result, final OidRequest request) {
        if (result.isSuccess()) {
            protocolOptions = Optional.of(request);
        }
    }

    /** Sets again what the driver had set and a reset has lost (S32). The reset is not over yet, so nobody else gets through. */
    CompletionStage<OidResult> restore() {
        return restoreAt(miniport.get());
    }

    /** Sets at another miniport what the driver had set. */
    CompletionStage<OidResult> restoreAt(final MiniportDriver target) {
        return protocolOptions
                .map(request -> exchange(target, request))
                .map(exchange -> {
                    requests.add(exchange);
                    exchange.ask(() -> target.oidRequest(Optional.empty(), exchange.request()));
                    return exchange.returned();
                })
                .orElseGet(() -> OidResult.success().asStage());
    }

    void cancel(final long requestId) {
        requests.cancel(requestId);
    }

    /** What is under way now. */
    Stream<OidExchange> open() {
        return requests.open();
    }

    void abortAll(final NdisStatus status, final String rule, final String explanation) {
        requests.abortAll(status, rule, explanation);
    }
}
