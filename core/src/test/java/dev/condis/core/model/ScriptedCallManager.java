// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.AddedParty;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.CmParty;
import dev.condis.api.callmgr.CmPartyContext;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.miniport.McmVc;
import dev.condis.api.miniport.McmVcContext;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.core.state.AfTable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A call manager that does what a program says. */
final class ScriptedCallManager implements CallManager {
    static final AddressFamily FAMILY = AddressFamily.Q2931;

    private final World world;
    private final Bound<CmBinding> bound;
    private final Deque<AfSides> opening = new ArrayDeque<>();
    private final Deque<SapSides> registering = new ArrayDeque<>();
    private boolean announced;

    ScriptedCallManager(final World world) {
        this.world = world;
        bound = new Bound<>(world, "the call manager", left -> loseAddressFamilies());
    }

    // --- binding ---

    @Override
    public NdisStatus bindAdapter(final CmBinding binding) {
        bound.opens();
        final NdisStatus status =
                binding.registerAddressFamily(FAMILY, this::openAf).status();
        bound.opened(binding, status);
        return status;
    }

    @Override
    public CompletionStage<NdisStatus> restart(final CmBinding binding) {
        return bound.restart(status -> announced |= status.isSuccess());
    }

    @Override
    public CompletionStage<NdisStatus> pause(final CmBinding binding) {
        return bound.pause();
    }

    @Override
    public CompletionStage<NdisStatus> unbindAdapter(final CmBinding binding) {
        announced = false;
        return bound.unbind(binding);
    }

    /** What its clients have open is removed. */
    private void loseAddressFamilies() {
        world.afs().stream()
                .filter(af -> !af.isGone())
                .forEach(af -> af.mayBeRemoved(NdisStatus.ADAPTER_REMOVED, true));
    }

    void unbindIsOverdue() {
        bound.isOverdue();
    }

    /** The adapter of an MCM is restarted, or halted: clients can open its address family, or cannot any more. */
    void announced(final boolean isAnnounced) {
        announced = isAnnounced;
    }

    /** R26, R32: clients can open the address family. */
    boolean isAnnounced() {
        return announced;
    }

    // --- address families and SAPs ---

    /** The address family that {@code ProtocolCmOpenAf} will be called for. */
    void opens(final AfSides af) {
        opening.push(af);
    }

    private CompletionStage<NdisResult<CmAfContext>> openAf(final CmAf handle) {
        final AfSides af = opening.pop();
        af.callManager(handle);
        final ModelLane.Item item = world.enter(af.model().direct(), ModelAf.OPEN, af.toString());
        return world.result(
                item, af, variant -> new AfContext(af), answer -> af.model().opened(answer), held -> held.succeed(0));
    }

    void notifyClose(final AfSides af) {
        world.trace().say("Ndis(M)CmNotifyCloseAddressFamily " + af);
        final Operation operation =
                new Operation("notifying of the close of " + af, af.model().callManager());
        af.model().notifyClose(operation);
        world.returned(operation, af.callManager().orElseThrow().notifyCloseAddressFamily());
    }

    /** The SAP that {@code ProtocolCmRegisterSap} will be called for. */
    void registers(final SapSides sap) {
        registering.push(sap);
    }

    // --- VCs ---

    void createVc(final AfSides af) {
        final ModelVc model = new ModelVc("vc#" + world.number(), world.form(), false, af.model(), world.trace());
        final VcSides vc = new VcSides(model, af);
        world.trace().say("Ndis(M)CmCreateVc " + vc + " for " + af);
        final Optional<Outcome> refusal = af.model().refuses(AfTable.Event.USE);
        if (refusal.isEmpty()) {
            model.create();
        }
        world.miniport().creates(vc);
        final NdisResult<CmVc> result = af.callManager().orElseThrow().createVc(context(vc));
        final Outcome expected = refusal.orElseGet(() -> model.createOutcome(vc.createAnswer()));
        result.value().ifPresent(handle -> {
            handles(vc, handle);
            world.vcs().add(vc);
        });
        world.miniport().created();
        world.returned("creating " + vc, expected, result);
    }

    private void handles(final VcSides vc, final CmVc handle) {
        vc.callManager(handle);
        if (handle instanceof McmVc wire) {
            vc.wire(wire);
        }
    }

    private CmVcContext context(final VcSides vc) {
        return world.form() == Form.MCM ? new McmContext(vc) : new VcContext(vc);
    }

    void activate(final VcSides vc, final CallParameters parameters, final Consumer<NdisResult<CallParameters>> next) {
        world.trace().say("Ndis(M)CmActivateVc " + vc);
        final Operation operation = new Operation("activating " + vc, vc.model().callManager());
        vc.model().activate(operation, parameters);
        world.returned(operation, vc.callManager().activateVc(parameters), next);
    }

    void deactivate(final VcSides vc, final Consumer<NdisResult<Void>> next) {
        world.trace().say("Ndis(M)CmDeactivateVc " + vc);
        final Operation operation =
                new Operation("deactivating " + vc, vc.model().callManager());
        vc.model().deactivate(operation);
        world.returned(operation, vc.callManager().deactivateVc(), next);
    }

    void delete(final VcSides vc) {
        world.trace().say("NdisCoDeleteVc, NdisMCmDeleteVc " + vc + " by the call manager");
        final Optional<Outcome> refusal = vc.model().delete(false);
        final NdisResult<Void> result = vc.callManager().deleteVc();
        world.returned("deleting " + vc, refusal.orElseGet(() -> ModelVc.deleteOutcome(vc.deleteAnswer())), result);
    }

    // --- calls ---

    void dispatchIncomingCall(final VcSides vc, final SapSides sap, final CallParameters parameters) {
        world.trace().say("Ndis(M)CmDispatchIncomingCall " + vc + " on " + sap);
        final Operation operation =
                new Operation("the incoming call on " + vc, vc.model().callManager());
        vc.model().call().dispatchIncoming(operation, sap.model(), parameters);
        world.returned(
                operation,
                vc.callManager().dispatchIncomingCall(sap.callManager().orElseThrow(), parameters));
    }

    void dispatchCallConnected(final VcSides vc) {
        world.trace().say("Ndis(M)CmDispatchCallConnected " + vc);
        final Operation operation =
                new Operation("connecting the call on " + vc, vc.model().callManager());
        vc.model().call().dispatchConnected(operation);
        world.returned(operation, vc.callManager().dispatchCallConnected());
    }

    void dispatchIncomingCloseCall(final VcSides vc, final NdisStatus status) {
        world.trace().say("Ndis(M)CmDispatchIncomingCloseCall " + vc + " " + status);
        final Outcome expected = vc.model().call().dispatchIncomingClose(status);
        final NdisResult<Void> result = vc.callManager().dispatchIncomingCloseCall(status, Octets.EMPTY);
        world.returned("the incoming close on " + vc, expected, result);
    }

    void dispatchIncomingDropParty(final PartySides party, final NdisStatus status) {
        world.trace().say("Ndis(M)CmDispatchIncomingDropParty " + party + " " + status);
        final Outcome expected = party.vc().model().call().parties().dispatchIncomingDrop(party.model(), status);
        final NdisResult<Void> result =
                party.callManager().orElseThrow().dispatchIncomingDropParty(status, Octets.EMPTY);
        world.returned("the incoming drop of " + party, expected, result);
    }

    void dispatchQosChange(final VcSides vc, final CallParameters parameters) {
        world.trace().say("Ndis(M)CmDispatchIncomingCallQoSChange " + vc);
        final Operation operation = new Operation(
                "the incoming change of the parameters of " + vc, vc.model().callManager());
        vc.model().call().qos().dispatchIncomingChange(operation, parameters);
        world.returned(operation, vc.callManager().dispatchIncomingCallQoSChange(parameters));
    }

    private final class AfContext implements CmAfContext {
        private final AfSides af;

        AfContext(final AfSides af) {
            this.af = af;
        }

        @Override
        public NdisResult<CmVcContext> createVc(final CmVc handle) {
            final VcSides vc = world.miniport().creating();
            final ModelLane.Item item = world.enter(vc.model().direct(), ModelVc.CREATE_AT_CALL_MANAGER, vc.toString());
            handles(vc, handle);
            final NdisStatus status = world.answerNow();
            vc.createAnswer(status);
            vc.model().createdAtPeer(status);
            world.exit(item);
            return status.isSuccess() ? NdisResult.success(context(vc)) : NdisResult.failure(status);
        }

        @Override
        public CompletionStage<NdisResult<CmSapContext>> registerSap(final CmSap handle) {
            final SapSides sap = registering.pop();
            sap.callManager(handle);
            final ModelLane.Item item = world.enter(sap.model().callManager(), ModelSap.REGISTER, sap.toString());
            return world.result(
                    item,
                    sap,
                    variant -> () -> deregisterSap(sap),
                    answer -> sap.model().registered(answer),
                    held -> held.succeed(0));
        }

        private CompletionStage<NdisStatus> deregisterSap(final SapSides sap) {
            final ModelLane.Item item = world.enter(sap.model().callManager(), ModelSap.DEREGISTER, sap.toString());
            return world.status(item, sap, status -> sap.model().deregistered(status), held -> held.succeed(0));
        }

        @Override
        public CompletionStage<NdisStatus> closeAf() {
            final ModelAf model = af.model();
            final ModelLane lane = world.laneOf(ModelAf.CLOSE, model.direct(), model.callManager());
            final ModelLane.Item item = world.enter(lane, ModelAf.CLOSE, af.toString());
            return world.status(
                    item,
                    af,
                    status -> item.operation().ifPresent(operation -> model.closed(operation, status)),
                    held -> held.succeed(0));
        }
    }

    private class VcContext implements CmVcContext {
        private final VcSides vc;

        VcContext(final VcSides vc) {
            this.vc = vc;
        }

        private ModelLane lane() {
            return vc.model().callManager();
        }

        @Override
        public final CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
            final ModelLane.Item item = world.enter(lane(), ModelCall.MAKE_CALL, parameters);
            return world.result(
                    item,
                    vc,
                    World::parameters,
                    answer -> vc.model().call().made(item.of(), answer, Optional.empty()),
                    held -> activate(vc, parameters, result -> report(held, result)));
        }

        @Override
        public final CompletionStage<NdisResult<AddedParty>> makeCall(
                final CallParameters parameters, final CmParty handle) {
            final ModelLane.Item item = world.enter(lane(), ModelCall.MAKE_CALL, parameters);
            final PartySides party = vc.added(item.of());
            party.callManager(handle);
            return world.result(
                    item,
                    vc,
                    variant -> added(party, World.parameters(variant)),
                    answer -> {
                        party.model().added(answer);
                        vc.model()
                                .call()
                                .made(item.of(), answer.map(AddedParty::parameters), Optional.of(party.model()));
                    },
                    held -> activate(
                            vc, parameters, result -> report(held, result.map(inForce -> added(party, inForce)))));
        }

        private AddedParty added(final PartySides party, final CallParameters parameters) {
            return new AddedParty(new PartyContext(party), parameters);
        }

        /** Goes on when the VC was activated. */
        private <T> void report(final Held<NdisResult<T>> held, final NdisResult<T> activated) {
            if (!held.isAnswered()) {
                held.answer(activated.isSuccess() ? activated : NdisResult.failure(activated.status()));
            }
        }

        @Override
        public final CompletionStage<NdisResult<AddedParty>> addParty(
                final CmParty handle, final CallParameters parameters) {
            final ModelLane.Item item = world.enter(lane(), ModelParties.ADD, parameters);
            final PartySides party = vc.added(item.of());
            party.callManager(handle);
            return world.result(
                    item,
                    party,
                    variant -> added(party, World.parameters(variant)),
                    answer -> vc.model().call().parties().added(party.model(), item.of(), answer),
                    held -> held.succeed(0));
        }

        @Override
        public final CompletionStage<NdisResult<CallParameters>> modifyCallQoS(final CallParameters parameters) {
            final ModelLane.Item item = world.enter(lane(), ModelQos.MODIFY, parameters);
            return world.result(
                    item,
                    vc,
                    World::parameters,
                    answer -> vc.model().call().qos().modified(item.of(), answer),
                    held -> activate(vc, parameters, result -> report(held, result)));
        }

        @Override
        public final CompletionStage<NdisStatus> closeCall(final Octets closeData) {
            final boolean named = connected().isEmpty();
            world.trace().check(named, "R153: the last party of " + vc + " is not named");
            return closed(ModelCall.CLOSE_CALL, closeData);
        }

        @Override
        public final CompletionStage<NdisStatus> closeCall(final CmPartyContext lastParty, final Octets closeData) {
            if (lastParty instanceof PartyContext context
                    && context.party.model().isGone()) {
                return closed(ModelCall.CLOSE_LATE_CALL, context.party.toString());
            }
            final boolean last =
                    lastParty instanceof PartyContext context && connected().indexOf(context.party.model()) == 0;
            world.trace().check(last, "R153: it is not the last party of " + vc + " that is named");
            return closed(ModelCall.CLOSE_CALL, closeData);
        }

        private List<ModelParty> connected() {
            return vc.model().call().parties().connected();
        }

        private CompletionStage<NdisStatus> closed(final String callback, final Object argument) {
            final ModelLane.Item item = world.enter(lane(), callback, argument);
            return world.status(
                    item,
                    vc,
                    status -> item.operation()
                            .ifPresent(operation -> vc.model().call().closed(operation, status)),
                    this::deactivateAndReport);
        }

        private void deactivateAndReport(final Held<NdisStatus> held) {
            if (vc.callManager().state() != VcState.ACTIVE) {
                held.succeed(0);
                return;
            }
            deactivate(vc, result -> {
                if (!held.isAnswered()) {
                    held.answer(result.status());
                }
            });
        }

        @Override
        public final NdisStatus deleteVc() {
            final ModelLane direct = vc.model().direct();
            final ModelLane.Item item = world.enter(
                    world.laneOf(ModelVc.DELETE_AT_CALL_MANAGER, direct, lane()),
                    ModelVc.DELETE_AT_CALL_MANAGER,
                    vc.toString());
            final NdisStatus status = world.answerNow();
            if (item.lane() == direct) {
                vc.deleteAnswer(status);
                vc.model().deletedAtPeer(status);
            }
            world.exit(item);
            return status;
        }
    }

    private final class PartyContext implements CmPartyContext {
        private final PartySides party;

        PartyContext(final PartySides party) {
            this.party = party;
        }

        @Override
        public CompletionStage<NdisStatus> dropParty(final Octets closeData) {
            final ModelVc vc = party.vc().model();
            final ModelLane.Item item = world.enter(vc.callManager(), ModelParties.DROP, party.toString());
            return world.status(
                    item,
                    party,
                    status -> item.operation()
                            .ifPresent(operation ->
                                    vc.call().parties().dropped(party.model(), operation, Outcome.of(status))),
                    held -> held.succeed(0));
        }
    }

    /** The context of an MCM, which carries the packets too. */
    private final class McmContext extends VcContext implements McmVcContext {
        private final ScriptedMiniport.DataPath packets;

        McmContext(final VcSides vc) {
            super(vc);
            packets = world.miniport().new DataPath(vc);
        }

        @Override
        public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
            packets.sendNetBufferLists(nbls, flags);
        }

        @Override
        public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
            packets.returnNetBufferLists(nbls, flags);
        }
    }
}
