// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Refusal;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmParty;
import dev.condis.api.callmgr.CmPartyContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientVc;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The OID requests between a client and its call manager on one address family (R191): they never reach the miniport, and cannot be
 * cancelled (R200). A request takes its place among the other callbacks of the object that it is about.
 */
final class PeerRequests {
    private final AddressFamilyInstance af;
    private final Side client;
    private final Side callManager;
    private final EngineOptions options;

    /** One of the two: where its callbacks about the family go, and what it has asked the other. */
    private static final class Side {
        private final Lane lane;
        private final OidRequests requests = new OidRequests();

        Side(final Lane lane) {
            this.lane = lane;
        }
    }

    PeerRequests(
            final AddressFamilyInstance af,
            final Lane clientLane,
            final Lane callManagerLane,
            final EngineOptions options) {
        this.af = af;
        this.options = options;
        client = new Side(clientLane);
        callManager = new Side(callManagerLane);
    }

    /** {@code NdisCoOidRequest} of the client. */
    CompletionStage<OidResult> fromClient(final OidRequest request) {
        return af.beginnings()
                .pass(() -> submit(
                        client, request, af.toString(), callManager.lane, () -> !af.isClosed(), () -> af.callManager()
                                .oidRequest(request)));
    }

    /** {@code NdisCoOidRequest} of the client about a VC. */
    CompletionStage<OidResult> fromClient(final ClientVc vc, final OidRequest request) {
        if (!(vc instanceof ClientVcView view) || view.circuit().addressFamily() != af) {
            return MiniportRequests.foreign(vc).asStage();
        }
        final ClientCircuit circuit = view.circuit();
        return af.beginnings()
                .pass(() -> aboutVc(client, circuit, request, circuit.callManagerLane, () -> circuit.callManager()
                        .oidRequest(request)));
    }

    /** {@code NdisCoOidRequest} of the client about a party. */
    CompletionStage<OidResult> fromClient(final ClientParty handle, final OidRequest request) {
        if (!(handle instanceof Party.ClientView view) || isForeign(view.party())) {
            return MiniportRequests.foreign(handle).asStage();
        }
        final Party party = view.party();
        final Lane lane = party.parties().circuit().callManagerLane;
        return aboutParty(
                client, party, request, lane, () -> callManagerContext(party).oidRequest(request));
    }

    /** {@code NdisCoOidRequest} of a call manager, {@code NdisMCmOidRequest}. */
    CompletionStage<OidResult> fromCallManager(final OidRequest request) {
        if (request.type() == OidRequest.Type.SET && request.oid().equals(Oid.CO_AF_CLOSE)) {
            return af.callManagerView().notifyCloseAddressFamily().thenApply(PeerRequests::ofNotification);
        }
        return submit(callManager, request, af.toString(), client.lane, () -> !af.isClosed(), () -> af.context()
                .oidRequest(af.clientView(), request));
    }

    private static OidResult ofNotification(final NdisResult<Void> result) {
        return result.isSuccess()
                ? OidResult.success()
                : result.refusal()
                        .map(refusal -> OidResult.refused(result.status(), refusal))
                        .orElseGet(() -> OidResult.failure(result.status()));
    }

    /** {@code NdisCoOidRequest} of a call manager about a VC, {@code NdisMCmOidRequest}. */
    CompletionStage<OidResult> fromCallManager(final CmVc vc, final OidRequest request) {
        if (!(vc instanceof CmVcView view) || view.circuit.addressFamily() != af) {
            return MiniportRequests.foreign(vc).asStage();
        }
        final ClientCircuit circuit = view.circuit;
        return aboutVc(callManager, circuit, request, circuit.clientLane(), () -> circuit.clientContext()
                .oidRequest(circuit.clientView(), request));
    }

    /** {@code NdisCoOidRequest} of a call manager about a party, {@code NdisMCmOidRequest}. */
    CompletionStage<OidResult> fromCallManager(final CmParty handle, final OidRequest request) {
        if (!(handle instanceof Party.CallManagerView view) || isForeign(view.party())) {
            return MiniportRequests.foreign(handle).asStage();
        }
        final Party party = view.party();
        final Lane lane = party.parties().circuit().clientLane();
        return aboutParty(
                callManager, party, request, lane, () -> party.client().oidRequest(party.clientView(), request));
    }

    private static CmPartyContext callManagerContext(final Party party) {
        synchronized (party.parties().circuit().lock) {
            return party.callManager().orElseThrow();
        }
    }

    private boolean isForeign(final Party party) {
        return party.parties().circuit().addressFamily() != af;
    }

    private CompletionStage<OidResult> aboutVc(
            final Side from,
            final ClientCircuit circuit,
            final OidRequest request,
            final Lane lane,
            final Supplier<CompletionStage<OidResult>> callback) {
        if (!isThere(circuit)) {
            return MiniportRequests.dead(circuit).asStage();
        }
        return submit(from, request, circuit.toString(), lane, () -> isThere(circuit), callback);
    }

    private static boolean isThere(final ClientCircuit circuit) {
        final VcState state = circuit.state();
        return state != VcState.NONE && state != VcState.DELETING && state != VcState.DELETED;
    }

    private CompletionStage<OidResult> aboutParty(
            final Side from,
            final Party party,
            final OidRequest request,
            final Lane lane,
            final Supplier<CompletionStage<OidResult>> callback) {
        if (!isThere(party)) {
            final Refusal refusal = new Refusal(
                    "R168",
                    party.toString(),
                    party.state().name(),
                    "the handle of the party is dead",
                    party.machine().last());
            return OidResult.refused(NdisStatus.FAILURE, refusal).asStage();
        }
        return submit(from, request, party.toString(), lane, () -> isThere(party), callback);
    }

    private static boolean isThere(final Party party) {
        synchronized (party.parties().circuit().lock) {
            return party.isConnected();
        }
    }

    private CompletionStage<OidResult> submit(
            final Side from,
            final OidRequest request,
            final String object,
            final Lane lane,
            final Supplier<Boolean> alive,
            final Supplier<CompletionStage<OidResult>> callback) {
        final OidExchange exchange = new OidExchange(
                request,
                "ProtocolCoOidRequest for the " + request + " about " + object,
                from.lane,
                Optional.empty(),
                options);
        from.requests.add(exchange);
        final Optional<OidResult> refusal = af.whileUsable(() -> lane.add(() -> ask(exchange, alive, callback)));
        refusal.ifPresent(exchange::end);
        lane.drain();
        return exchange.returned();
    }

    private static void ask(
            final OidExchange exchange,
            final Supplier<Boolean> alive,
            final Supplier<CompletionStage<OidResult>> callback) {
        if (alive.get()) {
            exchange.ask(callback);
        } else {
            exchange.end(exchange.refused(
                    NdisStatus.CLOSING, "B.11", "what the request is about went before its target was asked"));
        }
    }

    /** Neither of the two waits for an answer of the other. */
    boolean isSettled() {
        return client.requests.open().findAny().isEmpty()
                && callManager.requests.open().findAny().isEmpty();
    }

    /** The address family is gone: nobody waits for an answer any more. */
    void end() {
        client.requests.abortAll(NdisStatus.CLOSING, "B.11", "the address family is closed");
        callManager.requests.abortAll(NdisStatus.CLOSING, "B.11", "the address family is closed");
    }
}
