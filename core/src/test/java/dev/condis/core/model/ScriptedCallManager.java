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
import dev.condis.core.state.BindingTable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A call manager that does what a program says. */
final class ScriptedCallManager implements CallManager {
    static final AddressFamily FAMILY = AddressFamily.Q2931;

    private final World world;
    private Optional<ModelBinding> model = Optional.empty();
    private boolean announced;
    private Optional<CmBinding> unbinding = Optional.empty();
    private final Deque<AfSides> opening = new ArrayDeque<>();
    private final Deque<SapSides> registering = new ArrayDeque<>();

    ScriptedCallManager(final World world) {
        this.world = world;
    }

    // --- binding ---

    @Override
    public NdisStatus bindAdapter(final CmBinding binding) {
        world.trace().say("> ProtocolBindAdapterEx of the call manager");
        final ModelBinding bound = new ModelBinding("the call manager", world.adapter(), world.trace());
        bound.fire(BindingTable.Event.BIND);
        final NdisStatus status =
                binding.registerAddressFamily(FAMILY, this::openAf).status();
        bound.fire(status.isSuccess() ? BindingTable.Event.BIND_SUCCEEDED : BindingTable.Event.BIND_FAILED);
        model = Optional.of(bound);
        return status;
    }

    @Override
    public CompletionStage<NdisStatus> restart(final CmBinding binding) {
        return transition("NetEventRestart", BindingTable.Event.RESTART, (bound, status) -> {
            bound.fire(status.isSuccess() ? BindingTable.Event.RESTART_SUCCEEDED : BindingTable.Event.RESTART_FAILED);
            announced |= status.isSuccess();
        });
    }

    @Override
    public CompletionStage<NdisStatus> pause(final CmBinding binding) {
        return transition("NetEventPause", BindingTable.Event.PAUSE, (bound, status) -> {});
    }

    @Override
    public CompletionStage<NdisStatus> unbindAdapter(final CmBinding binding) {
        unbinding = Optional.of(binding);
        announced = false;
        return transition("ProtocolUnbindAdapterEx", BindingTable.Event.UNBIND, (bound, status) -> unbound(binding));
    }

    private CompletionStage<NdisStatus> transition(
            final String callback,
            final BindingTable.Event event,
            final BiConsumer<ModelBinding, NdisStatus> answered) {
        world.trace().say("> " + callback + " of the call manager");
        final ModelBinding bound = model.orElseThrow();
        bound.fire(event);
        world.observe();
        final Held<NdisStatus> held = new Held<>(
                callback + " of the call manager",
                variant -> NdisStatus.SUCCESS,
                status -> status,
                status -> answered.accept(bound, status));
        return world.answer(held, () -> held.succeed(0));
    }

    /** The call manager has unbound itself, or took too long: what its clients have open is removed. */
    private void unbound(final CmBinding left) {
        if (unbinding.filter(current -> current == left).isPresent()) {
            unbinding = Optional.empty();
            world.afs().stream()
                    .filter(af -> !af.isGone())
                    .forEach(af -> af.mayBeRemoved(NdisStatus.ADAPTER_REMOVED, true));
        }
    }

    void unbindIsOverdue() {
        unbinding.ifPresent(this::unbound);
    }

    /** The adapter of an MCM was restarted: its address families are announced. */
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
        final ModelLane lane = af.model().direct();
        af.callManager(handle);
        world.enter(lane, ModelAf.OPEN, af.toString());
        final Held<NdisResult<CmAfContext>> held = new Held<>(
                ModelAf.OPEN + " of " + af,
                variant -> NdisResult.success(new AfContext(af)),
                NdisResult::failure,
                answer -> af.model().opened(answer));
        final CompletionStage<NdisResult<CmAfContext>> answer = world.answer(held, () -> held.succeed(0));
        world.exit(lane);
        return answer;
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
        vc.model().dispatchIncomingCall(operation, sap.model(), parameters);
        world.returned(
                operation,
                vc.callManager().dispatchIncomingCall(sap.callManager().orElseThrow(), parameters));
    }

    void dispatchCallConnected(final VcSides vc) {
        world.trace().say("Ndis(M)CmDispatchCallConnected " + vc);
        final Operation operation =
                new Operation("connecting the call on " + vc, vc.model().callManager());
        vc.model().dispatchCallConnected(operation);
        world.returned(operation, vc.callManager().dispatchCallConnected());
    }

    void dispatchIncomingCloseCall(final VcSides vc, final NdisStatus status) {
        world.trace().say("Ndis(M)CmDispatchIncomingCloseCall " + vc + " " + status);
        final Outcome expected = vc.model().dispatchIncomingCloseCall(status);
        final NdisResult<Void> result = vc.callManager().dispatchIncomingCloseCall(status, Octets.EMPTY);
        world.returned("the incoming close on " + vc, expected, result);
    }

    void dispatchIncomingDropParty(final PartySides party, final NdisStatus status) {
        world.trace().say("Ndis(M)CmDispatchIncomingDropParty " + party + " " + status);
        final Outcome expected = party.vc().model().parties().dispatchIncomingDrop(party.model(), status);
        final NdisResult<Void> result =
                party.callManager().orElseThrow().dispatchIncomingDropParty(status, Octets.EMPTY);
        world.returned("the incoming drop of " + party, expected, result);
    }

    void dispatchQosChange(final VcSides vc, final CallParameters parameters) {
        world.trace().say("Ndis(M)CmDispatchIncomingCallQoSChange " + vc);
        final Operation operation = new Operation(
                "the incoming change of the parameters of " + vc, vc.model().callManager());
        vc.model().qos().dispatchIncomingChange(operation, parameters);
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
            world.enter(vc.model().direct(), ModelVc.CREATE_AT_CALL_MANAGER, vc.toString());
            handles(vc, handle);
            final NdisStatus status = world.answerNow();
            vc.createAnswer(status);
            vc.model().createdAtPeer(status);
            world.exit(vc.model().direct());
            return status.isSuccess() ? NdisResult.success(context(vc)) : NdisResult.failure(status);
        }

        @Override
        public CompletionStage<NdisResult<CmSapContext>> registerSap(final CmSap handle) {
            final SapSides sap = registering.pop();
            final ModelLane lane = sap.model().callManager();
            sap.callManager(handle);
            world.enter(lane, ModelSap.REGISTER, sap.toString());
            final Held<NdisResult<CmSapContext>> held = new Held<>(
                    ModelSap.REGISTER + " of " + sap,
                    variant -> NdisResult.success(() -> deregisterSap(sap)),
                    NdisResult::failure,
                    answer -> sap.model().registered(answer));
            final CompletionStage<NdisResult<CmSapContext>> answer = world.answer(held, () -> held.succeed(0));
            world.exit(lane);
            return answer;
        }

        private CompletionStage<NdisStatus> deregisterSap(final SapSides sap) {
            final ModelLane lane = sap.model().callManager();
            world.enter(lane, ModelSap.DEREGISTER, sap.toString());
            final Held<NdisStatus> held = new Held<>(
                    ModelSap.DEREGISTER + " of " + sap,
                    variant -> NdisStatus.SUCCESS,
                    status -> status,
                    status -> sap.model().deregistered(status));
            final CompletionStage<NdisStatus> answer = world.answer(held, () -> held.succeed(0));
            world.exit(lane);
            return answer;
        }

        @Override
        public CompletionStage<NdisStatus> closeAf() {
            final ModelLane lane =
                    world.laneOf(ModelAf.CLOSE, af.model().direct(), af.model().callManager());
            final ModelLane.Item item = world.enter(lane, ModelAf.CLOSE, af.toString());
            final Held<NdisStatus> held = new Held<>(
                    ModelAf.CLOSE + " of " + af,
                    variant -> NdisStatus.SUCCESS,
                    status -> status,
                    status -> item.operation().ifPresent(operation -> af.model().closed(operation, status)));
            final CompletionStage<NdisStatus> answer = world.answer(held, () -> held.succeed(0));
            world.exit(lane);
            return answer;
        }
    }

    private class VcContext implements CmVcContext {
        private final VcSides vc;

        VcContext(final VcSides vc) {
            this.vc = vc;
        }

        @Override
        public final CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
            final ModelLane lane = vc.model().callManager();
            final ModelLane.Item item = world.enter(lane, ModelVc.MAKE_CALL, parameters);
            final Held<NdisResult<CallParameters>> held = new Held<>(
                    ModelVc.MAKE_CALL + " of " + vc,
                    variant -> NdisResult.success(World.parameters(variant)),
                    NdisResult::failure,
                    answer -> vc.model().made(item.of(), answer, Optional.empty()));
            final CompletionStage<NdisResult<CallParameters>> answer =
                    world.answer(held, () -> activate(vc, parameters, result -> report(held, result)));
            world.exit(lane);
            return answer;
        }

        private void report(final Held<NdisResult<CallParameters>> held, final NdisResult<CallParameters> activated) {
            if (!held.isAnswered()) {
                held.answer(activated.isSuccess() ? activated : NdisResult.failure(activated.status()));
            }
        }

        @Override
        public final CompletionStage<NdisResult<AddedParty>> makeCall(
                final CallParameters parameters, final CmParty handle) {
            final ModelLane lane = vc.model().callManager();
            final ModelLane.Item item = world.enter(lane, ModelVc.MAKE_CALL, parameters);
            final PartySides party = vc.added(item.of());
            party.callManager(handle);
            final Held<NdisResult<AddedParty>> held = new Held<>(
                    ModelVc.MAKE_CALL + " of " + vc + " with a party",
                    variant -> NdisResult.success(new AddedParty(new PartyContext(party), World.parameters(variant))),
                    NdisResult::failure,
                    answer -> {
                        party.model().added(answer);
                        vc.model().made(item.of(), answer.map(AddedParty::parameters), Optional.of(party.model()));
                    });
            final CompletionStage<NdisResult<AddedParty>> answer = world.answer(
                    held,
                    () -> activate(
                            vc,
                            parameters,
                            result -> reportParty(
                                    held, result.map(inForce -> new AddedParty(new PartyContext(party), inForce)))));
            world.exit(lane);
            return answer;
        }

        private void reportParty(final Held<NdisResult<AddedParty>> held, final NdisResult<AddedParty> activated) {
            if (!held.isAnswered()) {
                held.answer(activated.isSuccess() ? activated : NdisResult.failure(activated.status()));
            }
        }

        @Override
        public final CompletionStage<NdisResult<AddedParty>> addParty(
                final CmParty handle, final CallParameters parameters) {
            final ModelLane lane = vc.model().callManager();
            final ModelLane.Item item = world.enter(lane, ModelParties.ADD, parameters);
            final PartySides party = vc.added(item.of());
            party.callManager(handle);
            final Held<NdisResult<AddedParty>> held = new Held<>(
                    ModelParties.ADD + " of " + party,
                    variant -> NdisResult.success(new AddedParty(new PartyContext(party), World.parameters(variant))),
                    NdisResult::failure,
                    answer -> vc.model().parties().added(party.model(), item.of(), answer));
            final CompletionStage<NdisResult<AddedParty>> answer = world.answer(held, () -> held.succeed(0));
            world.exit(lane);
            return answer;
        }

        @Override
        public final CompletionStage<NdisResult<CallParameters>> modifyCallQoS(final CallParameters parameters) {
            final ModelLane lane = vc.model().callManager();
            final ModelLane.Item item = world.enter(lane, ModelQos.MODIFY, parameters);
            final Held<NdisResult<CallParameters>> held = new Held<>(
                    ModelQos.MODIFY + " of " + vc,
                    variant -> NdisResult.success(World.parameters(variant)),
                    NdisResult::failure,
                    answer -> vc.model().qos().modified(item.of(), answer));
            final CompletionStage<NdisResult<CallParameters>> answer =
                    world.answer(held, () -> activate(vc, parameters, result -> report(held, result)));
            world.exit(lane);
            return answer;
        }

        @Override
        public final CompletionStage<NdisStatus> closeCall(final Octets closeData) {
            final ModelParties parties = vc.model().parties();
            world.trace().check(parties.connected().isEmpty(), "R153: the last party of " + vc + " is not named");
            return closed(ModelVc.CLOSE_CALL, closeData);
        }

        @Override
        public final CompletionStage<NdisStatus> closeCall(final CmPartyContext lastParty, final Octets closeData) {
            if (lastParty instanceof PartyContext context
                    && context.party.model().isGone()) {
                return closed(ModelVc.CLOSE_LATE_CALL, context.party.toString());
            }
            final List<ModelParty> connected = vc.model().parties().connected();
            final boolean last = !connected.isEmpty()
                    && lastParty instanceof PartyContext context
                    && connected.get(0) == context.party.model();
            world.trace().check(last, "R153: it is not the last party of " + vc + " that is named");
            return closed(ModelVc.CLOSE_CALL, closeData);
        }

        private CompletionStage<NdisStatus> closed(final String callback, final Object argument) {
            final ModelLane lane = vc.model().callManager();
            final ModelLane.Item item = world.enter(lane, callback, argument);
            final Held<NdisStatus> held = new Held<>(
                    ModelVc.CLOSE_CALL + " of " + vc,
                    variant -> NdisStatus.SUCCESS,
                    status -> status,
                    status -> item.operation().ifPresent(operation -> vc.model().closed(operation, status)));
            final CompletionStage<NdisStatus> answer = world.answer(held, () -> deactivateAndReport(held));
            world.exit(lane);
            return answer;
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
            final ModelLane lane = world.laneOf(
                    ModelVc.DELETE_AT_CALL_MANAGER,
                    vc.model().direct(),
                    vc.model().callManager());
            final boolean asked = lane == vc.model().direct();
            world.enter(lane, ModelVc.DELETE_AT_CALL_MANAGER, vc.toString());
            final NdisStatus status = world.answerNow();
            if (asked) {
                vc.deleteAnswer(status);
                vc.model().deletedAtPeer(status);
            }
            world.exit(lane);
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
            final ModelLane lane = vc.callManager();
            final ModelLane.Item item = world.enter(lane, ModelParties.DROP, party.toString());
            final Held<NdisStatus> held = new Held<>(
                    ModelParties.DROP + " of " + party,
                    variant -> NdisStatus.SUCCESS,
                    status -> status,
                    status -> item.operation().ifPresent(operation -> vc.parties()
                            .dropped(party.model(), operation, Outcome.of(status))));
            final CompletionStage<NdisStatus> answer = world.answer(held, () -> held.succeed(0));
            world.exit(lane);
            return answer;
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
