// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.AfState;
import dev.condis.api.CallState;
import dev.condis.api.VcState;
import java.util.List;

/** The end of a program: all that pends is completed, all that is open is closed by the book, step by step; then nothing may be left. */
final class Epilogue {
    private static final int ROUNDS = 8;

    private final World world;

    Epilogue(final World world) {
        this.world = world;
    }

    void run() {
        world.trace().say("-- the end --");
        world.prepare(List.of());
        world.runPassiveTasks();
        for (int round = 0; round < ROUNDS; round++) {
            complete();
            List.copyOf(world.vcs()).forEach(this::close);
            complete();
            List.copyOf(world.saps()).stream()
                    .filter(sap -> sap.client().isPresent())
                    .forEach(sap -> ScriptedClient.deregister(world, sap));
            List.copyOf(world.afs()).stream()
                    .filter(af -> af.client().isPresent() && af.model().state() != AfState.CLOSED)
                    .forEach(af -> af.owner().close(af));
            world.checkAtRest();
        }
        world.checkAllIsClosed();
        world.lifecycle().stop();
        complete();
        world.checkNothingIsLeft();
    }

    private void complete() {
        while (!world.held().isEmpty()) {
            final Held<?> callback = world.held().get(0);
            world.trace().say(callback + " is answered with success");
            callback.succeed(0);
        }
        for (final VcSides vc : List.copyOf(world.vcs())) {
            while (!vc.sent().isEmpty()) {
                world.miniport().completeSends(vc, 0);
            }
            while (!vc.received().isEmpty()) {
                vc.addressFamily().owner().giveBack(vc, 0);
            }
        }
        world.checkAtRest();
    }

    private void close(final VcSides vc) {
        if (vc.isGone()) {
            return;
        }
        dropParties(vc);
        final CallState call = vc.model().call().state();
        if (call == CallState.CONNECTED || call == CallState.ACCEPTED || call == CallState.REMOTE_CLOSING) {
            vc.addressFamily().owner().closeCall(vc);
        }
        if (vc.model().state() == VcState.ACTIVE) {
            world.callManager().deactivate(vc, result -> {});
        }
        if (vc.model().state() == VcState.INACTIVE && vc.model().call().state() == CallState.IDLE) {
            delete(vc);
        }
    }

    private static void dropParties(final VcSides vc) {
        for (final PartySides party : List.copyOf(vc.parties())) {
            if (vc.model().call().parties().connected().size() > 1
                    && party.model().isConnected()) {
                vc.addressFamily().owner().dropParty(party);
            }
        }
    }

    private void delete(final VcSides vc) {
        if (vc.model().isByClient()) {
            vc.addressFamily().owner().delete(vc);
        } else {
            world.callManager().delete(vc);
        }
    }
}
