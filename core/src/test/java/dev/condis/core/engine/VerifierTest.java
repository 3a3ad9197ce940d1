// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.OTHER_PARAMETERS;
import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.CallState;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.PartyState;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.Violation;
import dev.condis.api.miniport.McmVc;
import dev.condis.api.nbl.NblFlags;
import dev.condis.core.engine.TestStack.Form;
import dev.condis.core.verifier.Verifier;
import dev.condis.core.verifier.VerifierOptions;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The verifier between core and drivers: neither side sees it, it finds nothing where nothing is wrong, and says once what is. */
class VerifierTest {
    // --- nothing is wrong ---

    @ParameterizedTest
    @EnumSource
    void aWholeLifeByTheBookHasNoFindings(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;

        final ClientVc vc = stack.connectedVc();
        vc.sendNetBufferLists(stack.chain(3), 0);
        stack.wire().indicateReceiveNetBufferLists(stack.chain(2), 0);
        succeeds(vc.modifyCallQoS(OTHER_PARAMETERS));
        succeeds(vc.closeCall());
        succeeds(vc.makeCall(PARAMETERS));
        assertThat(stack.callManager
                        .vc
                        .dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY)
                        .isSuccess())
                .isTrue();
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        verified.end();

        verified.foundNothing();
        assertThat(stack.pool.outstanding()).isZero();
        assertThat(verified.limitsRunning()).as("one may look for old debts").isLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void anIncomingCallByTheBookHasNoFindings(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;

        final ClientVc vc = stack.connectedIncomingVc();
        vc.sendNetBufferLists(stack.nbl(1), 0);
        succeeds(vc.closeCall());
        succeeds(stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
        succeeds(stack.callManager.vc.activateVc(PARAMETERS));
        succeeds(stack.callManager.vc.dispatchCallConnected());
        assertThat(stack.callManager
                        .vc
                        .dispatchIncomingCloseCall(NdisStatus.FAILURE, Octets.EMPTY)
                        .isSuccess())
                .isTrue();
        assertThat(stack.callManager.vc.deleteVc().isSuccess()).isTrue();
        verified.end();

        verified.foundNothing();
    }

    @ParameterizedTest
    @EnumSource
    void aMultipointCallByTheBookHasNoFindings(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.createVc();
        final ClientParty first =
                succeeds(vc.makeCall(PARAMETERS, stack.new TestClientParty())).get();
        final ClientParty second =
                succeeds(vc.addParty(PARAMETERS, stack.new TestClientParty())).get();

        assertThat(stack.callManager
                        .parties
                        .get(0)
                        .dispatchIncomingDropParty(NdisStatus.SUCCESS, Octets.EMPTY)
                        .isSuccess())
                .isTrue();

        assertThat(first.state()).isEqualTo(PartyState.GONE);
        assertThat(vc.parties()).containsExactly(second);
        succeeds(vc.closeCall(second, Octets.EMPTY));
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        verified.end();
        verified.foundNothing();
    }

    @ParameterizedTest
    @EnumSource(names = "MCM", mode = EnumSource.Mode.EXCLUDE)
    void aSignalingVcByTheBookHasNoFindings(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final SignalingVc vc = stack.callManager
                .binding
                .createSignalingVc(new TestStack.TestSignaling())
                .get();

        succeeds(vc.activateVc(PARAMETERS));
        vc.sendNetBufferLists(stack.nbl(4), 0);
        stack.miniport.vc.indicateReceiveNetBufferLists(stack.nbl(4), 0);
        succeeds(vc.deactivateVc());
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        verified.end();

        verified.foundNothing();
    }

    @ParameterizedTest
    @EnumSource
    void whatPendsAndIsCompletedHasNoFindings(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.createVc();
        stack.callManager.makeCall.hold();
        final var made = vc.makeCall(PARAMETERS);
        assertThat(isPending(made)).isTrue();
        stack.callManager.makeCall.release(NdisResult.success(PARAMETERS));
        succeeds(made);
        stack.callManager.closeCall.hold();
        final var closed = vc.closeCall();
        stack.callManager.closeCall.release(NdisStatus.SUCCESS);
        succeeds(closed);

        verified.passLimits();

        verified.foundNothing();
    }

    @ParameterizedTest
    @EnumSource
    void whoUsesWhatTheCoreHasTakenAwayIsNotToBlame(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.connectedVc();
        final CmVc mine = stack.callManager.vc;
        stack.client.leavesEverything = true;

        stack.miniportRegistration.surpriseRemoved("pulled");

        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        assertThat(TestStack.done(vc.closeCall()).isSuccess()).isFalse();
        assertThat(TestStack.done(mine.deactivateVc()).isSuccess()).isFalse();
        assertThat(mine.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY)
                        .isSuccess())
                .isFalse();
        verified.found("R213", "client", "CoClient.unbindAdapter");
    }

    // --- neither side sees it ---

    @ParameterizedTest
    @EnumSource
    void aDriverHoldsOneProxyForEachHandleAndGetsItsOwnContextsBack(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.connectedIncomingVc();

        assertThat(vc.addressFamily()).isSameAs(stack.client.af);
        assertThat(stack.client.af.binding()).isSameAs(stack.client.binding);
        assertThat(stack.callManager.vc.addressFamily()).isSameAs(stack.callManager.af);
        assertThat(stack.callManager.sap.addressFamily()).isSameAs(stack.callManager.af);
        assertThat(Proxy.isProxyClass(vc.getClass())).isTrue();
        assertThat(stack.client.offered).containsExactly(stack.client.vc);
        assertThat(stack.client.binding.vcContext(vc.tapiCallId().get()).get()).isSameAs(stack.client.vc);
        assertThat(vc.handle())
                .as("the identity that all share")
                .isSameAs(stack.callManager.vc.handle())
                .isSameAs(stack.wire().handle());
        assertThat(Proxy.isProxyClass(vc.handle().getClass())).isFalse();
    }

    @Test
    void aHandleIsWhatItWas() {
        final VerifiedStack verified = VerifiedStack.of(Form.MCM);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.connectedVc();
        final ClientVc other = stack.createVc();
        final Set<Object> handles = new HashSet<>(List.of(vc, other));

        assertThat(stack.callManager.vc).isInstanceOf(McmVc.class);
        assertThat(vc).hasToString(vc.handle().toString());
        assertThat(vc).isNotEqualTo(other).isNotEqualTo(vc.handle());
        assertThat(handles).contains(vc, other).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void exceptionsComeThroughAsTheyAre(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final ClientVc vc = verified.stack.createVc();

        assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> vc.makeCall(null));

        verified.foundNothing();
    }

    @ParameterizedTest
    @EnumSource
    void withoutTheVerifierThereAreNoProxies(final Form form) {
        final TestStack stack = form.prepare(options -> options);
        stack.start();
        final ClientVc vc = stack.connectedVc();

        assertThat(List.of(vc, stack.client.af, stack.client.binding, stack.callManager.vc, stack.wire()))
                .noneMatch(handle -> Proxy.isProxyClass(handle.getClass()));
        assertThat(stack.engine.violations()).isEmpty();
        assertThat(stack.engine.violationCount()).isZero();
    }

    @Test
    void whatHasNoRoleIsNoDriver() {
        final Verifier verifier = new Verifier(VerifierOptions.of(Clock.systemUTC(), (task, delay) -> () -> {}));

        assertThatIllegalArgumentException().isThrownBy(() -> verifier.watch("a string", "nobody"));
    }

    @Test
    void aTimerThatHasEndedDoesNoHarm() {
        final Verifier verifier = new Verifier(VerifierOptions.of(Clock.systemUTC(), (task, delay) -> {
            throw new RejectedExecutionException("ended");
        }));
        final TestStack stack = Form.STAND_ALONE.prepare(options -> options.withVerifier(verifier));
        stack.start();

        assertThat(stack.connectedVc().callState()).isEqualTo(CallState.CONNECTED);
        assertThat(verifier.count()).isZero();
    }

    @Test
    void limitsArePositive() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new VerifierOptions(
                        Clock.systemUTC(), (task, delay) -> () -> {}, false, Duration.ZERO, Duration.ofSeconds(1)))
                .withMessageContaining("dispatchLimit");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new VerifierOptions(
                        Clock.systemUTC(),
                        (task, delay) -> () -> {},
                        false,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(-1)))
                .withMessageContaining("completionLimit");
    }

    // --- what is found ---

    @Test
    void aViolationIsKeptOnceWithBothPlacesAndCountedEachTime() {
        final VerifiedStack verified = VerifiedStack.of(Form.STAND_ALONE);
        final ClientSap sap = verified.stack.client.register();
        succeeds(sap.deregister());

        sap.deregister();
        sap.deregister();

        final Violation violation = verified.found("R56", "client", "ClientSap.deregister");
        assertThat(verified.verifier.count()).isEqualTo(2);
        assertThat(violation.at()).isEqualTo(Instant.EPOCH);
        assertThat(violation.object()).contains("e164:1");
        assertThat(violation.stack().get(0).getMethodName())
                .isEqualTo("aViolationIsKeptOnceWithBothPlacesAndCountedEachTime");
        assertThat(violation.before()).isNotEmpty();
        assertThat(violation.before().get(0).getMethodName())
                .isEqualTo("aViolationIsKeptOnceWithBothPlacesAndCountedEachTime");
        assertThat(violation.before()).isNotEqualTo(violation.stack());
        assertThat(verified.stack.engine.violations()).containsExactly(violation);
        assertThat(verified.stack.engine.violationCount()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void aFatalViolationStopsTheCallerBeforeTheCore(final Form form) {
        final VerifiedStack verified = VerifiedStack.fatal(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        final var sent = stack.nbl(1);
        vc.sendNetBufferLists(sent, 0);

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> vc.sendNetBufferLists(sent, 0))
                .withMessageStartingWith("R182: client in ClientVc.sendNetBufferLists on vc#");

        assertThat(stack.miniport.sent).as("what the core has passed on").containsExactly(sent);
        stack.wire().sendNetBufferListsComplete(sent, 0);
        assertThat(stack.pool.outstanding()).isZero();
        assertThat(verified.verifier.count()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aFatalRefusalIsThrownAtTheCaller(final Form form) {
        final VerifiedStack verified = VerifiedStack.fatal(form);
        final ClientVc vc = verified.stack.connectedVc();

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> vc.makeCall(PARAMETERS))
                .withMessageStartingWith("R75: client in ClientVc.makeCall");

        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
        succeeds(vc.closeCall());
    }

    @ParameterizedTest
    @EnumSource
    void aFatalAnswerIsReportedAndThrowsAtNobody(final Form form) {
        final VerifiedStack verified = VerifiedStack.fatal(form);
        final ClientVc vc = verified.stack.createVc();
        verified.stack.callManager.activates = false;

        assertThat(TestStack.done(vc.makeCall(PARAMETERS)).isSuccess()).isFalse();

        verified.found("R121", verified.callManager(), "CmVcContext.makeCall");
    }

    @Test
    void aDriverIsNotBlamedForWhatTheVerifierThrowsThroughIt() {
        final VerifiedStack verified = VerifiedStack.fatal(Form.STAND_ALONE);
        final TestStack stack = verified.stack;
        stack.client.vc.whenReceived = () -> stack.client.vc.incoming.makeCall(PARAMETERS);
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.incoming = vc;

        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), NblFlags.NONE);

        verified.found("R75", "client", "ClientVc.makeCall");
        assertThat(stack.miniport.returned)
                .as("the core has returned it for the client")
                .hasSize(1);
    }

    @Test
    void eachRegistrationIsADriverOfItsOwn() {
        final Verifier verifier = new Verifier(VerifierOptions.of(Clock.systemUTC(), (task, delay) -> () -> {}));
        final CoClient driver = new CoClient() {
            @Override
            public void afRegisterNotify(final ClientBinding binding, final AddressFamily family) {
                binding.openAddressFamily(AddressFamily.TAPI, new ClientAfContext() {});
            }
        };
        final NdisEngine engine = new NdisEngine(
                new EngineOptions(Clock.systemUTC(), Runnable::run, (task, delay) -> () -> {}, Duration.ofSeconds(1))
                        .withVerifier(verifier));
        engine.registerClient(DriverDescriptor.everywhere("one"), driver);
        engine.registerClient(DriverDescriptor.everywhere("two"), driver);
        final TestStack other = Form.MCM.prepare(options -> options);

        engine.registerMiniport(MiniportDescriptor.of(new AdapterInfo("a", Medium.ATM, 0, Map.of())), other.backend());

        assertThat(verifier.violations()).extracting(Violation::driver).containsExactlyInAnyOrder("one", "two");
        assertThat(verifier.violations()).extracting(Violation::rule).containsOnly("R32");
    }
}
