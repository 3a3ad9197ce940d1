// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.NdisStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Carries the steps of a program out: finds the object that a step means and tells the driver. */
final class Steps {
    private static final int MOST_AFS = 3;
    private static final int MOST_SAPS = 3;
    private static final int MOST_VCS = 3;
    private static final int DEAD_HANDLES = 2;

    private final World world;

    Steps(final World world) {
        this.world = world;
    }

    void perform(final Step step) {
        final int target = step.target();
        final int variant = step.variant();
        switch (step.op()) {
            case OPEN_AF -> openAf(target);
            case CLOSE_AF -> withOpenedAf(target, af -> af.owner().close(af));
            case REGISTER_SAP -> withOpenedAf(target, af -> registerSap(af));
            case DEREGISTER_SAP -> with(registeredSaps(), target, sap -> ScriptedClient.deregister(world, sap));
            case CREATE_VC -> withOpenedAf(target, af -> createVc(af));
            case MAKE_CALL -> withVc(target, vc -> vc.addressFamily().owner().makeCall(vc, World.parameters(variant)));
            case MAKE_MULTIPOINT_CALL ->
                withVc(target, vc -> vc.addressFamily().owner().makeMultipointCall(vc, World.parameters(variant)));
            case ADD_PARTY -> withVc(target, vc -> vc.addressFamily().owner().addParty(vc, World.parameters(variant)));
            case DROP_PARTY ->
                withVc(
                        target,
                        vc -> with(knownParties(vc), variant, vc.addressFamily().owner()::dropParty));
            case CLOSE_CALL_WITH_PARTY ->
                withVc(
                        target,
                        vc -> with(knownParties(vc), variant, vc.addressFamily().owner()::closeCall));
            case MODIFY_CALL_QOS ->
                withVc(target, vc -> vc.addressFamily().owner().modifyCallQos(vc, World.parameters(variant)));
            case CLOSE_CALL -> withVc(target, vc -> vc.addressFamily().owner().closeCall(vc));
            case SEND -> withVc(target, vc -> vc.addressFamily().owner().send(vc, 1 + variant % 3));
            case RETURN_RECEIVED ->
                withVc(target, vc -> vc.addressFamily().owner().giveBack(vc, variant));
            case DELETE_VC -> withVc(target, vc -> vc.addressFamily().owner().delete(vc));
            case NOTIFY_CLOSE_AF -> with(afsAtCallManager(), target, world.callManager()::notifyClose);
            case CM_CREATE_VC -> with(afsAtCallManager(), target, this::createIncomingVc);
            case ACTIVATE ->
                withVc(target, vc -> world.callManager().activate(vc, World.parameters(variant), result -> {}));
            case DEACTIVATE -> withVc(target, vc -> world.callManager().deactivate(vc, result -> {}));
            case DISPATCH_INCOMING_CALL -> withVc(target, vc -> dispatchIncomingCall(vc, variant));
            case DISPATCH_CALL_CONNECTED -> withVc(target, world.callManager()::dispatchCallConnected);
            case DISPATCH_INCOMING_CLOSE_CALL ->
                withVc(target, vc -> world.callManager().dispatchIncomingCloseCall(vc, closeStatus(variant)));
            case DISPATCH_INCOMING_DROP_PARTY ->
                withVc(
                        target,
                        vc -> with(partiesAtCallManager(vc), variant, party -> world.callManager()
                                .dispatchIncomingDropParty(party, closeStatus(variant))));
            case DISPATCH_QOS_CHANGE ->
                withVc(target, vc -> world.callManager().dispatchQosChange(vc, World.parameters(variant)));
            case CM_DELETE_VC -> withVc(target, world.callManager()::delete);
            case COMPLETE_SENDS -> withVc(target, vc -> world.miniport().completeSends(vc, variant));
            case INDICATE -> withVc(target, vc -> world.miniport().indicate(vc, 1 + variant % 3, false));
            case INDICATE_LENT -> withVc(target, vc -> world.miniport().indicate(vc, 1 + variant % 3, true));
            case SUCCEED -> with(List.copyOf(world.held()), target, callback -> succeed(callback, variant));
            case FAIL -> with(List.copyOf(world.held()), target, callback -> fail(callback, variant));
            case PASS_DEADLINE -> with(world.timers().ofOperations(), target, this::passDeadline);
            case UNREGISTER_CLIENT -> with(world.clients(), target, world.lifecycle()::unregister);
            case REGISTER_CLIENT -> with(world.clients(), target, world.lifecycle()::register);
            case UNREGISTER_CALL_MANAGER -> world.lifecycle().unregisterCallManager();
            case REGISTER_CALL_MANAGER -> world.lifecycle().registerCallManager();
            case UNREGISTER_MINIPORT -> world.lifecycle().unregisterMiniport();
            case REGISTER_MINIPORT -> world.lifecycle().registerMiniport();
            case REMOVE_SURPRISINGLY -> world.lifecycle().removeSurprisingly();
            case PAUSE -> world.lifecycle().pause();
            case RESTART -> world.lifecycle().restart();
            case PASS_TEARDOWN_DEADLINES -> world.lifecycle().passTeardownDeadlines();
            case HOLD_PASSIVE_TASKS -> world.holdPassiveTasks();
            case RUN_PASSIVE_TASKS -> world.runPassiveTasks();
        }
    }

    /** The VC that a step means, to have a closer look at it afterwards. */
    Optional<VcSides> vcOf(final Step step) {
        final List<VcSides> vcs = usableVcs();
        return vcs.isEmpty() ? Optional.empty() : Optional.of(vcs.get(step.target() % vcs.size()));
    }

    private <T> void with(final List<T> objects, final int target, final Consumer<T> action) {
        if (objects.isEmpty()) {
            world.trace().say("there is nothing to do it with");
        } else {
            action.accept(objects.get(target % objects.size()));
        }
    }

    private void withVc(final int target, final Consumer<VcSides> action) {
        with(usableVcs(), target, action);
    }

    private void withOpenedAf(final int target, final Consumer<AfSides> action) {
        with(
                usable(world.afs(), AfSides::isGone).stream()
                        .filter(af -> af.client().isPresent())
                        .toList(),
                target,
                action);
    }

    private List<AfSides> afsAtCallManager() {
        return usable(world.afs(), AfSides::isGone).stream()
                .filter(af -> af.callManager().isPresent())
                .toList();
    }

    private List<SapSides> registeredSaps() {
        return usable(world.saps(), SapSides::isGone).stream()
                .filter(sap -> sap.client().isPresent())
                .toList();
    }

    private List<VcSides> usableVcs() {
        return usable(world.vcs(), VcSides::isGone);
    }

    private static List<PartySides> knownParties(final VcSides vc) {
        return usable(vc.parties(), PartySides::isGone).stream()
                .filter(party -> party.client().isPresent())
                .toList();
    }

    private static List<PartySides> partiesAtCallManager(final VcSides vc) {
        return usable(vc.parties(), PartySides::isGone).stream()
                .filter(party -> party.callManager().isPresent())
                .toList();
    }

    /** The objects that a step may mean: those that live, the newest first, then the newest of those that are gone. */
    private static <T> List<T> usable(final List<T> objects, final Predicate<T> isGone) {
        final List<T> usable = new ArrayList<>();
        final List<T> gone = new ArrayList<>();
        for (final T object : objects) {
            (isGone.test(object) ? gone : usable).add(0, object);
        }
        usable.addAll(gone.subList(0, Math.min(DEAD_HANDLES, gone.size())));
        return usable;
    }

    /** Not while drivers come and go: what an open meets then depends on how far they are. */
    private void openAf(final int target) {
        final boolean room = world.afs().stream().filter(af -> !af.isGone()).count() < MOST_AFS;
        if (room && !world.lifecycle().isBusy()) {
            with(world.clients().stream().filter(ScriptedClient::isBound).toList(), target, ScriptedClient::open);
        }
    }

    private void registerSap(final AfSides af) {
        if (world.saps().stream().filter(sap -> !sap.isGone()).count() < MOST_SAPS) {
            af.owner().registerSap(af);
        }
    }

    private boolean hasRoomForVc() {
        return world.vcs().stream().filter(vc -> !vc.isGone()).count() < MOST_VCS;
    }

    private void createVc(final AfSides af) {
        if (hasRoomForVc()) {
            af.owner().createVc(af);
        }
    }

    private void createIncomingVc(final AfSides af) {
        if (hasRoomForVc()) {
            world.callManager().createVc(af);
        }
    }

    private void dispatchIncomingCall(final VcSides vc, final int variant) {
        final List<SapSides> saps = usable(world.saps(), SapSides::isGone).stream()
                .filter(sap -> sap.callManager().isPresent())
                .sorted(Comparator.comparing(
                        sap -> sap.model().addressFamily() != vc.model().addressFamily()))
                .toList();
        with(saps, variant, sap -> world.callManager().dispatchIncomingCall(vc, sap, World.parameters(variant)));
    }

    private void passDeadline(final Timers.Timer timer) {
        world.trace().say("the deadline of " + timer.operation() + " passes");
        world.pass(timer);
    }

    private static NdisStatus closeStatus(final int variant) {
        return variant == 0 ? NdisStatus.SUCCESS : NdisStatus.NO_ROUTE_TO_DESTINATION;
    }

    private void succeed(final Held<?> callback, final int variant) {
        world.trace().say(callback + " is answered with success");
        callback.succeed(variant);
    }

    private void fail(final Held<?> callback, final int variant) {
        world.trace().say(callback + " is answered with " + World.failure(variant));
        callback.fail(World.failure(variant));
    }
}
