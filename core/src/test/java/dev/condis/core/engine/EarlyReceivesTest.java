// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientVc;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.miniport.VcIndications;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.nbl.NetBufferListQueue;
import dev.condis.core.engine.TestStack.Form;
import dev.condis.core.verifier.Verifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** R138: what the other side sends right behind its being told of the connection reaches the client when that is connected. With the verifier on. */
class EarlyReceivesTest {
    private static final int BOUND = EngineOptions.DEFAULT_EARLY_RECEIVES;
    private static final int ROUNDS = 60;
    private static final int SENT_EACH = 40;
    private static final int PATIENCE_SECONDS = 60;

    private final Verifier verifier = TestStack.verifier();

    @BeforeEach
    void checkTheDrivers() {
        TestStack.checking = Optional.of(verifier);
    }

    @AfterEach
    void nothingWasFound() {
        TestStack.checking = Optional.empty();
        assertThat(verifier.violations()).isEmpty();
    }

    /** A stack with an active VC on which the client has accepted a call, and is not connected. */
    private static TestStack accepted(final Form form) {
        final TestStack stack = form.start();
        accept(stack);
        return stack;
    }

    private static void accept(final TestStack stack) {
        stack.client.register();
        stack.incomingVc().get();
        final CmVc vc = stack.callManager.vc;
        succeeds(vc.activateVc(PARAMETERS));
        succeeds(vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
    }

    private static void receive(final TestStack stack, final int... octets) {
        stack.wire().indicateReceiveNetBufferLists(SwapStack.chain(stack.pool, octets), NblFlags.NONE);
    }

    private static VcSnapshot snapshot(final TestStack stack) {
        return stack.vcs().stream()
                .filter(vc -> vc.creator() != VcSnapshot.Creator.CALL_MANAGER_SIGNALING)
                .findFirst()
                .orElseThrow();
    }

    /** What came, what was indicated, what waits, what was refused. */
    private static void accounts(
            final TestStack stack, final long offered, final long indicated, final long held, final long refused) {
        final VcSnapshot vc = snapshot(stack);
        assertThat(vc.receivesIndicated()).as("indicated: %s", vc).isEqualTo(indicated);
        assertThat(vc.receivesHeld()).as("held: %s", vc).isEqualTo(held);
        assertThat(vc.receivesRefused()).as("refused: %s", vc).isEqualTo(refused);
        assertThat(vc.receivesOffered()).as("%s", vc).isEqualTo(offered);
        assertThat(stack.client.vc.octets).hasSize((int) indicated);
        assertThat(stack.pool.outstanding()).as("the miniport has its own back").isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r138WhatComesAfterTheAcceptanceWaitsForTheClientInItsOrder(final Form form) {
        final TestStack stack = accepted(form);
        receive(stack, 1, 2);
        receive(stack, 3);
        accounts(stack, 3, 0, 3, 0);
        stack.client.vc.whenConnected = () -> {
            receive(stack, 4);
            assertThat(stack.client.vc.octets).as("inside the callback").isEmpty();
        };

        succeeds(stack.callManager.vc.dispatchCallConnected());

        assertThat(stack.client.vc.octets).containsExactly(1, 2, 3, 4);
        receive(stack, 5);
        assertThat(stack.client.vc.octets).containsExactly(1, 2, 3, 4, 5);
        accounts(stack, 5, 5, 0, 0);
        assertThat(snapshot(stack).receivesUnderWay()).isZero();
    }

    /** The call manager has activated the VC, and says that the call is made when something has come already. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void r125WhatComesBeforeAnOutgoingCallIsReportedWaitsForTheClient(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        stack.callManager.makeCall.hold();
        final List<Integer> before = new ArrayList<>();
        final CompletionStage<NdisResult<CallParameters>> made = vc.makeCall(PARAMETERS);
        made.thenAccept(result -> before.addAll(stack.client.vc.octets));
        receive(stack, 1, 2);
        accounts(stack, 2, 0, 2, 0);

        stack.callManager.makeCall.release(NdisResult.success(PARAMETERS));

        succeeds(made);
        assertThat(before).as("when it hears of the call").isEmpty();
        assertThat(stack.client.vc.octets).containsExactly(1, 2);
        receive(stack, 3);
        accounts(stack, 3, 3, 0, 0);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aCallThatFailsEndsIt(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        stack.callManager.makeCall.hold();
        final CompletionStage<NdisResult<CallParameters>> made = vc.makeCall(PARAMETERS);
        receive(stack, 1);

        succeeds(stack.callManager.vc.deactivateVc());
        stack.callManager.makeCall.release(NdisResult.failure(NdisStatus.FAILURE));

        assertThat(isPending(made)).isFalse();
        accounts(stack, 1, 0, 0, 1);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r138WhatComesBeforeTheAcceptanceIsReturnedUnread(final Form form) {
        final TestStack stack = form.start();
        stack.client.register();
        stack.incomingVc().get();
        final CmVc vc = stack.callManager.vc;
        succeeds(vc.activateVc(PARAMETERS));
        receive(stack, 1);
        stack.client.incomingCall.hold();
        final CompletionStage<?> offer = vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS);
        receive(stack, 2);
        stack.client.incomingCall.release(NdisResult.success(PARAMETERS));
        assertThat(isPending(offer)).isFalse();
        accounts(stack, 2, 0, 0, 2);

        succeeds(vc.dispatchCallConnected());

        accounts(stack, 2, 0, 0, 2);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void whatIsOnlyLentWaitsToo(final Form form) {
        final TestStack stack = accepted(form);
        final NetBufferList lent = SwapStack.chain(stack.pool, 1, 2);
        lent.setStatus(NdisStatus.INVALID_PACKET);
        lent.setTimestampNanos(7);
        stack.wire().indicateReceiveNetBufferLists(lent, NblFlags.RECEIVE_RESOURCES);
        lent.data().put(0, (byte) 99);
        lent.freeChain();
        final List<Object> seen = new ArrayList<>();
        stack.client.vc.whenReceived = () -> {
            final NetBufferList nbl = stack.client.vc.received.get(0);
            seen.addAll(List.of(nbl.status(), nbl.timestampNanos(), nbl.isFrom(stack.client.vc.incoming.handle())));
        };

        succeeds(stack.callManager.vc.dispatchCallConnected());

        assertThat(stack.client.vc.octets).containsExactly(1, 2);
        assertThat(seen).containsExactly(NdisStatus.INVALID_PACKET, 7L, true);
        accounts(stack, 2, 2, 0, 0);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void overTheBoundWhatComesIsReturnedUnreadAndCounted(final Form form) {
        final TestStack stack = form.prepare(
                        options -> TestStack.verified(options).withEarlyReceives(3))
                .start();
        accept(stack);
        receive(stack, 1, 2);
        receive(stack, 3, 4);
        receive(stack, 5);
        accounts(stack, 5, 0, 3, 2);

        succeeds(stack.callManager.vc.dispatchCallConnected());

        assertThat(stack.client.vc.octets).containsExactly(1, 2, 3);
        accounts(stack, 5, 3, 0, 2);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void whatComesWhileItIsHandedOverComesBehind(final Form form) {
        final TestStack stack = accepted(form);
        receive(stack, 1, 2);
        stack.client.vc.whenReceived = () -> {
            if (stack.client.vc.octets.size() < 5) {
                receive(stack, stack.client.vc.octets.size() + 1);
            }
        };

        succeeds(stack.callManager.vc.dispatchCallConnected());

        assertThat(stack.client.vc.octets).containsExactly(1, 2, 3, 4, 5);
        accounts(stack, 5, 5, 0, 0);
    }

    /** Whoever sends on and on does not keep the thread that hands over. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void theHandingOverEndsThoughMoreComesEachTime(final Form form) {
        final TestStack stack = accepted(form);
        receive(stack, 0);
        final AtomicInteger sent = new AtomicInteger(1);
        stack.client.vc.whenReceived = () -> {
            if (sent.get() < 10 * BOUND) {
                sent.incrementAndGet();
                receive(stack, 0);
            }
        };

        succeeds(stack.callManager.vc.dispatchCallConnected());

        // the one behind the last that found room is refused, and nothing brings another one
        accounts(stack, BOUND + 1, BOUND, 0, 1);
        stack.client.vc.whenReceived = () -> {};
        receive(stack, 1);
        accounts(stack, BOUND + 2, BOUND + 1, 0, 1);
    }

    /** Copies and the miniport's own NBLs in one chain: each goes where it came from. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void theClientReturnsThemTogetherWithWhatCameLater(final Form form) {
        final TestStack stack = accepted(form);
        stack.client.vc.returnsAtOnce = false;
        receive(stack, 1, 2);
        succeeds(stack.callManager.vc.dispatchCallConnected());
        receive(stack, 3, 4);
        final List<NetBufferList> received = List.copyOf(stack.client.vc.received);
        final List<NetBufferListPool> copies = new ArrayList<>();
        for (NetBufferList nbl = received.get(0); nbl != null; nbl = nbl.next()) {
            copies.add(nbl.pool());
        }
        final NetBufferListQueue together = new NetBufferListQueue();
        received.forEach(together::add);

        stack.client.vc.incoming.returnNetBufferLists(together.takeAll(), 0);

        assertThat(copies).hasSize(2).allMatch(pool -> pool.outstanding() == 0).doesNotContain(stack.pool);
        assertThat(snapshot(stack).receivesUnderWay()).isZero();
        accounts(stack, 4, 4, 0, 0);
    }

    /** What waits is the core's own: nobody waits for it when the VC is deactivated. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void aDeactivationEndsIt(final Form form) {
        final TestStack stack = accepted(form);
        final CmVc vc = stack.callManager.vc;
        receive(stack, 1, 2);

        succeeds(vc.deactivateVc());

        accounts(stack, 2, 0, 0, 2);
        succeeds(vc.activateVc(PARAMETERS));
        receive(stack, 3);
        succeeds(vc.dispatchCallConnected());
        assertThat(stack.client.vc.octets).containsExactly(3);
        accounts(stack, 3, 1, 0, 2);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void theEndOfTheCallEndsIt(final Form form) {
        final TestStack stack = accepted(form);
        final CmVc vc = stack.callManager.vc;
        stack.client.vc.answersClose = false;
        receive(stack, 1);

        vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);

        accounts(stack, 1, 0, 0, 1);
        receive(stack, 2);
        accounts(stack, 2, 0, 0, 2);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aClientThatClosesInsideItsCallbackGetsNothing(final Form form) {
        final TestStack stack = accepted(form);
        final ClientVc vc = stack.client.vc.incoming;
        receive(stack, 1);
        stack.client.vc.whenConnected = () -> succeeds(vc.closeCall());

        succeeds(stack.callManager.vc.dispatchCallConnected());

        assertThat(vc.callState()).isEqualTo(CallState.IDLE);
        accounts(stack, 1, 0, 0, 1);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void theNextCallOnTheVcDoesNotGetWhatCameForTheOneBefore(final Form form) {
        final TestStack stack = accepted(form);
        final CmVc vc = stack.callManager.vc;
        receive(stack, 1);
        vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);
        assertThat(vc.callState()).isEqualTo(CallState.IDLE);
        assertThat(vc.state()).isEqualTo(VcState.INACTIVE);

        succeeds(vc.activateVc(PARAMETERS));
        succeeds(vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
        receive(stack, 2);
        succeeds(vc.dispatchCallConnected());

        assertThat(stack.client.vc.octets).containsExactly(2);
        accounts(stack, 2, 1, 0, 1);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aPauseEndsIt(final Form form) {
        final TestStack stack = accepted(form);
        receive(stack, 1);

        succeeds(stack.engine.pause(SwapStack.ADAPTER));

        accounts(stack, 1, 0, 0, 1);
        succeeds(stack.engine.restart(SwapStack.ADAPTER));
        receive(stack, 2);
        succeeds(stack.callManager.vc.dispatchCallConnected());
        assertThat(stack.client.vc.octets).containsExactly(2);
        accounts(stack, 2, 1, 0, 1);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void theRemovalOfTheAdapterEndsIt(final Form form) {
        final TestStack stack = accepted(form);
        final DataPath vc = (DataPath) stack.client.vc.incoming.handle();
        receive(stack, 1, 2);

        stack.miniportRegistration.unregister();

        assertThat(vc.heldReceives()).isZero();
        assertThat(vc.receivesRefused.sum()).isEqualTo(2);
        assertThat(stack.client.vc.octets).isEmpty();
        assertThat(stack.pool.outstanding()).isZero();
    }

    /** It is the core's, and no backend's: it moves with the VC. */
    @Test
    void itSurvivesAPlannedSwap() {
        final SwapStack swap = SwapStack.pair();
        accept(swap.stack);
        swap.receive(swap.first, 0, 1, 2);

        swap.swap(SwapReport.Outcome.SWAPPED);

        swap.receive(swap.next, 0, 3);
        accounts(swap.stack, 3, 0, 3, 0);
        succeeds(swap.stack.callManager.vc.dispatchCallConnected());
        swap.receive(swap.next, 0, 4);
        assertThat(swap.stack.client.vc.octets).containsExactly(1, 2, 3, 4);
        accounts(swap.stack, 4, 4, 0, 0);
    }

    @Test
    void itSurvivesTheLossOfTheBackend() {
        final SwapStack swap = SwapStack.pair();
        accept(swap.stack);
        swap.receive(swap.first, 0, 1, 2);

        succeeds(swap.stack.miniportRegistration.surpriseRemoved("pulled out").thenApply(done -> NdisResult.success()));

        swap.receive(swap.next, 0, 3);
        succeeds(swap.stack.callManager.vc.dispatchCallConnected());
        assertThat(swap.stack.client.vc.octets).containsExactly(1, 2, 3);
        accounts(swap.stack, 3, 3, 0, 0);
    }

    /** One thread connects, the other receives as fast as it goes, within the bound: nothing is lost, nothing overtakes. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void nothingIsLostAndNothingOvertakesWhileTheClientIsBeingConnected(final Form form) throws Exception {
        final TestStack stack = form.start();
        stack.client.register();
        for (int round = 0; round < ROUNDS; round++) {
            stack.incomingVc().get();
            final CmVc vc = stack.callManager.vc;
            succeeds(vc.activateVc(PARAMETERS));
            succeeds(vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
            stack.client.vc.octets.clear();

            connectWhileItReceives(stack.wire(), vc, stack.pool, round);

            assertThat(stack.client.vc.octets)
                    .as("round %d", round)
                    .containsExactlyElementsOf(
                            IntStream.range(0, SENT_EACH).boxed().toList());
            assertThat(stack.pool.outstanding()).isZero();
            vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);
            assertThat(vc.deleteVc().isSuccess()).isTrue();
        }
    }

    private static void connectWhileItReceives(
            final VcIndications wire, final CmVc vc, final NetBufferListPool pool, final int round) throws Exception {
        final CountDownLatch begun = new CountDownLatch(1);
        final Thread receiver = new Thread(() -> {
            for (int octet = 0; octet < SENT_EACH; octet += 2) {
                if (octet == round % SENT_EACH / 2 * 2) {
                    begun.countDown();
                }
                wire.indicateReceiveNetBufferLists(SwapStack.chain(pool, octet, octet + 1), NblFlags.NONE);
            }
        });
        receiver.start();
        assertThat(begun.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        succeeds(vc.dispatchCallConnected());
        receiver.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        assertThat(receiver.isAlive()).isFalse();
    }

    /**
     * Whatever wins, everything that came is delivered or refused, and all is back. The verifier is off: it is the test that indicates on a VC that is
     * being deactivated. An MCM, which has to drain the VC itself before it deactivates it, does not.
     */
    @ParameterizedTest
    @EnumSource(value = Form.class, mode = EnumSource.Mode.EXCLUDE, names = "MCM")
    void theLawHoldsWhenTheCallEndsWhileTheClientIsBeingConnected(final Form form) throws Exception {
        final TestStack stack = form.prepare(UnaryOperator.identity()).start();
        stack.client.register();
        for (int round = 0; round < ROUNDS; round++) {
            stack.incomingVc().get();
            final CmVc vc = stack.callManager.vc;
            final DataPath path = (DataPath) vc.handle();
            succeeds(vc.activateVc(PARAMETERS));
            succeeds(vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
            stack.client.vc.octets.clear();
            final CountDownLatch begun = new CountDownLatch(1);
            final Thread ending = new Thread(() -> {
                begun.countDown();
                vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);
            });
            ending.start();
            assertThat(begun.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

            connectOrNot(stack.wire(), vc, stack.pool);

            ending.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            assertThat(path.heldReceives()).isZero();
            assertThat(path.receives.entered()).isEqualTo(path.receives.left());
            assertThat(path.receives.entered() + path.receivesRefused.sum()).isEqualTo(SENT_EACH);
            final int delivered = (int) path.receives.entered();
            assertThat(stack.client.vc.octets)
                    .as("round %d", round)
                    .containsExactlyElementsOf(
                            IntStream.range(0, delivered).boxed().toList());
            assertThat(stack.pool.outstanding()).isZero();
            assertThat(vc.deleteVc().isSuccess()).isTrue();
        }
    }

    private static void connectOrNot(final VcIndications wire, final CmVc vc, final NetBufferListPool pool)
            throws InterruptedException {
        final Thread connecting = new Thread(() -> vc.dispatchCallConnected());
        connecting.start();
        for (int octet = 0; octet < SENT_EACH; octet++) {
            wire.indicateReceiveNetBufferLists(SwapStack.chain(pool, octet), NblFlags.NONE);
        }
        connecting.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        assertThat(connecting.isAlive()).isFalse();
    }
}
