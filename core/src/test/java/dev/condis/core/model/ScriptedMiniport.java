// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.McmAdapter;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.core.state.AdapterTable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/** A miniport, or the packets of an MCM, that does what a program says. */
final class ScriptedMiniport implements CoMiniport {
    static final String SEND = "MiniportCoSendNetBufferLists";
    static final String RETURN = "MiniportReturnNetBufferLists";
    private static final List<NdisStatus> SEND_STATUSES =
            List.of(NdisStatus.SUCCESS, NdisStatus.FAILURE, NdisStatus.INVALID_PACKET);

    private final World world;
    private final Deque<VcSides> creating = new ArrayDeque<>();

    ScriptedMiniport(final World world) {
        this.world = world;
    }

    /** What is registered as the adapter's backend. */
    MiniportDriver backend() {
        return world.form() == Form.STAND_ALONE ? this : new Mcm();
    }

    @Override
    public NdisStatus initialize(final MiniportAdapter adapter) {
        world.trace().say("> MiniportInitializeEx");
        world.initializes();
        world.adapter().fire(AdapterTable.Event.INITIALIZE);
        final NdisStatus status = world.answerNow();
        final boolean succeeded = status.isSuccess();
        world.adapter()
                .fire(succeeded ? AdapterTable.Event.INITIALIZE_SUCCEEDED : AdapterTable.Event.INITIALIZE_FAILED);
        return status;
    }

    @Override
    public CompletionStage<NdisStatus> restart() {
        return transition("MiniportRestart", AdapterTable.Event.RESTART, (adapter, status) -> {
            adapter.fire(status.isSuccess() ? AdapterTable.Event.RESTART_SUCCEEDED : AdapterTable.Event.RESTART_FAILED);
            if (world.form().isMcm() && status.isSuccess()) {
                world.callManager().announced(true);
            }
        });
    }

    @Override
    public CompletionStage<NdisStatus> pause() {
        return transition("MiniportPause", AdapterTable.Event.PAUSE, (adapter, status) -> {});
    }

    @Override
    public void surpriseRemoved() {
        world.trace().say("> MiniportDevicePnPEventNotify");
        world.adapter().remove();
        world.observe();
    }

    @Override
    public void halt(final HaltAction action) {
        world.trace().say("> MiniportHaltEx " + action);
        world.adapter().fire(AdapterTable.Event.HALT);
        world.adapter().fire(AdapterTable.Event.HALT_COMPLETED);
        if (world.form().isMcm()) {
            world.callManager().announced(false);
        }
        world.observe();
    }

    private CompletionStage<NdisStatus> transition(
            final String callback,
            final AdapterTable.Event event,
            final BiConsumer<ModelAdapter, NdisStatus> answered) {
        world.trace().say("> " + callback);
        final ModelAdapter adapter = world.adapter();
        adapter.fire(event);
        world.observe();
        final Held<NdisStatus> held = new Held<>(
                callback, variant -> NdisStatus.SUCCESS, status -> status, status -> answered.accept(adapter, status));
        return event == AdapterTable.Event.RESTART
                ? world.answerInTime(held)
                : world.answer(held, () -> held.succeed(0));
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vcContext, final OidRequest request) {
        return OidResult.failure(NdisStatus.INVALID_OID).asStage();
    }

    // --- creation ---

    /** The VC that the drivers will be asked to create. */
    void creates(final VcSides vc) {
        creating.push(vc);
    }

    VcSides creating() {
        return creating.element();
    }

    void created() {
        creating.pop();
    }

    @Override
    public NdisResult<MiniportVcContext> createVc(final MiniportVc handle) {
        final VcSides vc = creating();
        final ModelLane.Item item = world.enter(vc.model().direct(), ModelVc.CREATE_AT_MINIPORT, vc.toString());
        vc.wire(handle);
        final NdisStatus status = world.answerNow();
        vc.createAnswer(status);
        vc.model().createdAtMiniport(status);
        world.exit(item);
        return status.isSuccess() ? NdisResult.success(new VcContext(vc)) : NdisResult.failure(status);
    }

    // --- data ---

    /** Completes some of the sends that are held. */
    void completeSends(final VcSides vc, final int variant) {
        final List<NetBufferList> nbls = VcSides.some(vc.sent(), variant);
        if (!nbls.isEmpty()) {
            completeSends(vc, nbls, SEND_STATUSES.get(variant % SEND_STATUSES.size()));
        }
    }

    private void completeSends(final VcSides vc, final List<NetBufferList> nbls, final NdisStatus status) {
        world.trace().say("NdisMCoSendNetBufferListsComplete " + vc + ", " + nbls.size() + " NBLs, " + status);
        final NetBufferList chain = Pools.chain(nbls);
        chain.setChainStatus(status);
        final VcSides.Transfer transfer = vc.transfer(ScriptedClient.SEND_COMPLETE, nbls, status, true);
        vc.wire().sendNetBufferListsComplete(chain, NblFlags.NONE);
        vc.checkArrived(transfer, world.trace());
    }

    void indicate(final VcSides vc, final int count, final boolean lent) {
        final List<NetBufferList> nbls = Pools.take(world.pools().miniport(), count);
        if (nbls.isEmpty()) {
            return;
        }
        final boolean taken = vc.model().takesReceives();
        world.trace()
                .say("NdisMCoIndicateReceiveNetBufferLists " + vc + ", " + nbls.size() + " NBLs"
                        + (lent ? ", lent" : "") + (taken ? "" : ", must come back at once"));
        final NetBufferList chain = Pools.chain(nbls);
        if (taken) {
            vc.model().receives().enter(nbls.size());
            indicate(vc, chain, lent, vc.transfer(ScriptedClient.RECEIVE, nbls, NdisStatus.SUCCESS, true));
        } else {
            vc.model().receives().refuse(nbls.size() - vc.model().keep(nbls.size()));
            refusedIndicate(vc, chain, lent, nbls);
        }
        if (lent) {
            chain.freeChain();
        }
    }

    private void refusedIndicate(
            final VcSides vc, final NetBufferList chain, final boolean lent, final List<NetBufferList> nbls) {
        if (lent) {
            vc.wire().indicateReceiveNetBufferLists(chain, NblFlags.RECEIVE_RESOURCES);
        } else {
            indicate(vc, chain, false, vc.transfer(RETURN, nbls, NdisStatus.SUCCESS, false));
        }
    }

    private void indicate(
            final VcSides vc, final NetBufferList chain, final boolean lent, final VcSides.Transfer transfer) {
        vc.wire().indicateReceiveNetBufferLists(chain, lent ? NblFlags.RECEIVE_RESOURCES : NblFlags.NONE);
        vc.checkArrived(transfer, world.trace());
    }

    /** The packets of one VC on their way down. */
    class DataPath implements VcDataPath {
        private final VcSides vc;

        DataPath(final VcSides vc) {
            this.vc = vc;
        }

        final VcSides vc() {
            return vc;
        }

        @Override
        public final void sendNetBufferLists(final NetBufferList nbls, final int flags) {
            vc.arrives(SEND, nbls, world.trace());
            world.trace().check(nbls.isFrom(vc.wire().handle()), "R176: the source handle of " + nbls);
            final Answer answer = world.nextAnswer();
            world.trace().deeper();
            if (answer.kind() == Answer.Kind.PEND) {
                world.trace().say("queues them");
                vc.sent().addAll(Pools.apart(nbls));
            }
            world.observe();
            world.inside(answer);
            if (answer.kind() != Answer.Kind.PEND) {
                final boolean fails = answer.kind() == Answer.Kind.FAIL;
                completeSends(vc, Pools.apart(nbls), fails ? NdisStatus.FAILURE : NdisStatus.SUCCESS);
            }
            world.trace().back();
        }

        @Override
        public final void returnNetBufferLists(final NetBufferList nbls, final int flags) {
            final VcSides.Transfer transfer = vc.arrives(RETURN, nbls, world.trace());
            world.trace().deeper();
            nbls.freeChain();
            world.observe();
            world.inside(world.nextAnswer());
            if (transfer.counted()) {
                vc.model().drained();
            }
            world.trace().back();
        }
    }

    private final class VcContext extends DataPath implements MiniportVcContext {
        VcContext(final VcSides vc) {
            super(vc);
        }

        @Override
        public CompletionStage<NdisResult<CallParameters>> activateVc(final CallParameters parameters) {
            final ModelVc model = vc().model();
            final ModelLane.Item item = world.enter(model.miniport(), ModelVc.ACTIVATE, parameters);
            model.askToActivate();
            return world.result(
                    item,
                    vc(),
                    World::parameters,
                    answer -> model.activated(item.of(), answer),
                    held -> held.answer(NdisResult.success(parameters)));
        }

        @Override
        public CompletionStage<NdisStatus> deactivateVc() {
            final ModelVc model = vc().model();
            final ModelLane.Item item = world.enter(model.miniport(), ModelVc.DEACTIVATE, vc().toString());
            model.askToDeactivate();
            return world.status(
                    item, vc(), status -> model.deactivated(item.operation(), status), held -> held.succeed(0));
        }

        @Override
        public NdisStatus deleteVc() {
            final ModelVc model = vc().model();
            final ModelLane lane = world.laneOf(ModelVc.DELETE_AT_MINIPORT, model.direct(), model.miniport());
            final ModelLane.Item item = world.enter(lane, ModelVc.DELETE_AT_MINIPORT, vc().toString());
            model.deletedAtMiniport();
            world.exit(item);
            return NdisStatus.SUCCESS;
        }
    }

    /** An MCM: written as one, or made of this miniport and the call manager. */
    private final class Mcm implements MiniportCallManager {
        @Override
        public NdisStatus initialize(final McmAdapter adapter) {
            final NdisStatus status = ScriptedMiniport.this.initialize(adapter);
            return status.isSuccess() ? world.callManager().bindAdapter(binding(adapter)) : status;
        }

        private CmBinding binding(final McmAdapter adapter) {
            return world.form() == Form.MCM ? adapter : adapter.integrate(ScriptedMiniport.this);
        }

        @Override
        public CompletionStage<NdisStatus> restart() {
            return ScriptedMiniport.this.restart();
        }

        @Override
        public CompletionStage<NdisStatus> pause() {
            return ScriptedMiniport.this.pause();
        }

        @Override
        public void surpriseRemoved() {
            ScriptedMiniport.this.surpriseRemoved();
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vcContext, final OidRequest request) {
            return ScriptedMiniport.this.oidRequest(vcContext, request);
        }

        @Override
        public void halt(final HaltAction action) {
            ScriptedMiniport.this.halt(action);
        }
    }
}
