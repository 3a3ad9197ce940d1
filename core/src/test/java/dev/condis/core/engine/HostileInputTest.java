// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.AF;
import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.done;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.Octets;
import dev.condis.api.PartyState;
import dev.condis.api.Sap;
import dev.condis.api.TapiCallId;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmAddressFamily;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.CmParty;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.callmgr.SignalingVcContext;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientPartyContext;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientSapContext;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.McmAdapter;
import dev.condis.api.miniport.McmVc;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.StatusCode;
import dev.condis.api.status.StatusIndication;
import dev.condis.core.engine.TestStack.Form;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What no driver should do: null for every parameter of every function of the API, handles of somebody else and of the past, functions
 * called from the middle of other functions. The answer is the documented status, or a {@link NullPointerException}; nothing half-made
 * stays.
 */
class HostileInputTest {
    /** Somebody else's idea of a handle. */
    private static final class ForeignHandle implements NdisVcHandle {
        @Override
        public String toString() {
            return "a foreign handle";
        }
    }

    /** Somebody else's idea of a party. */
    private static final class ForeignParty implements ClientParty {
        @Override
        public ClientVc vc() {
            throw new AssertionError("the core asks nothing of a handle that it did not make");
        }

        @Override
        public PartyState state() {
            return PartyState.ACTIVE;
        }

        @Override
        public CallParameters callParameters() {
            return PARAMETERS;
        }

        @Override
        public CompletionStage<NdisResult<Void>> dropParty(final Octets closeData) {
            return NdisResult.success().asStage();
        }
    }

    /** Somebody else's idea of a party, for a call manager. */
    private static final class ForeignCmParty implements CmParty {
        @Override
        public CmVc vc() {
            throw new AssertionError("the core asks nothing of a handle that it did not make");
        }

        @Override
        public PartyState state() {
            return PartyState.ACTIVE;
        }

        @Override
        public NdisResult<Void> dispatchIncomingDropParty(final NdisStatus dropStatus, final Octets closeData) {
            return NdisResult.success();
        }
    }

    // --- null

    /** One object of each handle type that a driver holds in this form. */
    private static Map<Class<?>, Object> handles(final TestStack stack) {
        final Map<Class<?>, Object> handles = new LinkedHashMap<>();
        final ClientSap sap = stack.client.register();
        final ClientVc vc = stack.createVc();
        final ClientParty party = TestStack.succeeds(vc.makeCall(PARAMETERS, new ClientPartyContext() {}))
                .get();
        handles.put(ClientParty.class, party);
        handles.put(CmParty.class, stack.callManager.parties.get(0));
        handles.put(ClientBinding.class, stack.client.binding);
        handles.put(ClientAf.class, stack.client.af);
        handles.put(ClientSap.class, sap);
        handles.put(ClientVc.class, vc);
        handles.put(CmBinding.class, stack.callManager.binding);
        handles.put(CmAf.class, stack.callManager.af);
        handles.put(CmSap.class, stack.callManager.sap);
        handles.put(CmVc.class, stack.callManager.vc);
        if (stack.form == Form.MCM) {
            handles.put(McmVc.class, stack.callManager.vc);
        } else {
            handles.put(MiniportVc.class, stack.miniport.vc);
            handles.put(
                    SignalingVc.class,
                    stack.callManager
                            .binding
                            .createSignalingVc(new TestStack.TestSignaling())
                            .get());
        }
        if (stack.form == Form.STAND_ALONE) {
            handles.put(MiniportAdapter.class, stack.miniport.adapter);
        } else {
            handles.put(McmAdapter.class, stack.mcm.adapter);
        }
        return handles;
    }

    private static Object sample(final TestStack stack, final Map<Class<?>, Object> handles, final Class<?> type) {
        final Map<Class<?>, Object> samples = Map.ofEntries(
                Map.entry(int.class, 0),
                Map.entry(long.class, 1L),
                Map.entry(OidRequest.class, OidRequest.query(Oid.GEN_CO_LINK_SPEED, 8)),
                Map.entry(StatusIndication.class, StatusIndication.of(StatusCode.MEDIA_BUSY)),
                Map.entry(TapiCallId.class, new TapiCallId("call")),
                Map.entry(NdisVcHandle.class, new ForeignHandle()),
                Map.entry(ClientVc.class, handles.get(ClientVc.class)),
                Map.entry(CmVc.class, stack.callManager.vc),
                Map.entry(ClientPartyContext.class, new ClientPartyContext() {}),
                Map.entry(ClientParty.class, new ForeignParty()),
                Map.entry(CmParty.class, new ForeignCmParty()),
                Map.entry(String.class, "cause"),
                Map.entry(AddressFamily.class, AddressFamily.IRDA),
                Map.entry(Sap.class, Sap.e164("7")),
                Map.entry(CallParameters.class, PARAMETERS),
                Map.entry(Octets.class, Octets.EMPTY),
                Map.entry(NdisStatus.class, NdisStatus.SUCCESS),
                Map.entry(CmSap.class, stack.callManager.sap),
                Map.entry(ClientAfContext.class, stack.client),
                Map.entry(ClientSapContext.class, stack.client),
                Map.entry(ClientVcContext.class, stack.client.vc),
                Map.entry(CmVcContext.class, stack.mcm.new TestMcmVc()),
                Map.entry(CmAddressFamily.class, (CmAddressFamily) af ->
                        NdisResult.<CmAfContext>failure(NdisStatus.RESOURCES).asStage()),
                Map.entry(SignalingVcContext.class, new TestStack.TestSignaling()),
                Map.entry(CoMiniport.class, stack.miniport));
        return Optional.ofNullable(samples.get(type))
                .orElseThrow(() -> new AssertionError("no sample of " + type + ": add one"));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void nullForAnyParameterOfAnyFunctionIsAProgrammingErrorThatChangesNothing(final Form form) {
        final TestStack stack = form.start();
        final List<String> tried = new ArrayList<>();
        final Map<Class<?>, Object> handles = handles(stack);
        handles.forEach((type, handle) -> Arrays.stream(type.getMethods())
                .filter(method -> !method.isDefault() && method.getParameterCount() > 0)
                .sorted(Comparator.comparing(Method::toString))
                .forEach(method -> {
                    for (int i = 0; i < method.getParameterCount(); i++) {
                        if (!method.getParameterTypes()[i].isPrimitive()) {
                            throwsForNull(stack, handles, type, method, i);
                            tried.add(type.getSimpleName() + "#" + method.getName());
                        }
                    }
                }));

        assertThat(tried)
                .contains(
                        "ClientBinding#openAddressFamily",
                        "ClientBinding#returnNetBufferLists",
                        "ClientAf#registerSap",
                        "ClientAf#createVc",
                        "ClientVc#makeCall",
                        "ClientVc#closeCall",
                        "ClientVc#sendNetBufferLists",
                        "CmBinding#registerAddressFamily",
                        "CmAf#createVc",
                        "CmVc#activateVc",
                        "CmVc#dispatchIncomingCall",
                        "CmVc#dispatchIncomingCloseCall")
                .hasSizeGreaterThan(20);
    }

    private static void throwsForNull(
            final TestStack stack,
            final Map<Class<?>, Object> handles,
            final Class<?> type,
            final Method method,
            final int position) {
        final Object[] arguments = new Object[method.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = i == position ? null : sample(stack, handles, method.getParameterTypes()[i]);
        }
        final List<AdapterSnapshot> before = stack.engine.adapters();
        final List<String> calls = List.copyOf(stack.calls);

        assertThatNullPointerException()
                .as("%s, parameter %s", method, position)
                .isThrownBy(() -> invoke(type, handles.get(type), method, arguments));

        assertThat(stack.engine.adapters()).as("%s", method).isEqualTo(before);
        assertThat(stack.calls).as("%s", method).isEqualTo(calls);
    }

    private static Optional<Object> invoke(
            final Class<?> type, final Object handle, final Method method, final Object... arguments) {
        try {
            return Optional.ofNullable(method.invoke(type.cast(handle), arguments));
        } catch (final InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(method + " threw " + e.getCause(), e);
        } catch (final IllegalAccessException e) {
            throw new AssertionError(method + " cannot be called", e);
        }
    }

    @Test
    void nullForAnyParameterOfARegistrationIsAProgrammingError() {
        final TestStack stack = Form.STAND_ALONE.prepare();
        final MiniportDescriptor descriptor = MiniportDescriptor.of(TestStack.info());
        final DriverDescriptor driver = DriverDescriptor.everywhere("driver");

        assertThatNullPointerException().isThrownBy(() -> stack.engine.registerMiniport(null, stack.miniport));
        assertThatNullPointerException().isThrownBy(() -> stack.engine.registerMiniport(descriptor, null));
        assertThatNullPointerException().isThrownBy(() -> stack.engine.registerClient(null, stack.client));
        assertThatNullPointerException().isThrownBy(() -> stack.engine.registerClient(driver, null));
        assertThatNullPointerException().isThrownBy(() -> stack.engine.registerCallManager(null, stack.callManager));
        assertThatNullPointerException().isThrownBy(() -> stack.engine.registerCallManager(driver, null));
        assertThatNullPointerException().isThrownBy(() -> DriverDescriptor.everywhere(null));

        assertThat(stack.engine.adapters()).isEmpty();
        stack.start();
        assertThat(stack.engine.adapters().get(0).bindings()).containsExactly("client", "cm");
    }

    // --- of the past

    /** Functions that say what is known of an object, and those that have nothing to do when all is closed. */
    private static boolean mayAlwaysBeCalled(final Method method) {
        final Class<?> result = method.getReturnType();
        final boolean tells = method.getParameterCount() == 0
                && result != NdisResult.class
                && !CompletionStage.class.isAssignableFrom(result);
        return method.isDefault() || tells || List.of("closeAll", "integrate").contains(method.getName());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r111EveryFunctionOfADeadHandleIsRefusedAndReachesNobody(final Form form) {
        final TestStack stack = form.start();
        final Map<Class<?>, Object> handles = handles(stack);
        stack.miniportRegistration.unregister();
        assertThat(stack.engine.adapters()).isEmpty();
        stack.calls.clear();
        final List<String> tried = new ArrayList<>();

        handles.forEach((type, handle) -> Arrays.stream(type.getMethods())
                .filter(method -> !mayAlwaysBeCalled(method))
                .sorted(Comparator.comparing(Method::toString))
                .forEach(method -> {
                    isRefused(stack, handles, type, method);
                    tried.add(method.getName());
                }));

        assertThat(tried).hasSizeGreaterThan(40);
        assertThat(stack.calls).isEmpty();
        assertThat(stack.engine.adapters()).isEmpty();
    }

    private static void isRefused(
            final TestStack stack, final Map<Class<?>, Object> handles, final Class<?> type, final Method method) {
        final Object[] arguments = Arrays.stream(method.getParameterTypes())
                .map(parameter ->
                        parameter == NetBufferList.class ? stack.pool.allocate() : sample(stack, handles, parameter))
                .toArray();

        final Optional<NdisStatus> status = statusOf(invoke(type, handles.get(type), method, arguments));

        assertThat(status.filter(NdisStatus::isSuccess)).as("%s", method).isEmpty();
        Arrays.stream(arguments).forEach(argument -> {
            if (argument instanceof NetBufferList nbl && stack.pool.outstanding() > 0) {
                nbl.freeChain();
            }
        });
    }

    private static Optional<NdisStatus> statusOf(final Optional<Object> answer) {
        if (answer.isEmpty()) {
            return Optional.empty();
        }
        if (answer.get() instanceof CompletionStage<?> stage) {
            assertThat(TestStack.isPending(stage)).isFalse();
            return statusOf(Optional.of(stage.toCompletableFuture().getNow(null)));
        }
        if (answer.get() instanceof OidResult result) {
            return Optional.of(result.status());
        }
        return Optional.of(((NdisResult<?>) answer.get()).status());
    }

    // --- somebody else's

    @ParameterizedTest
    @EnumSource(Form.class)
    void r6AHandleThatTheCoreDidNotMakeIsNotTaken(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        final NetBufferList nbl = stack.nbl(1);
        nbl.setSourceHandle(new ForeignHandle());

        stack.client.binding.returnNetBufferLists(nbl, 0);
        vc.returnNetBufferLists(nbl, 0);
        stack.wire().sendNetBufferListsComplete(nbl, 0);

        assertThat(stack.miniport.returned).isEmpty();
        assertThat(stack.client.vc.completed).isEmpty();
        assertThat(stack.vcs().get(0).sendsCompleted()).isZero();
        assertThat(stack.vcs().get(0).receivesReturned()).isZero();
        vc.sendNetBufferLists(nbl, 0);
        assertThat(stack.client.vc.statuses).as("sending it names the VC anew").containsExactly(NdisStatus.SUCCESS);
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r129ASapOfAnotherEngineIsNotTaken(final Form form) {
        final TestStack stack = form.start();
        final TestStack other = form.start();
        other.client.register();
        stack.client.register();
        final CmVc vc = stack.incomingVc().get();

        stack.refusesStage(
                NdisStatus.INVALID_SAP, "R129", () -> vc.dispatchIncomingCall(other.callManager.sap, PARAMETERS));

        assertThat(other.client.offered).isEmpty();
    }

    // --- the past

    @ParameterizedTest
    @EnumSource(Form.class)
    void r111AnOldBindingOpensNothingAndReturnsNothing(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.returnsAtOnce = false;
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);
        stack.client.leavesEverything = true;
        stack.clientRegistration.unregister();
        stack.passDeadlines();
        assertThat(vc.state()).isEqualTo(VcState.DELETED);

        stack.refusesStage(NdisStatus.FAILURE, "R32", () -> stack.client.binding.openAddressFamily(AF, stack.client));
        stack.client.binding.returnNetBufferLists(stack.client.vc.received.get(0), 0);

        assertThat(stack.miniport.returned)
                .as("what was received goes home all the same")
                .hasSize(1);
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r111DataOnADeadVcGoesBackWhereItCameFrom(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        assertThat(vc.deleteVc().isSuccess()).isTrue();

        vc.sendNetBufferLists(stack.chain(2), 0);
        stack.wire().indicateReceiveNetBufferLists(stack.chain(2), 0);

        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.FAILURE, NdisStatus.FAILURE);
        assertThat(stack.client.vc.received).isEmpty();
        assertThat(stack.miniport.returned).hasSize(1);
        assertThat(stack.pool.outstanding()).isZero();
    }

    // --- from the middle of something else

    @ParameterizedTest
    @EnumSource(Form.class)
    void r110ADeletionFromInsideTheDeletionIsRefused(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        final List<String> inside = new ArrayList<>();
        stack.callManager.deleteVc.whenCalled = () -> {
            inside.add(vc.deleteVc().refusal().orElseThrow().rule());
            inside.add(done(vc.makeCall(PARAMETERS)).refusal().orElseThrow().rule());
            inside.add(done(stack.callManager.vc.activateVc(PARAMETERS))
                    .refusal()
                    .orElseThrow()
                    .rule());
            vc.sendNetBufferLists(stack.nbl(1), 0);
        };

        assertThat(vc.deleteVc().isSuccess()).isTrue();

        assertThat(inside).containsExactly("R110", "B.7", "R110");
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.VC_NOT_ACTIVATED);
        assertThat(stack.calls).doesNotContain("MCoActivateVc", "CmMakeCall");
        assertThat(stack.vcs()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r38AFamilyClosedFromInsideTheCreationOfAVcIsRefused(final Form form) {
        final TestStack stack = form.start();
        final List<String> inside = new ArrayList<>();
        stack.callManager.createVc.whenCalled = () ->
                inside.add(done(stack.client.af.close()).refusal().orElseThrow().rule());

        final ClientVc vc = stack.createVc();

        assertThat(inside).containsExactly("R38");
        assertThat(vc.state()).isEqualTo(VcState.INACTIVE);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r68AVcWhoseClientLeavesDuringItsCreationIsNotMade(final Form form) {
        final TestStack stack = form.start();
        stack.client.leavesEverything = true;
        stack.callManager.createVc.whenCalled = () -> stack.clientRegistration.unregister();
        stack.calls.clear();

        final NdisResult<ClientVc> result = stack.client.af.createVc(stack.client.vc);

        assertThat(result.status()).isEqualTo(NdisStatus.CLOSING);
        assertThat(stack.calls).containsOnlyOnce("cm CoDeleteVc");
        if (form != Form.MCM) {
            assertThat(stack.calls).containsOnlyOnce("MCoCreateVc", "MCoDeleteVc");
        }
        assertThat(stack.vcs()).isEmpty();
        assertThat(stack.callManager.vc.state()).isEqualTo(VcState.DELETED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aClientThatLeavesFromInsideItsCallbacksLeavesNothing(final Form form) {
        final TestStack stack = form.start();
        stack.client.register();
        stack.incomingVc().get();
        stack.client.leavesEverything = true;
        final List<CompletionStage<Void>> left = new ArrayList<>();
        stack.client.incomingCall.whenCalled = () -> left.add(stack.clientRegistration.unregister());

        final NdisResult<CallParameters> offered =
                done(stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));

        assertThat(offered.isSuccess()).isFalse();
        assertThat(left.get(0).toCompletableFuture()).isCompletedWithValue(null);
        assertThat(stack.callManager.vc.callState()).isEqualTo(CallState.IDLE);
        assertThat(stack.callManager.vc.state()).isEqualTo(VcState.DELETED);
        assertThat(stack.vcs()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void anAdapterThatGoesFromInsideItsActivationTakesEverythingWithIt(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.makeCall.whenCalled = () -> stack.miniportRegistration.surpriseRemoved("in the middle");
        final ClientVc vc = stack.createVc();

        final CompletionStage<NdisResult<CallParameters>> made = vc.makeCall(PARAMETERS);
        stack.passDeadlines();

        assertThat(TestStack.isPending(made)).isFalse();
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        assertThat(stack.calls).contains("HaltEx SURPRISE_REMOVED");
        assertThat(stack.engine.adapters().get(0).state()).isEqualTo(AdapterSnapshot.State.HALTED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aCallManagerThatDispatchesFromItsOwnAnswersIsServed(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        stack.callManager.makeCall.whenCalled = () -> assertThat(stack.callManager
                        .vc
                        .dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY)
                        .refusal()
                        .orElseThrow()
                        .rule())
                .isEqualTo("B.7");

        succeeds(vc.makeCall(PARAMETERS));

        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
    }
}
