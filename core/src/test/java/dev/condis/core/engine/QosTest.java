// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.OTHER_PARAMETERS;
import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.done;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.client.ClientVc;
import dev.condis.core.engine.TestStack.Form;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Changes of the quality of service: rules R133, R140 to R147, contract B.9, sequences S17 and S18. */
class QosTest {
    private static final CallParameters CHANGED = OTHER_PARAMETERS.with(CallParameters.Flag.CALL_PARAMETERS_CHANGED);

    private static void endsInPeace(final TestStack stack) {
        stack.callManager.modifyCallQoS.asUsual();
        stack.callManager.activates = true;
        stack.callManager.deactivates = true;
        succeeds(stack.client.af.closeAll());
        assertThat(stack.engine.adapters().get(0).vcs()).isEmpty();
    }

    // --- by the client

    @ParameterizedTest
    @EnumSource(Form.class)
    void r141TheVcHasTheNewParametersWhenTheClientHearsOfSuccess(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.modifyCallQoS.hold();

        final CompletionStage<NdisResult<CallParameters>> change = vc.modifyCallQoS(OTHER_PARAMETERS);

        assertThat(isPending(change)).isTrue();
        assertThat(stack.callManager.asked).last().isEqualTo(OTHER_PARAMETERS);
        stack.callManager.modifyCallQoS.release(NdisResult.success(OTHER_PARAMETERS));
        assertThat(succeeds(change).get()).isEqualTo(OTHER_PARAMETERS);
        assertThat(vc.callParameters()).contains(OTHER_PARAMETERS);
        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r141ASuccessWithoutAnActivationIsAFailure(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.activates = false;

        final NdisResult<CallParameters> failed = done(vc.modifyCallQoS(OTHER_PARAMETERS));

        assertThat(failed.status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(failed.refusal().orElseThrow().rule()).isEqualTo("R141");
        assertThat(vc.callParameters()).contains(PARAMETERS);
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r140ACallManagerWithoutQualityOfServiceRefuses(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.activates = false;
        stack.callManager.modifyCallQoS.answer(NdisResult.failure(NdisStatus.NOT_SUPPORTED));

        assertThat(done(vc.modifyCallQoS(OTHER_PARAMETERS)).status()).isEqualTo(NdisStatus.NOT_SUPPORTED);

        assertThat(vc.callParameters()).contains(PARAMETERS);
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r142r144AfterARefusalTheCallGoesOnWithTheOldParametersAndMayBeAskedAgain(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.activates = false;
        for (final NdisStatus status : List.of(NdisStatus.FAILURE, NdisStatus.RESOURCES, NdisStatus.INVALID_DATA)) {
            stack.callManager.modifyCallQoS.answer(NdisResult.failure(status));
            assertThat(done(vc.modifyCallQoS(OTHER_PARAMETERS)).status()).isEqualTo(status);
        }

        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
        assertThat(vc.callParameters()).contains(PARAMETERS);
        vc.sendNetBufferLists(stack.pool.allocate(), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
        stack.callManager.modifyCallQoS.asUsual();
        stack.callManager.activates = true;
        assertThat(succeeds(vc.modifyCallQoS(OTHER_PARAMETERS)).get()).isEqualTo(OTHER_PARAMETERS);
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r143TheClientSeesThatItGotSomethingElse(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.modifyCallQoS.answer(NdisResult.success(CHANGED));

        assertThat(succeeds(vc.modifyCallQoS(OTHER_PARAMETERS)).get().has(CallParameters.Flag.CALL_PARAMETERS_CHANGED))
                .isTrue();
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r144OneChangeAtATime(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.modifyCallQoS.hold();
        final CompletionStage<NdisResult<CallParameters>> first = vc.modifyCallQoS(OTHER_PARAMETERS);

        stack.refuses(NdisStatus.NOT_ACCEPTED, "B.9", () -> done(vc.modifyCallQoS(PARAMETERS)));

        stack.callManager.modifyCallQoS.release(NdisResult.success(OTHER_PARAMETERS));
        succeeds(first);
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void c38AChangeNeedsACallThatIsConnectedOrOffered(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();

        stack.refuses(NdisStatus.NOT_ACCEPTED, "C38", () -> done(vc.modifyCallQoS(PARAMETERS)));

        assertThat(vc.deleteVc().isSuccess()).isTrue();
        stack.refuses(NdisStatus.FAILURE, "R111", () -> done(vc.modifyCallQoS(PARAMETERS)));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r133TheClientNegotiatesBeforeItAnswersAnIncomingCall(final Form form) {
        final TestStack stack = form.start();
        stack.client.register();
        stack.incomingVc().get();
        stack.client.incomingCall.hold();
        stack.callManager.activates = false;
        stack.callManager.modifyCallQoS.answer(NdisResult.success(OTHER_PARAMETERS));
        final CompletionStage<NdisResult<CallParameters>> offer =
                stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS);

        assertThat(succeeds(stack.client.vc.incoming.modifyCallQoS(OTHER_PARAMETERS))
                        .get())
                .isEqualTo(OTHER_PARAMETERS);

        stack.client.incomingCall.release(NdisResult.success(OTHER_PARAMETERS));
        assertThat(succeeds(offer).get()).isEqualTo(OTHER_PARAMETERS);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r144TheClientMayCloseTheCallWhileAChangeIsUnderWay(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.activates = false;
        stack.callManager.modifyCallQoS.hold();
        final CompletionStage<NdisResult<CallParameters>> change = vc.modifyCallQoS(OTHER_PARAMETERS);

        succeeds(vc.closeCall());

        assertThat(done(change).status()).isEqualTo(NdisStatus.CLOSING);
        TestStack.idle(vc);
        stack.callManager.modifyCallQoS.release(NdisResult.success(OTHER_PARAMETERS));
        TestStack.idle(vc);
        endsInPeace(stack);
    }

    /** What the core says of changes while something happens. */
    private static List<String> loggedOfChanges(final Runnable happening) {
        final Logger logger = (Logger) LoggerFactory.getLogger(QosChanges.class);
        final ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        logger.addAppender(said);
        try {
            happening.run();
        } finally {
            logger.detachAppender(said);
        }
        return said.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r142ACallManagerThatDoesNotRestoreTheOldParametersIsNoticed(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.modifyCallQoS.answer(NdisResult.failure(NdisStatus.FAILURE));

        final List<String> said = loggedOfChanges(() -> {
            assertThat(done(vc.modifyCallQoS(OTHER_PARAMETERS)).status()).isEqualTo(NdisStatus.FAILURE);
        });

        assertThat(said).singleElement().asString().startsWith("R142");
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r142TakingBackAChangeOfTheOtherSideRestoresTheOldParameters(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.activates = false;
        stack.callManager.modifyCallQoS.hold();
        succeeds(stack.callManager.vc.activateVc(OTHER_PARAMETERS));

        final List<String> said = loggedOfChanges(() -> {
            final CompletionStage<NdisResult<CallParameters>> change = vc.modifyCallQoS(PARAMETERS);
            succeeds(stack.callManager.vc.activateVc(PARAMETERS));
            stack.callManager.modifyCallQoS.release(NdisResult.failure(NdisStatus.FAILURE));
            assertThat(done(change).status()).isEqualTo(NdisStatus.FAILURE);
        });

        assertThat(said).isEmpty();
        assertThat(vc.callParameters()).contains(PARAMETERS);
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r142AChangeOfTheOtherSideMayBeInForceWhenTheOwnFails(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.activates = false;
        stack.callManager.modifyCallQoS.hold();

        final List<String> said = loggedOfChanges(() -> {
            final CompletionStage<NdisResult<CallParameters>> change = vc.modifyCallQoS(CHANGED);
            succeeds(stack.callManager.vc.activateVc(OTHER_PARAMETERS));
            assertThat(done(stack.callManager.vc.dispatchIncomingCallQoSChange(OTHER_PARAMETERS))
                            .status())
                    .isEqualTo(NdisStatus.NOT_ACCEPTED);
            stack.callManager.modifyCallQoS.release(NdisResult.failure(NdisStatus.FAILURE));
            assertThat(done(change).status()).isEqualTo(NdisStatus.FAILURE);
        });

        assertThat(said).isEmpty();
        endsInPeace(stack);
    }

    // --- by the other side

    @ParameterizedTest
    @EnumSource(Form.class)
    void r145TheVcIsActivatedBeforeTheClientIsTold(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();

        stack.refuses(
                NdisStatus.NOT_ACCEPTED,
                "R145",
                () -> done(stack.callManager.vc.dispatchIncomingCallQoSChange(OTHER_PARAMETERS)));

        succeeds(stack.callManager.vc.activateVc(OTHER_PARAMETERS));
        succeeds(stack.callManager.vc.dispatchIncomingCallQoSChange(OTHER_PARAMETERS));
        assertThat(stack.client.vc.changed).containsExactly(OTHER_PARAMETERS);
        assertThat(vc.callParameters()).contains(OTHER_PARAMETERS);
        stack.refuses(
                NdisStatus.NOT_ACCEPTED,
                "R145",
                () -> done(stack.callManager.vc.dispatchIncomingCallQoSChange(PARAMETERS)));
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r146r147AClientThatDoesNotAcceptAChangeClosesTheCall(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.whenChanged = () -> vc.closeCall(Octets.EMPTY);
        succeeds(stack.callManager.vc.activateVc(OTHER_PARAMETERS));

        final NdisResult<Void> told = done(stack.callManager.vc.dispatchIncomingCallQoSChange(OTHER_PARAMETERS));

        assertThat(told.status()).isEqualTo(NdisStatus.CLOSING);
        TestStack.idle(vc);
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r146AClientThatDoesNotLikeAChangeAsksForAnother(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.whenChanged = () -> succeeds(vc.modifyCallQoS(PARAMETERS));
        succeeds(stack.callManager.vc.activateVc(OTHER_PARAMETERS));

        succeeds(stack.callManager.vc.dispatchIncomingCallQoSChange(OTHER_PARAMETERS));

        assertThat(vc.callParameters()).contains(PARAMETERS);
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r147TheCallManagerIsAnsweredWhenTheCallbackOfTheClientHasReturned(final Form form) {
        final TestStack stack = form.start();
        stack.connectedVc();
        succeeds(stack.callManager.vc.activateVc(OTHER_PARAMETERS));
        stack.client.vc.whenChanged = () -> stack.calls.add("returns");

        stack.callManager.vc.dispatchIncomingCallQoSChange(OTHER_PARAMETERS).thenRun(() -> stack.calls.add("answered"));

        assertThat(stack.calls).endsWith("ClIncomingCallQoSChange", "returns", "answered");
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r145AChangeNeedsAConnectedCall(final Form form) {
        final TestStack stack = form.start();
        stack.createVc();

        stack.refuses(
                NdisStatus.NOT_ACCEPTED,
                "B.9",
                () -> done(stack.callManager.vc.dispatchIncomingCallQoSChange(OTHER_PARAMETERS)));
    }
}
