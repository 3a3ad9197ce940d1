// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.AfState;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientVc;
import dev.condis.api.management.VcSnapshot;
import dev.condis.core.engine.NdisEngine;
import java.util.List;
import java.util.Optional;

/** Compares what the engine shows of its objects with the model. */
final class Comparison {
    private final World world;
    private final NdisEngine engine;
    private final Trace trace;

    Comparison(final World world, final NdisEngine engine) {
        this.world = world;
        this.engine = engine;
        trace = world.trace();
    }

    /** The states of everything, which must be right at any moment. */
    void ofStates() {
        for (final AfSides af : world.afs()) {
            final AfState state = af.model().state();
            af.callManager().ifPresent(handle -> trace.same(state, handle.state(), "the state of " + af));
            af.client().ifPresent(handle -> trace.same(state, handle.state(), "the state of " + af));
        }
        world.vcs().stream().filter(vc -> !vc.model().isDoomed()).forEach(this::ofStates);
    }

    private void ofStates(final VcSides vc) {
        final ModelVc model = vc.model();
        model.settleEarly();
        final CmVc callManager = vc.callManager();
        final ClientVc client = vc.client();
        trace.same(model.state(), callManager.state(), "the state of " + vc);
        trace.same(model.state(), client.state(), "the state of " + vc + " for its client");
        trace.same(model.call().state(), callManager.callState(), "the state of the call on " + vc);
        trace.same(model.call().state(), client.callState(), "the state of the call on " + vc + " for its client");
        trace.same(model.parameters(), callManager.callParameters(), "the parameters of " + vc);
        vc.parties().forEach(this::ofStates);
        ofParties(vc);
    }

    private void ofStates(final PartySides party) {
        final ModelParty model = party.model();
        party.callManager().ifPresent(handle -> trace.same(model.state(), handle.state(), "the state of " + party));
        party.client().ifPresent(handle -> {
            trace.same(model.state(), handle.state(), "the state of " + party + " for its client");
            trace.same(model.parameters(), handle.callParameters(), "the parameters of " + party);
        });
    }

    /** R171: who is connected, in the order in which they came. */
    private void ofParties(final VcSides vc) {
        final List<ClientParty> connected = vc.client().parties();
        final List<ModelParty> expected = vc.model().call().parties().connected();
        trace.same(expected.size(), connected.size(), "the number of parties of " + vc);
        for (final PartySides party : vc.parties()) {
            final int index = expected.indexOf(party.model());
            trace.check(
                    index < 0
                            || party.client().isEmpty()
                            || party.client().get().equals(connected.get(index)),
                    party + " is not party " + index + " of " + vc);
        }
    }

    // --- when nobody is in a callback ---

    /** All that was due has come, and the counters are right. */
    void atRest() {
        ofStates();
        world.afs().forEach(this::nothingIsDue);
        for (final SapSides sap : world.saps()) {
            nothingIsDue(sap.model().client());
            nothingIsDue(sap.model().callManager());
        }
        world.vcs().forEach(this::nothingIsDue);
        ofSnapshots();
    }

    private void nothingIsDue(final AfSides af) {
        nothingIsDue(af.model().client());
        nothingIsDue(af.model().callManager());
        nothingIsDue(af.model().direct());
        if (!world.holdsPassiveTasks()) {
            nothingIsDue(af.model().passive());
            trace.check(af.isGone() || !af.isBeingRemoved(), "nobody takes " + af + " away");
        }
    }

    private void nothingIsDue(final VcSides vc) {
        trace.check(!vc.model().isDoomed(), "nobody takes " + vc + " away");
        trace.check(vc.isGone() || !vc.model().owesEarly(), "what came early on " + vc + " does not reach the client");
        nothingIsDue(vc.model().client());
        nothingIsDue(vc.model().callManager());
        nothingIsDue(vc.model().direct());
        if (!vc.model().miniportOwesAnswer()) {
            nothingIsDue(vc.model().miniport());
        }
    }

    private void nothingIsDue(final ModelLane lane) {
        trace.check(lane.isEmpty(), "nothing comes, but " + lane);
    }

    private void ofSnapshots() {
        final List<VcSnapshot> snapshots = engine.adapters().stream()
                .flatMap(adapter -> adapter.vcs().stream())
                .toList();
        final List<VcSides> live =
                world.vcs().stream().filter(vc -> !vc.isGone()).toList();
        trace.same(live.size(), snapshots.size(), "the number of VCs");
        for (final VcSides vc : live) {
            final String name = vc.callManager().toString();
            final Optional<VcSnapshot> snapshot =
                    snapshots.stream().filter(s -> s.name().equals(name)).findFirst();
            trace.check(snapshot.isPresent(), "the library does not know " + name);
            ofCounters(vc, snapshot.get());
        }
    }

    private void ofCounters(final VcSides vc, final VcSnapshot snapshot) {
        final Traffic sends = vc.model().sends();
        final Traffic receives = vc.model().receives();
        trace.same(
                List.of(
                        sends.in(),
                        sends.out(),
                        sends.refused(),
                        receives.in(),
                        receives.out(),
                        vc.model().early(),
                        receives.refused()),
                List.of(
                        snapshot.sendsAccepted(),
                        snapshot.sendsCompleted(),
                        snapshot.sendsRefused(),
                        snapshot.receivesIndicated(),
                        snapshot.receivesReturned(),
                        (int) snapshot.receivesHeld(),
                        snapshot.receivesRefused()),
                "the counters of " + vc);
    }

    // --- at the end ---

    /** Everything was closed. */
    void allIsClosed() {
        for (final AfSides af : world.afs()) {
            trace.same(AfState.CLOSED, af.model().state(), "the state of " + af + " at the end");
        }
        for (final VcSides vc : world.vcs()) {
            trace.same(VcState.DELETED, vc.model().state(), "the state of " + vc + " at the end");
        }
    }
}
