// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.AF;
import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.done;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.now;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AfState;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientVc;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.core.engine.TestStack.Form;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From initialize to halt: contract B.1, sequences S2, S36 to S40, rules R213 to R222. */
class AdapterLifecycleTest {
    private static AdapterSnapshot adapter(final TestStack stack) {
        assertThat(stack.engine.adapters()).hasSize(1);
        return stack.engine.adapters().get(0);
    }

    private static void ended(final CompletionStage<Void> stage) {
        assertThat(isPending(stage)).isFalse();
        assertThat(stage.toCompletableFuture()).isCompletedWithValue(null);
    }

    /** The end of a life in which every driver did what it should. */
    private static List<String> orderlyEnd(final Form form) {
        return form == Form.STAND_ALONE
                ? List.of("client UnbindAdapter", "CmCloseAf", "cm UnbindAdapter", "HaltEx DEVICE_DISABLED")
                : List.of("client UnbindAdapter", "CmCloseAf", "HaltEx DEVICE_DISABLED");
    }

    // --- the order of things

    @ParameterizedTest
    @EnumSource(Form.class)
    void b1TheStatesOfAnAdapterFromInitializeToHalt(final Form form) {
        final TestStack stack = form.prepare();
        final List<AdapterSnapshot.State> states = new ArrayList<>();
        final Runnable look = () -> states.add(adapter(stack).state());
        stack.client.bindAdapter.whenCalled = look;
        stack.client.unbindAdapter.whenCalled = look;
        stack.miniport.whenHalted = look;
        stack.start();
        look.run();

        ended(stack.miniportRegistration.unregister());

        assertThat(states)
                .containsExactly(
                        AdapterSnapshot.State.RUNNING,
                        AdapterSnapshot.State.RUNNING,
                        AdapterSnapshot.State.HALTING,
                        AdapterSnapshot.State.HALTING);
        assertThat(stack.engine.adapters()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r219AdapterEndsByUnbindingClientsThenCallManagersThenHalting(final Form form) {
        final TestStack stack = form.start();
        stack.calls.clear();

        ended(stack.miniportRegistration.unregister());

        assertThat(stack.calls).isEqualTo(orderlyEnd(form));
        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r213r214UnbindClosesCallsSapsVcsAndFamiliesByTheBook(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        final ClientSap sap = stack.client.register();
        stack.miniport.completesAtOnce = false;
        vc.sendNetBufferLists(stack.nbl(1), 0);
        stack.calls.clear();

        final CompletionStage<Void> unbound = stack.clientRegistration.unregister();

        assertThat(isPending(unbound)).as("R214: a send is on its way").isTrue();
        stack.wire().sendNetBufferListsComplete(stack.miniport.sent.get(0), 0);
        ended(unbound);
        assertThat(stack.calls)
                .containsSubsequence(
                        "client UnbindAdapter", "CmCloseCall", "cm CoDeleteVc", "CmDeregisterSap", "CmCloseAf");
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        stack.refusesStage(NdisStatus.FAILURE, "R39", sap::deregister);
        assertThat(adapter(stack).bindings()).doesNotContain("client");
        assertThat(stack.vcs()).isEmpty();
        assertThat(stack.deadlines).as("the deadline was taken back").isEmpty();
        ended(stack.clientRegistration.unregister());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r215AnUnbindCannotBeRefused(final Form form) {
        final TestStack stack = form.start();
        stack.client.unbindAdapter.answer(NdisStatus.NOT_ACCEPTED);
        stack.connectedVc();

        ended(stack.clientRegistration.unregister());

        assertThat(adapter(stack).bindings()).doesNotContain("client");
        assertThat(stack.vcs()).isEmpty();
        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSED);
    }

    @Test
    void r44ACallManagerLeavesWhileItsClientsHaveCalls() {
        final TestStack stack = TestStack.standAlone();
        final TestStack.TestSignaling signaling = new TestStack.TestSignaling();
        final SignalingVc signalingVc =
                stack.callManager.binding.createSignalingVc(signaling).get();
        succeeds(signalingVc.activateVc(PARAMETERS));
        stack.connectedVc();
        stack.calls.clear();

        ended(stack.callManagerRegistration.orElseThrow().unregister());

        assertThat(stack.calls)
                .as("C24: the calls end while the call manager can still signal")
                .containsSubsequence(
                        "ClNotifyCloseAf",
                        "CmCloseCall",
                        "cm CoDeleteVc",
                        "CmCloseAf",
                        "cm UnbindAdapter",
                        "MCoDeactivateVc",
                        "MCoDeleteVc");
        assertThat(signalingVc.state()).isEqualTo(VcState.DELETED);
        assertThat(adapter(stack).bindings()).containsExactly("client");
        assertThat(adapter(stack).addressFamilies()).isEmpty();
        assertThat(stack.vcs()).isEmpty();
        stack.refuses(NdisStatus.FAILURE, "R23", () -> stack.callManager.binding.createSignalingVc(signaling));
    }

    // --- drivers that leave things behind

    @ParameterizedTest
    @EnumSource(Form.class)
    void r213WhatAClientLeavesOpenIsRemoved(final Form form) {
        final TestStack stack = form.start();
        stack.client.leavesEverything = true;
        final ClientSap sap = stack.client.register();
        final ClientVc vc = stack.connectedVc();
        final CmVc ofCallManager = stack.callManager.vc;
        stack.calls.clear();

        ended(stack.miniportRegistration.unregister());

        if (form == Form.MCM) {
            assertThat(stack.calls).containsSubsequence("cm CoDeleteVc", "CmDeregisterSap");
        } else {
            assertThat(stack.calls).containsOnlyOnce("MCoDeactivateVc", "MCoDeleteVc");
            assertThat(stack.calls).containsSubsequence("MCoDeactivateVc", "MCoDeleteVc", "CmDeregisterSap");
            assertThat(stack.calls).containsSubsequence("cm CoDeleteVc", "CmDeregisterSap");
        }
        assertThat(stack.calls).as("it has left").doesNotContain("client CoDeleteVc");
        assertThat(stack.calls).containsSubsequence("CmDeregisterSap", "CmCloseAf", "HaltEx DEVICE_DISABLED");
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        stack.refusesStage(NdisStatus.FAILURE, "R111", () -> vc.makeCall(PARAMETERS));
        stack.refusesStage(NdisStatus.FAILURE, "R111", ofCallManager::deactivateVc);
        stack.refusesStage(NdisStatus.FAILURE, "R39", sap::deregister);
        stack.refusesStage(NdisStatus.FAILURE, "R39", stack.client.af::close);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r213APendingOperationOfAClientThatLeavesEndsOnce(final Form form) {
        final TestStack stack = form.start();
        stack.client.leavesEverything = true;
        stack.callManager.makeCall.hold();
        final ClientVc vc = stack.createVc();
        final List<NdisStatus> outcomes = new ArrayList<>();
        vc.makeCall(PARAMETERS).thenAccept(result -> outcomes.add(result.status()));

        ended(stack.clientRegistration.unregister());

        assertThat(outcomes).containsExactly(NdisStatus.CLOSING);
        stack.callManager.makeCall.release(NdisResult.success(PARAMETERS));
        assertThat(outcomes).hasSize(1);
        assertThat(stack.vcs()).isEmpty();
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
    }

    @Test
    void r44WhatACallManagerLeavesOpenIsRemoved() {
        final TestStack stack = TestStack.standAlone();
        stack.callManager.leavesEverything = true;
        stack.client.notifyCloseAf.answer(NdisStatus.NOT_ACCEPTED);
        final SignalingVc signalingVc = stack.callManager
                .binding
                .createSignalingVc(new TestStack.TestSignaling())
                .get();
        final ClientVc vc = stack.connectedVc();
        stack.calls.clear();

        ended(stack.callManagerRegistration.orElseThrow().unregister());

        assertThat(stack.calls).contains("cm CoDeleteVc", "client CoDeleteVc", "CmCloseAf");
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        assertThat(signalingVc.state()).isEqualTo(VcState.DELETED);
        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSED);
        assertThat(stack.vcs()).isEmpty();
        assertThat(adapter(stack).bindings()).containsExactly("client");
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"MCM", "INTEGRATED"})
    void r213ARefusingCallManagerHalfDoesNotKeepARemovedVcAtTheMiniportHalf(final Form form) {
        final TestStack stack = form.start();
        stack.client.leavesEverything = true;
        stack.connectedVc();
        stack.callManager.deleteVc.answer(NdisStatus.NOT_ACCEPTED);
        stack.calls.clear();

        ended(stack.clientRegistration.unregister());

        assertThat(stack.vcs()).isEmpty();
        if (form == Form.INTEGRATED) {
            assertThat(stack.calls).containsSubsequence("MCoDeactivateVc", "MCoDeleteVc", "cm CoDeleteVc");
        }
    }

    // --- drivers that never complete

    @ParameterizedTest
    @EnumSource(Form.class)
    void aClientThatNeverUnbindsIsUnboundAtTheDeadline(final Form form) {
        final TestStack stack = form.start();
        stack.connectedVc();
        stack.client.unbindAdapter.hold();

        final CompletionStage<Void> down = stack.miniportRegistration.unregister();

        assertThat(isPending(down)).isTrue();
        assertThat(stack.calls).doesNotContain("HaltEx DEVICE_DISABLED");
        assertThat(stack.deadlines).hasSize(1);
        final List<String> log = TestStack.logged(Patience.class, stack::passDeadlines);
        ended(down);
        assertThat(log).as("the offender is named").anyMatch(line -> line.contains("client 'client'"));
        assertThat(stack.calls).contains("CmCloseAf").endsWith("HaltEx DEVICE_DISABLED");
        final List<String> before = List.copyOf(stack.calls);
        stack.client.unbindAdapter.release(NdisStatus.SUCCESS);
        assertThat(stack.calls).as("late").isEqualTo(before);
    }

    @Test
    void aCallManagerThatNeverUnbindsIsUnboundAtTheDeadline() {
        final TestStack stack = TestStack.standAlone();
        stack.callManager.unbindAdapter.hold();

        final CompletionStage<Void> down =
                stack.callManagerRegistration.orElseThrow().unregister();

        assertThat(isPending(down)).isTrue();
        stack.passDeadlines();
        ended(down);
        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSED);
        assertThat(adapter(stack).bindings()).containsExactly("client");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aCloseThatTheCallManagerNeverCompletesDoesNotKeepTheAdapterUp(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.deactivates = false;
        stack.callManager.closeCall.hold();

        final CompletionStage<Void> down = stack.miniportRegistration.unregister();

        assertThat(isPending(down)).isTrue();
        stack.passDeadlines();
        ended(down);
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        assertThat(stack.calls).endsWith("HaltEx DEVICE_DISABLED");
        final List<String> before = List.copyOf(stack.calls);
        stack.callManager.closeCall.release(NdisStatus.SUCCESS);
        assertThat(stack.calls).as("late").isEqualTo(before);
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
    }

    @Test
    void aDeactivationThatTheMiniportNeverCompletesDoesNotKeepTheAdapterUp() {
        final TestStack stack = TestStack.standAlone();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.deactivateVc.hold();

        final CompletionStage<Void> down = stack.miniportRegistration.unregister();

        assertThat(isPending(down)).isTrue();
        assertThat(vc.state()).isEqualTo(VcState.DEACTIVATING);
        stack.passDeadlines();
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        assertThat(isPending(down)).as("the miniport still has it").isTrue();
        stack.passDeadlines();
        ended(down);
        assertThat(stack.calls).containsOnlyOnce("MCoDeactivateVc").doesNotContain("MCoDeleteVc");
        stack.miniport.deactivateVc.release(NdisStatus.SUCCESS);
        assertThat(stack.calls).containsOnlyOnce("MCoDeactivateVc", "MCoDeleteVc");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r47ANotificationThatClaimsSuccessAndClosesNothingIsFoundOut(final Form form) {
        final TestStack stack = form.start();
        stack.client.notifyCloseAf.answer(NdisStatus.SUCCESS);

        assertThat(now(stack.callManager.af.notifyCloseAddressFamily()).status())
                .isEqualTo(NdisStatus.FAILURE);

        assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN);
        stack.client.notifyCloseAf.answer(NdisStatus.RESOURCES);
        assertThat(now(stack.callManager.af.notifyCloseAddressFamily()).status())
                .as("it can be notified again")
                .isEqualTo(NdisStatus.RESOURCES);
    }

    // --- removal

    @ParameterizedTest
    @EnumSource(Form.class)
    void r221SurpriseRemovalTellsTheDriverThenUnbindsThenHalts(final Form form) {
        final TestStack stack = form.start();
        stack.connectedVc();
        stack.calls.clear();

        ended(stack.miniportRegistration.surpriseRemoved("unplugged"));

        assertThat(stack.calls).startsWith("SurpriseRemoved", "client UnbindAdapter");
        assertThat(stack.calls).endsWith("HaltEx SURPRISE_REMOVED");
        assertThat(adapter(stack).state()).isEqualTo(AdapterSnapshot.State.HALTED);
        assertThat(adapter(stack).unavailableCause()).contains("unplugged");
        assertThat(stack.vcs()).isEmpty();
        stack.refusesStage(NdisStatus.FAILURE, "R32", () -> stack.client.binding.openAddressFamily(AF, stack.client));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r221TheSendsOfARemovedAdapterComeBackBeforeItsCallsEnd(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        vc.sendNetBufferLists(stack.chain(3), 0);
        stack.miniport.whenSurpriseRemoved = () -> {
            final NetBufferList held = stack.miniport.sent.get(0);
            held.setChainStatus(NdisStatus.NOT_ACCEPTED);
            stack.wire().sendNetBufferListsComplete(held, 0);
        };

        ended(stack.miniportRegistration.surpriseRemoved("unplugged"));

        assertThat(stack.client.vc.statuses).hasSize(3).containsOnly(NdisStatus.NOT_ACCEPTED);
        assertThat(stack.calls).containsSubsequence("SurpriseRemoved", "CmCloseCall", "HaltEx SURPRISE_REMOVED");
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void s40AMiniportMayReportItsOwnRemoval(final Form form) {
        final TestStack stack = form.start();
        final MiniportAdapter handle = form == Form.STAND_ALONE ? stack.miniport.adapter : stack.mcm.adapter;

        handle.removeMiniport("firmware died");

        assertThat(stack.calls).endsWith("HaltEx DEVICE_FAILED");
        assertThat(adapter(stack).state()).isEqualTo(AdapterSnapshot.State.HALTED);
        assertThat(adapter(stack).unavailableCause()).contains("firmware died");
        assertThat(handle.adapter().name()).isEqualTo("test0");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r222ABackendThatComesBackIsAnnouncedAgainAndNothingOldIsAccepted(final Form form) {
        final TestStack stack = form.start();
        final MiniportAdapter oldHandle = form == Form.STAND_ALONE ? stack.miniport.adapter : stack.mcm.adapter;
        final ClientAf oldAf = stack.client.af;
        final ClientVc oldVc = stack.connectedVc();
        final MiniportDescriptor available = MiniportDescriptor.of(TestStack.info());
        final MiniportDescriptor unavailable =
                new MiniportDescriptor(TestStack.info(), 0, 0, Optional.of("link is down for good"));

        ended(stack.miniportRegistration.update(unavailable));
        assertThat(adapter(stack).unavailableCause()).contains("link is down for good");
        ended(stack.miniportRegistration.update(available));

        assertThat(adapter(stack).generation()).isEqualTo(2);
        assertThat(adapter(stack).state()).isEqualTo(AdapterSnapshot.State.RUNNING);
        assertThat(stack.client.notified).containsExactly(AF, AF);
        assertThat(stack.client.af).isNotSameAs(oldAf);
        stack.refuses(NdisStatus.FAILURE, "R39", () -> oldAf.createVc(stack.client.vc));
        stack.refusesStage(NdisStatus.FAILURE, "R111", () -> oldVc.makeCall(PARAMETERS));
        oldHandle.removeMiniport("a late report of the old generation");
        assertThat(adapter(stack).state()).isEqualTo(AdapterSnapshot.State.RUNNING);
        assertThat(stack.connectedVc().state()).isEqualTo(VcState.ACTIVE);
    }

    @Test
    void aBackendKeepsTheNameOfItsAdapter() {
        final TestStack stack = TestStack.standAlone();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> stack.miniportRegistration.update(
                        MiniportDescriptor.of(new AdapterInfo("other", Medium.ATM, 0, Map.of()))))
                .withMessageContaining("test0")
                .withMessageContaining("other");
    }

    // --- more than one backend

    /** A backend that only comes and goes. */
    private static final class Spare implements CoMiniport {
        private final String name;
        private final List<String> calls;
        private final Supplier<NdisStatus> initialized;

        Spare(final String name, final List<String> calls, final Supplier<NdisStatus> initialized) {
            this.name = name;
            this.calls = calls;
            this.initialized = initialized;
        }

        @Override
        public NdisStatus initialize(final MiniportAdapter adapter) {
            calls.add(name + " InitializeEx");
            return initialized.get();
        }

        @Override
        public NdisResult<MiniportVcContext> createVc(final MiniportVc vc) {
            return NdisResult.failure(NdisStatus.RESOURCES);
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vcContext, final OidRequest request) {
            return OidResult.failure(NdisStatus.INVALID_OID).asStage();
        }

        @Override
        public void halt(final HaltAction action) {
            calls.add(name + " HaltEx " + action);
        }
    }

    private static MiniportRegistration spare(
            final TestStack stack, final String name, final int ranking, final long serviceId) {
        return stack.engine.registerMiniport(
                new MiniportDescriptor(TestStack.info(), ranking, serviceId, Optional.empty()),
                new Spare(name, stack.calls, () -> NdisStatus.SUCCESS));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r222TheBestSpareTakesOverWhenTheBackendGoes(final Form form) {
        final TestStack stack = form.start();
        spare(stack, "low", -1, 1);
        spare(stack, "young", 7, 12);
        spare(stack, "old", 7, 11);
        assertThat(adapter(stack).candidates()).isEqualTo(4);
        assertThat(adapter(stack).generation())
                .as("a better one that comes later waits")
                .isEqualTo(1);
        stack.calls.clear();

        ended(stack.miniportRegistration.unregister());

        if (form == Form.STAND_ALONE) {
            assertThat(stack.calls)
                    .as("make before break")
                    .containsSubsequence("old InitializeEx", "HaltEx DEVICE_DISABLED");
            assertThat(stack.calls).doesNotContain("client UnbindAdapter", "cm UnbindAdapter");
        } else {
            assertThat(stack.calls)
                    .as("the calls of an MCM end with it")
                    .containsSubsequence("HaltEx DEVICE_DISABLED", "old InitializeEx", "client BindAdapter");
        }
        assertThat(stack.calls).doesNotContain("young InitializeEx", "low InitializeEx");
        assertThat(adapter(stack).generation()).isEqualTo(2);
        assertThat(adapter(stack).candidates()).isEqualTo(3);
        assertThat(adapter(stack).state()).isEqualTo(AdapterSnapshot.State.RUNNING);
        assertThat(stack.client.notified).as("nobody is bound again").hasSize(1);
    }

    @Test
    void r222TheSpareOfASpare() {
        final TestStack stack = TestStack.standAlone();
        final MiniportRegistration first = spare(stack, "first", 2, 1);
        final MiniportRegistration second = spare(stack, "second", 1, 2);
        ended(stack.miniportRegistration.surpriseRemoved("gone"));
        assertThat(stack.calls).contains("first InitializeEx");

        ended(first.surpriseRemoved("gone as well"));
        assertThat(stack.calls).contains("first HaltEx SURPRISE_REMOVED", "second InitializeEx");
        ended(second.unregister());

        assertThat(adapter(stack).state()).isEqualTo(AdapterSnapshot.State.HALTED);
        assertThat(adapter(stack).candidates()).isEqualTo(2);
        assertThat(adapter(stack).unavailableCause()).contains("gone as well; gone");
        assertThat(adapter(stack).bindings()).isEmpty();
    }

    @Test
    void b1ABackendWhoseInitializeFailsIsPassedOver() {
        final TestStack stack = Form.STAND_ALONE.prepare();
        final List<Supplier<NdisStatus>> failures = List.of(
                () -> NdisStatus.DEVICE_FAILED,
                () -> {
                    throw new TestStack.DriverBug("miniport");
                },
                () -> NdisStatus.PENDING,
                () -> null);
        int ranking = 10;
        for (final Supplier<NdisStatus> failure : failures) {
            stack.engine.registerMiniport(
                    new MiniportDescriptor(TestStack.info(), ranking, ranking, Optional.empty()),
                    new Spare("broken" + ranking, stack.calls, failure));
            ranking++;
        }
        assertThat(adapter(stack).state()).isEqualTo(AdapterSnapshot.State.HALTED);
        assertThat(adapter(stack).unavailableCause().orElseThrow())
                .contains(NdisStatus.DEVICE_FAILED.toString(), NdisStatus.FAILURE.toString());
        assertThat(stack.calls).noneMatch(call -> call.contains("HaltEx"));

        stack.start();

        assertThat(adapter(stack).state()).isEqualTo(AdapterSnapshot.State.RUNNING);
        assertThat(adapter(stack).generation()).isEqualTo(failures.size() + 1);
        assertThat(stack.calls.stream().filter(call -> call.startsWith("broken")))
                .hasSize(failures.size());
        assertThat(stack.client.notified).containsExactly(AF);
    }

    @Test
    void r12ADriverThatIsNeitherMiniportNorMcmIsNotStarted() {
        final TestStack stack = Form.STAND_ALONE.prepare();
        final MiniportDriver neither = new MiniportDriver() {
            @Override
            public CompletionStage<OidResult> oidRequest(
                    final Optional<VcDataPath> vcContext, final OidRequest request) {
                return OidResult.failure(NdisStatus.INVALID_OID).asStage();
            }

            @Override
            public void halt(final HaltAction action) {
                stack.calls.add("HaltEx " + action);
            }
        };

        ended(stack.engine
                .registerMiniport(MiniportDescriptor.of(TestStack.info()), neither)
                .ready());

        assertThat(adapter(stack).state()).isEqualTo(AdapterSnapshot.State.HALTED);
        assertThat(adapter(stack).unavailableCause().orElseThrow()).contains(NdisStatus.BAD_CHARACTERISTICS.toString());
        assertThat(stack.calls).isEmpty();
    }

    @Test
    void b1AnUnusableBackendIsNotStartedUntilItCanBeUsed() {
        final TestStack stack = Form.STAND_ALONE.prepare();
        final MiniportRegistration registration = stack.engine.registerMiniport(
                new MiniportDescriptor(TestStack.info(), 0, 0, Optional.of("no such interface")), stack.miniport);
        assertThat(stack.calls).isEmpty();
        assertThat(adapter(stack).generation()).isZero();
        assertThat(adapter(stack).unavailableCause()).contains("no such interface");

        ended(registration.update(MiniportDescriptor.of(TestStack.info())));

        assertThat(stack.calls).containsExactly("InitializeEx");
        assertThat(adapter(stack).unavailableCause()).isEmpty();
        assertThat(adapter(stack).state()).isEqualTo(AdapterSnapshot.State.RUNNING);
    }

    // --- binding

    @ParameterizedTest
    @EnumSource(Form.class)
    void s2AClientMayDeclineAnAdapter(final Form form) {
        for (final Supplier<NdisStatus> answer :
                List.<Supplier<NdisStatus>>of(() -> NdisStatus.UNSUPPORTED_MEDIA, () -> NdisStatus.PENDING, () -> {
                    throw new TestStack.DriverBug("client");
                })) {
            final TestStack stack = form.prepare();
            stack.client.bindAdapter.answerWith(answer);

            stack.start();

            assertThat(stack.client.notified).isEmpty();
            assertThat(adapter(stack).bindings()).doesNotContain("client");
            stack.refusesStage(
                    NdisStatus.FAILURE, "R32", () -> stack.client.binding.openAddressFamily(AF, stack.client));
            ended(stack.miniportRegistration.unregister());
            assertThat(stack.calls).doesNotContain("client UnbindAdapter");
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void s2ADriverIsBoundToTheAdaptersThatItAsksFor(final Form form) {
        final TestStack stack = form.prepare();
        final TestStack.TestClient elsewhere = stack.new TestClient();
        ended(stack.engine
                .registerClient(DriverDescriptor.on("elsewhere", "another0"), elsewhere)
                .ready());
        final TestStack.TestClient here = stack.new TestClient();
        ended(stack.engine
                .registerClient(DriverDescriptor.on("here", "test0"), here)
                .ready());

        stack.start();

        assertThat(elsewhere.notified).isEmpty();
        assertThat(here.notified).containsExactly(AF);
        assertThat(adapter(stack).bindings()).contains("here", "client").doesNotContain("elsewhere");
    }

    @Test
    void s2DriversMayComeInAnyOrder() {
        final TestStack stack = Form.STAND_ALONE.prepare();
        stack.engine.registerClient(DriverDescriptor.everywhere("client"), stack.client);
        stack.engine.registerCallManager(DriverDescriptor.everywhere("cm"), stack.callManager);
        assertThat(stack.calls).isEmpty();

        stack.engine.registerMiniport(MiniportDescriptor.of(TestStack.info()), stack.miniport);

        assertThat(stack.calls)
                .containsExactly(
                        "InitializeEx", "cm BindAdapter", "client BindAdapter", "CoAfRegisterNotify", "CmOpenAf");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void s36AnotherClientsCallsGoOnWhenOneClientLeaves(final Form form) {
        final TestStack stack = form.start();
        final TestStack.TestClient staying = stack.anotherClient("staying");
        stack.connectedVc();
        final ClientVc vc = staying.af.createVc(staying.vc).get();
        succeeds(vc.makeCall(PARAMETERS));

        stack.client.leavesEverything = true;
        ended(stack.clientRegistration.unregister());

        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(staying.vc.statuses).containsExactly(NdisStatus.SUCCESS);
        assertThat(stack.vcs()).hasSize(1);
        succeeds(vc.closeCall());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void h3NothingOfAnAdapterThatIsDownIsAccepted(final Form form) {
        final TestStack stack = form.start();
        final ClientVc outgoing = stack.createVc();
        stack.connectedIncomingVc();
        final CmVc incoming = stack.callManager.vc;
        stack.client.leavesEverything = true;
        ended(stack.miniportRegistration.unregister());
        stack.calls.clear();

        assertThat(stack.client.af.createVc(stack.client.vc).status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(stack.incomingVc().status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(done(outgoing.makeCall(PARAMETERS)).status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(outgoing.deleteVc().status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(done(incoming.activateVc(PARAMETERS)).status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(done(incoming.deactivateVc()).status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(incoming.deleteVc().status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(incoming.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY)
                        .status())
                .isEqualTo(NdisStatus.FAILURE);
        assertThat(done(stack.callManager.af.notifyCloseAddressFamily()).status())
                .isEqualTo(NdisStatus.FAILURE);
        assertThat(stack.callManager.register(AF).status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(done(stack.client.open(AF)).status()).isEqualTo(NdisStatus.FAILURE);

        assertThat(stack.calls).isEmpty();
    }

    // --- drivers that fail, drivers that do not concern each other

    @Test
    void everythingIsHaltedAtTheEndThoughEveryUnbindFails() {
        final TestStack stack = TestStack.standAlone();
        stack.engine.registerMiniport(
                MiniportDescriptor.of(new AdapterInfo("test1", Medium.ATM, 0, Map.of())), stack.miniport);
        final ClientVc vc = stack.connectedVc();
        stack.client.unbindAdapter.breakWith(() -> CompletableFuture.failedStage(new TestStack.DriverBug("client")));
        stack.callManager.unbindAdapter.breakWith(
                () -> CompletableFuture.failedStage(new TestStack.DriverBug("call manager")));
        stack.calls.clear();

        ended(stack.engine.close());

        assertThat(Collections.frequency(stack.calls, "client UnbindAdapter")).isEqualTo(2);
        assertThat(Collections.frequency(stack.calls, "cm UnbindAdapter")).isEqualTo(2);
        assertThat(Collections.frequency(stack.calls, "HaltEx DEVICE_DISABLED")).isEqualTo(2);
        assertThat(stack.engine.adapters()).isEmpty();
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void nobodyWaitsForAnEngineWhoseThreadsHaveEnded(final Form form) {
        final TestStack stack = form.start();
        stack.client.unbindAdapter.hold();
        final CompletionStage<Void> down = stack.miniportRegistration.unregister();
        assertThat(isPending(down)).isTrue();
        stack.refusesPassiveTasks = true;

        stack.client.unbindAdapter.release(NdisStatus.SUCCESS);

        ended(down);
        ended(stack.clientRegistration.unregister());
        ended(stack.engine.close());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aPendedUnbindThatFailsIsAnEndToo(final Form form) {
        final TestStack stack = form.start();
        stack.connectedVc();
        stack.client.unbindAdapter.hold();
        stack.callManager.unbindAdapter.hold();
        final CompletionStage<Void> down = stack.miniportRegistration.unregister();
        assertThat(isPending(down)).isTrue();

        stack.client.unbindAdapter.fail();
        if (form == Form.STAND_ALONE) {
            assertThat(isPending(down)).isTrue();
            stack.callManager.unbindAdapter.fail();
        }

        ended(down);
        assertThat(stack.calls).endsWith("HaltEx DEVICE_DISABLED");
        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void b1AChangeOfItsPropertiesDoesNotReviveARemovedBackend(final Form form) {
        final TestStack stack = form.start();
        ended(stack.miniportRegistration.surpriseRemoved("pulled"));

        ended(stack.miniportRegistration.update(new MiniportDescriptor(TestStack.info(), 7, 0, Optional.empty())));

        assertThat(adapter(stack).state()).isEqualTo(AdapterSnapshot.State.HALTED);
        assertThat(adapter(stack).generation()).isEqualTo(1);
        assertThat(adapter(stack).unavailableCause().orElseThrow()).contains("pulled");

        ended(stack.miniportRegistration.update(
                new MiniportDescriptor(TestStack.info(), 7, 0, Optional.of("unplugged"))));
        ended(stack.miniportRegistration.update(new MiniportDescriptor(TestStack.info(), 7, 0, Optional.empty())));

        assertThat(adapter(stack).state()).isEqualTo(AdapterSnapshot.State.RUNNING);
        assertThat(adapter(stack).generation()).isEqualTo(2);
        assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void s36OneOfTwoRegistrationsOfADriverEndsAndTheOtherStays(final Form form) {
        final TestStack stack = form.start();
        stack.engine.registerClient(DriverDescriptor.everywhere("again"), stack.client);
        final ClientAf second = stack.client.af;
        assertThat(adapter(stack).bindings()).contains("client", "again");

        ended(stack.clientRegistration.unregister());

        assertThat(adapter(stack).bindings()).contains("again").doesNotContain("client");
        assertThat(second.state()).isEqualTo(AfState.OPEN);
        assertThat(stack.connectedVc().state()).isEqualTo(VcState.ACTIVE);
    }

    @Test
    void s36AClientLeavesWithoutWaitingForAnAdapterThatItIsNotFor() {
        final TestStack stack = TestStack.standAlone();
        final MiniportRegistration slow = stack.engine.registerMiniport(
                MiniportDescriptor.of(new AdapterInfo("slow", Medium.ATM, 0, Map.of())), stack.miniport);
        final TestStack.TestClient elsewhere = stack.new TestClient();
        final Registration leaving = stack.engine.registerClient(DriverDescriptor.on("elsewhere", "test0"), elsewhere);
        stack.callManager.unbindAdapter.hold();
        final CompletionStage<Void> down = slow.unregister();
        assertThat(isPending(down)).isTrue();

        ended(leaving.unregister());

        assertThat(elsewhere.af.state()).isEqualTo(AfState.CLOSED);
        assertThat(isPending(down)).isTrue();
    }
}
