// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientPartyContext;
import dev.condis.api.client.ClientSapContext;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.core.state.AfTable;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A client that does what a program says. */
final class ScriptedClient implements CoClient {
    static final String SEND_COMPLETE = "ProtocolCoSendNetBufferListsComplete";
    static final String RECEIVE = "ProtocolCoReceiveNetBufferLists";

    private final World world;
    private final String name;
    private final Bound<ClientBinding> bound;

    ScriptedClient(final World world, final String name) {
        this.world = world;
        this.name = name;
        bound = new Bound<>(world, "client " + name, this::loseAddressFamilies);
    }

    // --- binding ---

    @Override
    public NdisStatus bindAdapter(final ClientBinding binding) {
        bound.opens();
        final NdisStatus status = world.answerNow();
        bound.opened(binding, status);
        return status;
    }

    @Override
    public CompletionStage<NdisStatus> restart(final ClientBinding binding) {
        return bound.restart(status -> {});
    }

    @Override
    public CompletionStage<NdisStatus> pause(final ClientBinding binding) {
        return bound.pause();
    }

    @Override
    public CompletionStage<NdisStatus> unbindAdapter(final ClientBinding binding) {
        return bound.unbind(binding);
    }

    /** What it has left is removed. */
    private void loseAddressFamilies(final ClientBinding left) {
        world.afs().stream()
                .filter(af -> af.binding() == left)
                .forEach(af -> af.mayBeRemoved(NdisStatus.CLOSING, false));
    }

    void unbindIsOverdue() {
        bound.isOverdue();
    }

    boolean isBound() {
        return bound.handle().isPresent();
    }

    @Override
    public void afRegisterNotify(final ClientBinding newBinding, final AddressFamily addressFamily) {
        world.trace().say("> ProtocolCoAfRegisterNotify of client " + name);
        world.trace().check(bound.model().isRunning(), "R26: client " + name + " hears of an address family");
        final Answer answer = world.nextAnswer();
        world.inside(answer);
        if (answer.kind() == Answer.Kind.BY_THE_BOOK) {
            open();
        }
    }

    // --- address families and SAPs ---

    void open() {
        final ClientBinding binding = bound.handle().orElseThrow();
        final ModelAf model = new ModelAf("af#" + world.number() + " of " + name, bound.model(), world.trace());
        final AfSides af = new AfSides(model, this, binding);
        world.trace().say("NdisClOpenAddressFamilyEx " + af);
        if (world.callManager().isAnnounced()) {
            world.afs().add(af);
            world.callManager().opens(af);
            world.returned(
                    model.open(),
                    binding.openAddressFamily(ScriptedCallManager.FAMILY, new AfContext(af)),
                    result -> result.value().ifPresent(af::client));
        } else {
            final Operation refused = new Operation("opening " + af, model.client());
            refused.settle(Outcome.refused(NdisStatus.FAILURE, "R32"));
            world.returned(refused, binding.openAddressFamily(ScriptedCallManager.FAMILY, new AfContext(af)));
        }
    }

    void close(final AfSides af) {
        world.trace().say("NdisClCloseAddressFamily " + af);
        final Operation operation = new Operation("closing " + af, af.model().client());
        af.model().close(operation);
        world.returned(operation, handle(af).close());
    }

    void registerSap(final AfSides af) {
        final SapSides sap =
                new SapSides(new ModelSap("sap#" + world.number() + " of " + af, af.model(), world.trace()));
        world.trace().say("NdisClRegisterSap " + sap);
        final Operation operation =
                new Operation("registering " + sap, sap.model().client());
        af.model().refuses(AfTable.Event.USE).ifPresentOrElse(operation::settle, () -> {
            af.model().added(sap.model());
            world.saps().add(sap);
            sap.model().register(operation);
        });
        world.callManager().registers(sap);
        world.returned(operation, handle(af).registerSap(Sap.e164("1"), new SapContext()), result -> result.value()
                .ifPresent(sap::client));
    }

    static void deregister(final World world, final SapSides sap) {
        world.trace().say("NdisClDeregisterSap " + sap);
        final Operation operation =
                new Operation("deregistering " + sap, sap.model().client());
        sap.model()
                .addressFamily()
                .refuses(AfTable.Event.DEREGISTER_SAP)
                .ifPresentOrElse(operation::settle, () -> sap.model().deregister(operation));
        world.returned(operation, sap.client().orElseThrow().deregister());
    }

    // --- VCs and calls ---

    void createVc(final AfSides af) {
        final ModelVc model = new ModelVc("vc#" + world.number(), world.form(), true, af.model(), world.trace());
        final VcSides vc = new VcSides(model, af);
        world.trace().say("NdisCoCreateVc " + vc + " by " + af);
        final Optional<Outcome> refusal = af.model().refuses(AfTable.Event.USE);
        if (refusal.isEmpty()) {
            model.create();
        }
        world.miniport().creates(vc);
        final NdisResult<ClientVc> result = handle(af).createVc(new VcContext(vc));
        final Outcome expected = refusal.orElseGet(() -> model.createOutcome(vc.createAnswer()));
        result.value().ifPresent(handle -> {
            vc.client(handle);
            world.vcs().add(vc);
        });
        world.miniport().created();
        world.returned("creating " + vc, expected, result);
    }

    void makeCall(final VcSides vc, final CallParameters parameters) {
        world.trace().say("NdisClMakeCall " + vc);
        final Operation operation =
                new Operation("the call on " + vc, vc.model().client());
        vc.model().call().make(operation, parameters, Optional.empty());
        world.returned(operation, vc.client().makeCall(parameters));
    }

    void makeMultipointCall(final VcSides vc, final CallParameters parameters) {
        world.trace().say("NdisClMakeCall " + vc + " with a party");
        final Operation operation =
                new Operation("the multipoint call on " + vc, vc.model().client());
        final PartySides first = newParty(vc, parameters, operation);
        vc.model().call().make(operation, parameters, Optional.of(first.model()));
        operation.yieldsHandle();
        world.returned(operation, vc.client().makeCall(parameters, new PartyContext(first)), result -> result.value()
                .ifPresent(first::client));
    }

    private PartySides newParty(final VcSides vc, final CallParameters parameters, final Operation operation) {
        final PartySides party =
                new PartySides(new ModelParty("party#" + world.number() + " of " + vc, parameters), vc);
        vc.adds(party, operation);
        return party;
    }

    void addParty(final VcSides vc, final CallParameters parameters) {
        final Operation operation =
                new Operation("adding a party to " + vc, vc.model().client());
        final PartySides party = newParty(vc, parameters, operation);
        world.trace().say("NdisClAddParty " + party);
        vc.model().call().parties().add(party.model(), operation, parameters);
        world.returned(operation, vc.client().addParty(parameters, new PartyContext(party)), result -> result.value()
                .ifPresent(party::client));
    }

    void dropParty(final PartySides party) {
        dropParty(party, result -> {});
    }

    private void dropParty(final PartySides party, final Consumer<NdisResult<Void>> next) {
        world.trace().say("NdisClDropParty " + party);
        final ModelVc vc = party.vc().model();
        final Operation operation = new Operation("dropping " + party, vc.client());
        vc.call().parties().drop(party.model(), operation);
        world.returned(operation, party.client().orElseThrow().dropParty(Octets.EMPTY), next);
    }

    /** Closes a call with a party. */
    void closeCall(final PartySides party) {
        final VcSides vc = party.vc();
        world.trace().say("NdisClCloseCall " + vc + " with " + party);
        final Operation operation =
                new Operation("closing the call on " + vc, vc.model().client());
        if (vc.model().call().parties().connected().contains(party.model())) {
            vc.model().call().close(operation, Octets.EMPTY);
        } else {
            operation.settle(Outcome.refused(NdisStatus.FAILURE, "R170"));
        }
        world.returned(operation, vc.client().closeCall(party.client().orElseThrow(), Octets.EMPTY));
    }

    void modifyCallQos(final VcSides vc, final CallParameters parameters) {
        world.trace().say("NdisClModifyCallQoS " + vc);
        final Operation operation =
                new Operation("changing the parameters of " + vc, vc.model().client());
        vc.model().call().qos().modify(operation, parameters);
        world.returned(operation, vc.client().modifyCallQoS(parameters));
    }

    void closeCall(final VcSides vc) {
        world.trace().say("NdisClCloseCall " + vc);
        final Operation operation =
                new Operation("closing the call on " + vc, vc.model().client());
        vc.model().call().close(operation, Octets.EMPTY);
        world.returned(operation, vc.client().closeCall(Octets.EMPTY));
    }

    void delete(final VcSides vc) {
        world.trace().say("NdisCoDeleteVc " + vc + " by its client");
        final Optional<Outcome> refusal = vc.model().delete(true);
        final NdisResult<Void> result = vc.client().deleteVc();
        world.returned("deleting " + vc, refusal.orElseGet(() -> ModelVc.deleteOutcome(vc.deleteAnswer())), result);
    }

    // --- data ---

    void send(final VcSides vc, final int count) {
        final List<NetBufferList> nbls = Pools.take(world.pools().client(), count);
        if (nbls.isEmpty()) {
            return;
        }
        final NdisStatus status = vc.model().sendStatus();
        world.trace().say("NdisCoSendNetBufferLists " + vc + ", " + nbls.size() + " NBLs, must be " + status);
        final String callback = status.isSuccess() ? ScriptedMiniport.SEND : SEND_COMPLETE;
        final VcSides.Transfer transfer = vc.transfer(callback, nbls, status, status.isSuccess());
        if (status.isSuccess()) {
            vc.model().sends().enter(nbls.size());
        } else {
            vc.model().sends().refuse(nbls.size());
        }
        vc.client().sendNetBufferLists(Pools.chain(nbls), NblFlags.NONE);
        vc.checkArrived(transfer, world.trace());
    }

    /** Returns some of the NBLs that the client keeps. */
    void giveBack(final VcSides vc, final int variant) {
        final List<NetBufferList> nbls = VcSides.some(vc.received(), variant);
        if (!nbls.isEmpty()) {
            giveBackAll(vc, nbls, variant % 2 == 0);
        }
    }

    /** Where there are copies among them, each for itself. */
    private void giveBackAll(final VcSides vc, final List<NetBufferList> nbls, final boolean byBinding) {
        if (nbls.stream().noneMatch(this::isCopy)) {
            giveBack(vc, nbls, byBinding);
            return;
        }
        for (final NetBufferList nbl : nbls) {
            if (isCopy(nbl)) {
                giveBackCopy(vc, nbl);
            } else {
                giveBack(vc, List.of(nbl), byBinding);
            }
        }
    }

    /** The core's own: the miniport has had its back long since. */
    private boolean isCopy(final NetBufferList nbl) {
        return nbl.pool() != world.pools().miniport();
    }

    private void giveBackCopy(final VcSides vc, final NetBufferList copy) {
        world.trace().say("NdisReturnNetBufferLists " + vc + ", a copy");
        vc.model().receives().leave(1);
        vc.model().drained();
        vc.client().returnNetBufferLists(copy, NblFlags.NONE);
        world.trace().same(0, copy.pool().outstanding(), "the copies of " + vc + " that are out");
    }

    private void giveBack(final VcSides vc, final List<NetBufferList> nbls, final boolean byBinding) {
        world.trace().say("NdisReturnNetBufferLists " + vc + ", " + nbls.size() + " NBLs");
        vc.model().receives().leave(nbls.size());
        final VcSides.Transfer transfer = vc.transfer(ScriptedMiniport.RETURN, nbls, NdisStatus.SUCCESS, true);
        if (byBinding) {
            vc.addressFamily().binding().returnNetBufferLists(Pools.chain(nbls), NblFlags.NONE);
        } else {
            vc.client().returnNetBufferLists(Pools.chain(nbls), NblFlags.NONE);
        }
        vc.checkArrived(transfer, world.trace());
    }

    @Override
    public String toString() {
        return name;
    }

    private static ClientAf handle(final AfSides af) {
        return af.client().orElseThrow();
    }

    private final class AfContext implements ClientAfContext {
        private final AfSides af;

        AfContext(final AfSides af) {
            this.af = af;
        }

        @Override
        public NdisResult<ClientVcContext> createVc(final ClientVc handle) {
            final VcSides vc = world.miniport().creating();
            final ModelLane.Item item = world.enter(vc.model().direct(), ModelVc.CREATE_AT_CLIENT, vc.toString());
            vc.client(handle);
            final NdisStatus status = world.answerNow();
            vc.createAnswer(status);
            vc.model().createdAtPeer(status);
            world.exit(item);
            return status.isSuccess() ? NdisResult.success(new VcContext(vc)) : NdisResult.failure(status);
        }

        @Override
        public CompletionStage<NdisStatus> notifyCloseAf(final ClientAf handle) {
            final ModelLane.Item item = world.enter(af.model().client(), ModelAf.NOTIFY, af.toString());
            return world.status(
                    item,
                    af,
                    status -> af.model().notified(item.of(), status),
                    held -> held.fail(NdisStatus.NOT_ACCEPTED));
        }
    }

    private final class SapContext implements ClientSapContext {
        @Override
        public CompletionStage<NdisResult<CallParameters>> incomingCall(
                final ClientVc handle, final ClientVcContext context, final CallParameters parameters) {
            final VcSides vc = ((VcContext) context).vc;
            final ModelLane.Item item = world.enter(vc.model().client(), ModelCall.INCOMING_CALL, parameters);
            return world.result(
                    item,
                    vc,
                    World::parameters,
                    answer -> vc.model().call().answered(item.of(), answer),
                    held -> held.answer(NdisResult.success(parameters)));
        }
    }

    private final class PartyContext implements ClientPartyContext {
        private final PartySides party;

        PartyContext(final PartySides party) {
            this.party = party;
        }

        @Override
        public void incomingDropParty(final ClientParty handle, final NdisStatus status, final Octets closeData) {
            final ModelLane.Item item =
                    world.enter(party.vc().model().client(), ModelParties.INCOMING_DROP, party + " " + status);
            final Answer answer = world.nextAnswer();
            world.inside(answer);
            if (answer.kind() == Answer.Kind.BY_THE_BOOK && party.client().isPresent()) {
                dropParty(party, this::closeWhenLast);
            }
            world.exit(item);
        }

        /** C51. */
        private void closeWhenLast(final NdisResult<Void> dropped) {
            if (dropped.status() == NdisStatus.FAILURE) {
                closeCall(party);
            }
        }
    }

    private final class VcContext implements ClientVcContext {
        private final VcSides vc;

        VcContext(final VcSides vc) {
            this.vc = vc;
        }

        @Override
        public void callConnected(final ClientVc handle) {
            final ModelLane.Item item = world.enter(vc.model().client(), ModelCall.CALL_CONNECTED, vc.toString());
            world.inside(world.nextAnswer());
            item.then().run();
            world.exit(item);
        }

        @Override
        public void incomingCloseCall(final ClientVc handle, final NdisStatus status, final Octets closeData) {
            final ModelLane.Item item = world.enter(vc.model().client(), ModelCall.INCOMING_CLOSE_CALL, status);
            final Answer answer = world.nextAnswer();
            world.inside(answer);
            if (answer.kind() == Answer.Kind.BY_THE_BOOK) {
                closeCall(vc);
            }
            world.exit(item);
        }

        @Override
        public void incomingCallQoSChange(final ClientVc handle, final CallParameters parameters) {
            final ModelLane.Item item = world.enter(vc.model().client(), ModelQos.INCOMING_CHANGE, parameters);
            world.inside(world.nextAnswer());
            item.then().run();
            world.exit(item);
        }

        @Override
        public void receiveNetBufferLists(final ClientVc handle, final NetBufferList nbls, final int flags) {
            if (isCopy(nbls)) {
                receiveEarly(nbls);
                return;
            }
            final VcSides.Transfer transfer = vc.arrives(RECEIVE, nbls, world.trace());
            final boolean lent = (flags & NblFlags.RECEIVE_RESOURCES) != 0;
            final Answer answer = world.nextAnswer();
            world.trace().deeper();
            if (!lent && answer.kind() == Answer.Kind.PEND) {
                world.trace().say("keeps them");
                vc.received().addAll(Pools.apart(nbls));
            }
            world.observe();
            world.inside(answer);
            if (lent) {
                vc.model().receives().leave(transfer.nbls().size());
                vc.model().drained();
            } else if (answer.kind() != Answer.Kind.PEND) {
                giveBack(vc, Pools.apart(nbls), false);
            }
            world.trace().back();
        }

        private void receiveEarly(final NetBufferList nbls) {
            world.trace().say("> " + RECEIVE + " " + vc + ", " + nbls.chainLength() + " NBLs that came early");
            world.trace().same(vc.model().takeEarly(), nbls.chainLength(), "the number of NBLs that came early");
            final Answer answer = world.nextAnswer();
            world.trace().deeper();
            final List<NetBufferList> copies = Pools.apart(nbls);
            if (answer.kind() == Answer.Kind.PEND) {
                world.trace().say("keeps them");
                vc.received().addAll(copies);
            }
            world.observe();
            world.inside(answer);
            if (answer.kind() != Answer.Kind.PEND) {
                giveBackAll(vc, copies, false);
            }
            world.trace().back();
            vc.model().tookEarly();
        }

        @Override
        public void sendNetBufferListsComplete(final ClientVc handle, final NetBufferList nbls, final int flags) {
            final VcSides.Transfer transfer = vc.arrives(SEND_COMPLETE, nbls, world.trace());
            world.trace().deeper();
            for (final NetBufferList nbl : transfer.nbls()) {
                world.trace().same(transfer.status(), nbl.status(), "the status of a sent NBL of " + vc);
            }
            nbls.freeChain();
            world.observe();
            world.inside(world.nextAnswer());
            if (transfer.counted()) {
                vc.model().sends().leave(transfer.nbls().size());
                vc.model().drained();
            }
            world.trace().back();
        }

        @Override
        public NdisStatus deleteVc(final ClientVc handle) {
            final ModelLane direct = vc.model().direct();
            final ModelLane.Item item = world.enter(
                    world.laneOf(ModelVc.DELETE_AT_CLIENT, direct, vc.model().client()),
                    ModelVc.DELETE_AT_CLIENT,
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
}
