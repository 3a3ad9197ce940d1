// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.SwapStack.POLICY;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.NdisResult;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.core.engine.SwapStack.Line;
import dev.condis.core.engine.TestStack.TestMiniport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A planned swap between two backends that hear the same wire: each frame comes up once, whoever hears it when (decision 10). */
class SharedWireSwapTest {
    /** Places in the order at which frames may be exchanged. */
    private static final int NEARLY = 8;

    private final SwapStack swap = onOneWire();
    private final Line line = swap.line();
    private final CompletableFuture<Void> flushed = new CompletableFuture<>();
    private CompletionStage<NdisResult<SwapReport>> running =
            CompletableFuture.failedStage(new AssertionError("no swap"));

    private static SwapStack onOneWire() {
        final SwapStack swap = SwapStack.alone(POLICY);
        final Optional<String> wire = Optional.of("wire");
        swap.stack.miniportRegistration.unregister();
        swap.stack.miniportRegistration = swap.stack.engine.registerMiniport(
                new MiniportDescriptor(TestStack.info(), 0, 0, Optional.empty(), wire), swap.first);
        swap.stack.engine.registerMiniport(
                new MiniportDescriptor(TestStack.info(), 0, 1, Optional.empty(), wire), swap.next);
        return swap;
    }

    /** The swap begins, and goes on until the backend before is flushed. */
    private void begin() {
        swap.first.flushed = flushed;
        running = swap.swapTo(1);
    }

    private void end() {
        flushed.complete(null);
        assertSwapped();
    }

    private void assertSwapped() {
        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
    }

    /** A frame whose time stamp is its octet. */
    private void hear(final TestMiniport at, final int octet) {
        hear(at, octet, octet);
    }

    private void hear(final TestMiniport at, final int octet, final long stampNanos) {
        at.vcs.get(at.vcs.size() - 1).indicateReceiveNetBufferLists(stamped(octet, stampNanos), NblFlags.NONE);
    }

    private void lend(final TestMiniport at, final int octet) {
        final NetBufferList frame = stamped(octet, octet);
        at.vcs.get(at.vcs.size() - 1).indicateReceiveNetBufferLists(frame, NblFlags.RECEIVE_RESOURCES);
        frame.freeChain();
    }

    private NetBufferList stamped(final int octet, final long nanos) {
        final NetBufferList frame = SwapStack.chain(swap.stack.pool, octet);
        frame.setTimestampNanos(nanos);
        return frame;
    }

    @Test
    void backendsOnOneWireDoNotDeliverAFrameTwice() {
        swap.first.completesAtOnce = false;
        line.send(1);
        hear(swap.first, 10);
        running = swap.swapTo(1);

        hear(swap.first, 11);
        hear(swap.next, 11);
        hear(swap.next, 12);
        swap.first.completeSends();
        hear(swap.next, 13);

        assertSwapped();
        assertThat(line.received()).containsExactly(10, 11, 12, 13);
        assertThat(swap.next.returned).hasSize(3);
        swap.accountsForSuccess();
    }

    /** What the backend before has heard and not delivered yet, the next one may have heard before it had the VC. */
    @Test
    void aBackendOnTheSameWireDeliversWhatItHasHeardBeforeItIsDeactivated() {
        begin();
        assertThat(swap.calls).contains("flushReceives").doesNotContain("MCoDeactivateVc");
        line.send(1);
        assertThat(swap.next.octets).as("sends do not wait for it").containsExactly(1);

        hear(swap.next, 12);
        hear(swap.first, 11);
        hear(swap.first, 12);
        assertThat(line.received()).containsExactly(11, 12);
        end();
        hear(swap.next, 13);
        assertThat(line.received()).containsExactly(11, 12, 13);
        assertThat(swap.calls).containsSubsequence("flushReceives", "MCoDeactivateVc");
        swap.accountsForSuccess();
    }

    @Test
    void whatTheBackendBeforeHasDeliveredDoesNotTakeTheBuffersOfTheNextOne() {
        begin();

        for (int octet = 11; octet <= 15; octet++) {
            hear(swap.next, octet);
            hear(swap.first, octet);
            assertThat(swap.next.returned).hasSize(octet - 10);
        }
        hear(swap.next, 16);
        assertThat(line.received()).containsExactly(11, 12, 13, 14, 15);
        end();
        assertThat(line.received()).containsExactly(11, 12, 13, 14, 15, 16);
        swap.accountsForSuccess();
    }

    /** With several processors a kernel hands a frame over behind one with a later stamp. */
    @Test
    void aFrameThatComesBehindALaterStampIsNotTakenForOneThatWasDelivered() {
        begin();

        hear(swap.first, 13);
        hear(swap.next, 13);
        hear(swap.next, 11);
        end();
        hear(swap.next, 12);

        assertThat(line.received()).containsExactly(13, 11, 12);
        swap.accountsForSuccess();
    }

    @Test
    void whatTheNextBackendHearsLateIsKnownWhateverItsOrder() {
        begin();

        IntStream.of(11, 12, 13).forEach(octet -> hear(swap.first, octet));
        end();
        IntStream.of(14, 12, 10, 13, 15, 11, 16).forEach(octet -> hear(swap.next, octet));

        assertThat(line.received()).containsExactly(11, 12, 13, 14, 10, 15, 16);
        swap.accountsForSuccess();
    }

    @Test
    void framesWithTheSameStampAreToldApartAndThoseThatAreAlikeAreCounted() {
        begin();

        IntStream.of(1, 2, 3, 3).forEach(octet -> hear(swap.next, octet, 50));
        IntStream.of(2, 3).forEach(octet -> hear(swap.first, octet, 50));
        IntStream.of(5, 5).forEach(octet -> hear(swap.first, octet, 50));
        end();
        IntStream.of(4, 5, 5, 5).forEach(octet -> hear(swap.next, octet, 50));

        assertThat(line.received()).containsExactly(2, 3, 5, 5, 1, 3, 4, 5);
        swap.accountsForSuccess();
    }

    @Test
    void whatALentFrameIsATwinOfIsNotDeliveredAgainEither() {
        begin();

        lend(swap.next, 11);
        lend(swap.next, 12);
        lend(swap.first, 11);
        end();
        lend(swap.next, 13);

        assertThat(line.received()).containsExactly(11, 12, 13);
        swap.accountsForSuccess();
    }

    @Test
    void aBackendOnTheSameWireIsCaughtUpBeforeItHasTheVc() {
        final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
        swap.next.flushed = caughtUp;
        running = swap.swapTo(1);
        assertThat(swap.calls).contains("next flushReceives").doesNotContain("next MCoCreateVc");

        hear(swap.first, 11);
        caughtUp.complete(null);
        assertSwapped();
        hear(swap.next, 11);
        hear(swap.next, 12);

        assertThat(line.received()).containsExactly(11, 12);
        swap.accountsForSuccess();
    }

    /**
     * Each handle hears the same frames, each in its own order. What the one before has delivered when the swap begins, the next one has heard when
     * it is caught up; what that hears before it has the VC, the one before has delivered when it is flushed. Nobody knows who is ahead.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void eachFrameComesOnceWhateverTheOrderAtEitherHandle(final long seed) {
        final Random random = new Random(seed);
        swap.first.flushed = flushed;
        final List<Integer> frames = IntStream.rangeClosed(1, 60).boxed().toList();
        final List<Integer> firsts = nearlyInOrder(frames, random);
        final List<Integer> nexts = nearlyInOrder(frames, random);
        final List<Integer> before = firsts.subList(0, random.nextInt(16));
        before.forEach(octet -> hear(swap.first, octet));

        running = swap.swapTo(1);
        final int unheard = before.size() + NEARLY + random.nextInt(8);
        final Set<Integer> owed = new LinkedHashSet<>(firsts.subList(before.size(), 16 + random.nextInt(44)));
        owed.addAll(nexts.subList(0, unheard));
        before.forEach(owed::remove);
        final Deque<Integer> delivered = new ArrayDeque<>(owed);
        final Deque<Integer> heard = new ArrayDeque<>(nexts.subList(unheard, nexts.size()));
        while (!delivered.isEmpty()) {
            if (random.nextBoolean() || heard.isEmpty()) {
                hear(swap.first, delivered.remove());
            } else {
                hear(swap.next, heard.remove());
            }
        }
        end();
        heard.forEach(octet -> hear(swap.next, octet));

        assertThat(line.received()).containsExactlyInAnyOrderElementsOf(frames);
        swap.accountsForSuccess();
    }

    /** Every frame is less than {@link #NEARLY} places from where it was sent. */
    private static List<Integer> nearlyInOrder(final List<Integer> frames, final Random random) {
        final List<Integer> order = new ArrayList<>(frames);
        for (int i = 0; i < order.size(); i += NEARLY) {
            Collections.shuffle(order.subList(i, Math.min(i + NEARLY, order.size())), random);
        }
        return order;
    }

    @Test
    void aBackendThatCannotFlushIsSwappedAwayAllTheSame() {
        swap.first.flushed = CompletableFuture.failedStage(new IllegalStateException("no ring"));
        swap.swap(Outcome.SWAPPED);
        line.send(1);
        swap.accountsForSuccess();
    }

    @Test
    void aBackendThatNeverEndsItsFlushIsNotWaitedForLongerThanTheDrain() {
        swap.first.flushed = new CompletableFuture<>();
        running = swap.swapTo(1);

        swap.passDrainDeadline();

        assertSwapped();
        line.send(1);
        assertThat(swap.next.octets).containsExactly(1);
        swap.accountsForSuccess();
    }
}
