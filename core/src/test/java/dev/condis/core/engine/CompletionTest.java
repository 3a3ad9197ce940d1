// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.AF;
import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.condis.api.AfState;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Refusal;
import dev.condis.api.Sap;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientVc;
import dev.condis.api.miniport.VcIndications;
import dev.condis.core.engine.TestStack.Answer;
import dev.condis.core.engine.TestStack.Form;
import dev.condis.core.engine.TestStack.TestClientVc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The completion convention (contract A.3) and rules R1 to R9: of every operation that may pend, in every form. */
class CompletionTest {
    /** An operation that may pend: who asks, who answers, and what holds when it failed. */
    private enum Operation {
        OPEN_AF {
            @Override
            void prepare(final TestStack stack) {
                stack.client.opens = false;
                stack.start();
            }

            @Override
            Answer<?> answer(final TestStack stack) {
                return stack.callManager.openAf;
            }

            @Override
            CompletionStage<? extends NdisResult<?>> start(final TestStack stack) {
                return stack.client.open(AF);
            }

            @Override
            void release(final TestStack stack) {
                stack.callManager.openAf.release(NdisResult.success(stack.callManager.afContext()));
            }

            @Override
            void isAsBefore(final TestStack stack) {
                assertThat(stack.callManager.af.state()).isEqualTo(AfState.CLOSED);
                succeeds(stack.client.open(AF));
            }
        },
        REGISTER_SAP {
            @Override
            Answer<?> answer(final TestStack stack) {
                return stack.callManager.registerSap;
            }

            @Override
            CompletionStage<? extends NdisResult<?>> start(final TestStack stack) {
                return stack.client.af.registerSap(Sap.e164("1"), stack.client);
            }

            @Override
            void release(final TestStack stack) {
                stack.callManager.registerSap.release(NdisResult.success(stack.callManager.sapContext()));
            }

            @Override
            void isAsBefore(final TestStack stack) {
                final ClientSap again = stack.client.register();
                succeeds(again.deregister());
                succeeds(stack.client.af.close());
            }
        },
        DEREGISTER_SAP {
            @Override
            Answer<?> answer(final TestStack stack) {
                return stack.callManager.deregisterSap;
            }

            @Override
            CompletionStage<? extends NdisResult<?>> start(final TestStack stack) {
                return stack.client.register().deregister();
            }

            @Override
            void release(final TestStack stack) {
                stack.callManager.deregisterSap.release(NdisStatus.SUCCESS);
            }

            @Override
            void isAsBefore(final TestStack stack) {
                // C20: the SAP is gone all the same
                succeeds(stack.client.af.close());
            }
        },
        CLOSE_AF {
            @Override
            Answer<?> answer(final TestStack stack) {
                return stack.callManager.closeAf;
            }

            @Override
            CompletionStage<? extends NdisResult<?>> start(final TestStack stack) {
                return stack.client.af.close();
            }

            @Override
            void release(final TestStack stack) {
                stack.callManager.closeAf.release(NdisStatus.SUCCESS);
            }

            @Override
            void isAsBefore(final TestStack stack) {
                assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN);
                succeeds(stack.client.af.close());
            }
        },
        NOTIFY_CLOSE_AF {
            @Override
            Answer<?> answer(final TestStack stack) {
                return stack.client.notifyCloseAf;
            }

            @Override
            CompletionStage<? extends NdisResult<?>> start(final TestStack stack) {
                return stack.callManager.af.notifyCloseAddressFamily();
            }

            @Override
            void release(final TestStack stack) {
                // R47: a client that answers success has closed the family
                succeeds(stack.client.af.close());
                stack.client.notifyCloseAf.release(NdisStatus.SUCCESS);
            }

            @Override
            void isAsBefore(final TestStack stack) {
                assertThat(stack.connectedVc().state()).isEqualTo(VcState.ACTIVE);
            }
        },
        MAKE_CALL {
            @Override
            Answer<?> answer(final TestStack stack) {
                return stack.callManager.makeCall;
            }

            @Override
            CompletionStage<? extends NdisResult<?>> start(final TestStack stack) {
                return stack.createVc().makeCall(PARAMETERS);
            }

            @Override
            void release(final TestStack stack) {
                stack.callManager.makeCall.release(NdisResult.success(PARAMETERS));
            }

            @Override
            void isAsBefore(final TestStack stack) {
                final CmVc vc = stack.callManager.vc;
                assertThat(vc.callState()).isEqualTo(CallState.IDLE);
                // C29: the call manager of these tests had activated it, the core has seen to it
                stack.engine.adapters().get(0).vcs().forEach(one -> assertThat(one.state())
                        .isEqualTo(VcState.INACTIVE));
            }
        },
        CLOSE_CALL {
            @Override
            Answer<?> answer(final TestStack stack) {
                return stack.callManager.closeCall;
            }

            @Override
            CompletionStage<? extends NdisResult<?>> start(final TestStack stack) {
                return stack.connectedIncomingVc().closeCall();
            }

            @Override
            void release(final TestStack stack) {
                stack.callManager.closeCall.release(NdisStatus.SUCCESS);
            }

            @Override
            void isAsBefore(final TestStack stack) {
                assertThat(stack.callManager.vc.callState()).isEqualTo(CallState.CONNECTED);
                succeeds(stack.client.vc.incoming.closeCall());
            }
        },
        INCOMING_CALL {
            @Override
            void prepare(final TestStack stack) {
                stack.start();
                stack.client.register();
                stack.incomingVc().get();
            }

            @Override
            Answer<?> answer(final TestStack stack) {
                return stack.client.incomingCall;
            }

            @Override
            CompletionStage<? extends NdisResult<?>> start(final TestStack stack) {
                return stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS);
            }

            @Override
            void release(final TestStack stack) {
                stack.client.incomingCall.release(NdisResult.success(PARAMETERS));
            }

            @Override
            void isAsBefore(final TestStack stack) {
                assertThat(stack.callManager.vc.callState()).isEqualTo(CallState.IDLE);
                succeeds(stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
            }
        },
        ACTIVATE {
            @Override
            Answer<?> answer(final TestStack stack) {
                return stack.miniport.activateVc;
            }

            @Override
            CompletionStage<? extends NdisResult<?>> start(final TestStack stack) {
                return stack.incomingVc().get().activateVc(PARAMETERS);
            }

            @Override
            void release(final TestStack stack) {
                stack.miniport.activateVc.release(NdisResult.success(PARAMETERS));
            }

            @Override
            void isAsBefore(final TestStack stack) {
                assertThat(stack.callManager.vc.state()).isEqualTo(VcState.INACTIVE);
                succeeds(stack.callManager.vc.activateVc(PARAMETERS));
            }
        },
        DEACTIVATE {
            @Override
            void prepare(final TestStack stack) {
                stack.start();
                stack.connectedVc();
            }

            @Override
            Answer<?> answer(final TestStack stack) {
                return stack.miniport.deactivateVc;
            }

            @Override
            CompletionStage<? extends NdisResult<?>> start(final TestStack stack) {
                return stack.callManager.vc.deactivateVc();
            }

            @Override
            void release(final TestStack stack) {
                stack.miniport.deactivateVc.release(NdisStatus.SUCCESS);
            }

            @Override
            void isAsBefore(final TestStack stack) {
                assertThat(stack.callManager.vc.state()).isEqualTo(VcState.ACTIVE);
                succeeds(stack.callManager.vc.deactivateVc());
            }
        };

        void prepare(final TestStack stack) {
            stack.start();
        }

        abstract Answer<?> answer(TestStack stack);

        abstract CompletionStage<? extends NdisResult<?>> start(TestStack stack);

        /** The held answer comes, a success. */
        abstract void release(TestStack stack);

        /** Checks that a failure left no trace, and that the operation succeeds when it is tried again. */
        abstract void isAsBefore(TestStack stack);

        /** An MCM that was written as one is asked for nothing when it activates (R78, R91). */
        boolean pendsIn(final Form form) {
            return form != Form.MCM || (this != ACTIVATE && this != DEACTIVATE);
        }

        boolean answersWithStatus() {
            return switch (this) {
                case DEREGISTER_SAP, CLOSE_AF, NOTIFY_CLOSE_AF, CLOSE_CALL, DEACTIVATE -> true;
                default -> false;
            };
        }
    }

    /** As a driver that was built against other versions of its imports. */
    private static final class BuiltAgainstSomethingElse extends Error {
        private static final long serialVersionUID = 1L;

        BuiltAgainstSomethingElse() {
            super("a method is missing", null, false, false);
        }
    }

    /** What a driver should not answer. */
    private enum Breakage {
        THROWS {
            @Override
            <T> CompletionStage<T> stage() {
                throw new TestStack.DriverBug("driver");
            }
        },
        THROWS_AN_ERROR {
            @Override
            <T> CompletionStage<T> stage() {
                throw new BuiltAgainstSomethingElse();
            }
        },
        ANSWERS_NO_STAGE {
            @Override
            <T> CompletionStage<T> stage() {
                final CompletionStage<T> none = null;
                return none;
            }
        },
        ANSWERS_A_FAILED_STAGE {
            @Override
            <T> CompletionStage<T> stage() {
                return CompletableFuture.failedStage(new TestStack.DriverBug("driver"));
            }
        },
        ANSWERS_NULL {
            @Override
            <T> CompletionStage<T> stage() {
                return CompletableFuture.completedStage(null);
            }
        };

        abstract <T> CompletionStage<T> stage();

        <T> void in(final Answer<T> answer) {
            answer.breakWith(this::stage);
        }
    }

    static Stream<Arguments> operations() {
        return Arrays.stream(Form.values()).flatMap(form -> Arrays.stream(Operation.values())
                .filter(operation -> operation.pendsIn(form))
                .map(operation -> Arguments.of(form, operation)));
    }

    static Stream<Arguments> breakages() {
        return operations().flatMap(pair -> Arrays.stream(Breakage.values())
                .map(breakage -> Arguments.of(pair.get()[0], pair.get()[1], breakage)));
    }

    private static TestStack prepared(final Form form, final Operation operation) {
        final TestStack stack = form.prepare();
        operation.prepare(stack);
        return stack;
    }

    private static List<NdisStatus> outcomes(final CompletionStage<? extends NdisResult<?>> stage) {
        final List<NdisStatus> outcomes = new ArrayList<>();
        stage.thenAccept(result -> outcomes.add(result.status()));
        return outcomes;
    }

    @ParameterizedTest
    @MethodSource("operations")
    void r1r3APendedOperationCompletesOnceWithTheAnswer(final Form form, final Operation operation) {
        final TestStack stack = prepared(form, operation);
        operation.answer(stack).hold();

        final CompletionStage<? extends NdisResult<?>> stage = operation.start(stack);
        final List<NdisStatus> outcomes = outcomes(stage);

        assertThat(operation.answer(stack).isWaiting()).isTrue();
        assertThat(isPending(stage)).isTrue();
        assertThat(outcomes).isEmpty();
        operation.release(stack);
        assertThat(outcomes).containsExactly(NdisStatus.SUCCESS);
        assertThat(operation.answer(stack).isWaiting()).as("asked once").isFalse();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void r1r2AnOperationThatDoesNotPendIsOverWhenItReturns(final Form form, final Operation operation) {
        final TestStack stack = prepared(form, operation);

        final CompletionStage<? extends NdisResult<?>> stage = operation.start(stack);

        assertThat(isPending(stage)).isFalse();
        assertThat(outcomes(stage)).containsExactly(NdisStatus.SUCCESS);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void r1TheCompletionMayComeBeforeTheCallThatItCompletesHasReturned(final Form form, final Operation operation) {
        final TestStack stack = prepared(form, operation);
        operation.answer(stack).hold();
        operation.answer(stack).whenCalled = () -> operation.release(stack);

        final CompletionStage<? extends NdisResult<?>> stage = operation.start(stack);

        assertThat(isPending(stage)).isFalse();
        assertThat(outcomes(stage)).containsExactly(NdisStatus.SUCCESS);
    }

    @ParameterizedTest
    @MethodSource("breakages")
    void r3AnAnswerThatIsNoneIsAFailureThatLeavesNoTrace(
            final Form form, final Operation operation, final Breakage breakage) {
        final TestStack stack = prepared(form, operation);
        breakage.in(operation.answer(stack));

        final CompletionStage<? extends NdisResult<?>> stage = operation.start(stack);

        assertThat(outcomes(stage)).containsExactly(NdisStatus.FAILURE);
        operation.answer(stack).asUsual();
        operation.isAsBefore(stack);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void r3APendedAnswerThatFailsIsAFailureThatLeavesNoTrace(final Form form, final Operation operation) {
        final TestStack stack = prepared(form, operation);
        operation.answer(stack).hold();
        final List<NdisStatus> outcomes = outcomes(operation.start(stack));
        assertThat(outcomes).isEmpty();

        operation.answer(stack).fail();

        assertThat(outcomes).containsExactly(NdisStatus.FAILURE);
        operation.answer(stack).asUsual();
        operation.isAsBefore(stack);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void r4r9AFinalStatusIsNeverPendingAndASuccessComesWithItsContext(final Form form, final Operation operation) {
        final TestStack stack = prepared(form, operation);
        answerWithout(operation, operation.answer(stack));

        final CompletionStage<? extends NdisResult<?>> stage = operation.start(stack);

        assertThat(outcomes(stage)).containsExactly(NdisStatus.FAILURE);
        operation.answer(stack).asUsual();
        operation.isAsBefore(stack);
    }

    /** PENDING where a status is due; a success without a value where a context or parameters are due. */
    @SuppressWarnings("unchecked")
    private static void answerWithout(final Operation operation, final Answer<?> answer) {
        if (operation.answersWithStatus()) {
            ((Answer<NdisStatus>) answer).answer(NdisStatus.PENDING);
        } else {
            ((Answer<NdisResult<?>>) answer)
                    .answer(new NdisResult<>(NdisStatus.SUCCESS, Optional.empty(), Optional.empty()));
        }
    }

    @Test
    void r4r8AResultIsFinalAndAFailureCarriesNoContext() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NdisResult.failure(NdisStatus.PENDING))
                .withMessageContaining("R4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NdisResult<>(NdisStatus.FAILURE, Optional.of("context"), Optional.empty()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NdisResult<>(
                        NdisStatus.SUCCESS,
                        Optional.of("context"),
                        Optional.of(new Refusal("R1", "object", "state", "explanation", Optional.empty()))));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r6r7EveryCallbackCarriesTheContextThatItsReceiverGave(final Form form) {
        final TestStack stack = form.start();
        final TestClientVc first = stack.new TestClientVc();
        final TestClientVc second = stack.new TestClientVc();
        final ClientVc firstVc = stack.client.af.createVc(first).get();
        succeeds(firstVc.makeCall(PARAMETERS));
        final VcIndications firstWire = stack.wire();
        final ClientVc secondVc = stack.client.af.createVc(second).get();
        succeeds(secondVc.makeCall(PARAMETERS));
        final VcIndications secondWire = stack.wire();

        firstWire.indicateReceiveNetBufferLists(stack.nbl(1), 0);
        secondVc.sendNetBufferLists(stack.nbl(1), 0);
        secondWire.indicateReceiveNetBufferLists(stack.nbl(1), 0);
        secondWire.indicateReceiveNetBufferLists(stack.nbl(1), 0);

        assertThat(first.received).hasSize(1);
        assertThat(first.completed).isEmpty();
        assertThat(second.received).hasSize(2);
        assertThat(second.completed).hasSize(1);
        assertThat(firstVc.handle()).isNotSameAs(secondVc.handle());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void e9AClientMayCloseItsCallFromTheCompletionThatMadeIt(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.makeCall.hold();
        final ClientVc vc = stack.createVc();
        final CompletionStage<NdisResult<Void>> closed = vc.makeCall(PARAMETERS).thenCompose(made -> vc.closeCall());

        stack.callManager.makeCall.release(NdisResult.success(PARAMETERS));

        succeeds(closed);
        TestStack.idle(vc);
    }
}
