// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceCheckTest {
    private final TestPdu writer = new TestPdu();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256);

    private ByteBuffer pdu(final int stream, final long sequence) {
        writer.write(buffer, 64, stream, sequence);
        return buffer;
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 21, 27, 28, 64, 255, 256})
    void pduReadsBackAtEveryLength(final int length) {
        writer.write(buffer, length, 7, 1L << 40);

        final TestPdu reader = new TestPdu();
        assertThat(reader.read(buffer)).isTrue();
        assertThat(reader.stream()).isEqualTo(7);
        assertThat(reader.sequence()).isEqualTo(1L << 40);
        assertThat(buffer.position()).isZero();
        assertThat(buffer.limit()).isEqualTo(length);
    }

    @Test
    void everyFlippedBitIsFound() {
        pdu(1, 2);
        final TestPdu reader = new TestPdu();
        for (int bit = 0; bit < 64 * 8; bit++) {
            flip(bit);
            assertThat(reader.read(buffer)).as("bit %d", bit).isFalse();
            flip(bit);
        }
        assertThat(reader.read(buffer)).isTrue();
    }

    private void flip(final int bit) {
        buffer.put(bit / 8, (byte) (buffer.get(bit / 8) ^ 1 << bit % 8));
    }

    @Test
    void allInOrderIsClean() {
        final SequenceCheck check = new SequenceCheck(3);
        for (int i = 0; i < 3; i++) {
            assertThat(check.complete().toCompletableFuture().isDone()).isFalse();
            check.accept(pdu(5, i));
        }

        assertThat(check.complete().toCompletableFuture().isDone()).isTrue();
        assertThat(check.counts()).isEqualTo(new TrafficCounts(0, 0, 3, 192, 0, 0, 0, 0));
        assertThat(check.counts().isClean()).isTrue();
    }

    @Test
    void nothingExpectedIsCompleteAtOnce() {
        assertThat(new SequenceCheck(0).complete().toCompletableFuture().isDone())
                .isTrue();
    }

    @Test
    void isCompleteWhenTheOtherEndHasEndedAStreamWithoutANumber() {
        final SequenceCheck check = new SequenceCheck(TrafficClient.Streams.UNBOUNDED);
        assertThat(check.stream()).isEmpty();
        check.accept(pdu(5, 0));
        check.accept(pdu(5, 2));
        assertThat(check.stream()).hasValue(5);
        assertThat(check.counts().lost()).isEqualTo(1);
        check.expect(4);
        assertThat(check.counts().lost()).isEqualTo(2);
        check.accept(pdu(5, 3));
        assertThat(check.complete().toCompletableFuture()).isNotDone();
        check.accept(pdu(5, 1));
        assertThat(check.complete().toCompletableFuture()).isDone();
        assertThat(check.counts().outOfOrder()).isEqualTo(1);
    }

    @Test
    void countsLossDuplicatesAndOrder() {
        final SequenceCheck check = new SequenceCheck(6);
        for (final int sequence : new int[] {0, 3, 1, 3, 0, 5}) {
            check.accept(pdu(5, sequence));
        }

        assertThat(check.counts()).isEqualTo(new TrafficCounts(0, 0, 6, 384, 2, 2, 1, 0));
        assertThat(check.counts().isCleanButForLoss()).isFalse();
    }

    @Test
    void countsDamageAndForeigners() {
        final SequenceCheck check = new SequenceCheck(2);
        check.accept(pdu(5, 0));
        check.accept(pdu(6, 1));
        check.accept(pdu(5, 2));
        check.accept(pdu(5, -1));
        pdu(5, 1);
        flip(200);
        check.accept(buffer);
        check.accept(ByteBuffer.allocate(3));

        assertThat(check.counts().corrupt()).isEqualTo(5);
        assertThat(check.counts().lost()).isEqualTo(1);
        assertThat(check.counts().isClean()).isFalse();
    }

    @Test
    void countsAddUp() {
        final TrafficCounts one = new TrafficCounts(1, 2, 3, 4, 5, 6, 7, 8);

        assertThat(one.plus(one)).isEqualTo(new TrafficCounts(2, 4, 6, 8, 10, 12, 14, 16));
        assertThat(TrafficCounts.NONE.plus(one)).isEqualTo(one);
    }
}
