// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What the NICs of a test are attached to: a far end for each circuit, which notes what it gets, in which order, and answers each PDU with one
 * of its own. The circuit ends at the NIC that has activated it last. A NIC that attaches or detaches itself can be kept waiting.
 */
final class FarEnd implements BiFunction<String, Predicate<byte[]>, Consumer<byte[]>> {
    private final Map<String, Circuit> circuits = new ConcurrentHashMap<>();
    private final AtomicReference<Hold> nextHold = new AtomicReference<>(Hold.NONE);

    /** Keeps one NIC waiting. */
    static final class Hold {
        private static final Hold NONE = new Hold();

        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        static {
            NONE.release();
        }

        private Hold() {
            // by holdNext
        }

        /** Waits until the NIC waits. */
        void awaitReached() throws InterruptedException {
            assertThat(reached.await(60, TimeUnit.SECONDS)).as("a NIC waits").isTrue();
        }

        void release() {
            released.countDown();
        }

        private void pass() {
            reached.countDown();
            try {
                assertThat(released.await(60, TimeUnit.SECONDS)).as("let go").isTrue();
            } catch (final InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The next NIC that attaches itself to a circuit, or leaves one, waits there, and does nothing else. */
    Hold holdNext() {
        final Hold hold = new Hold();
        nextHold.set(hold);
        return hold;
    }

    @Override
    public Consumer<byte[]> apply(final String name, final Predicate<byte[]> receiver) {
        nextHold.getAndSet(Hold.NONE).pass();
        final Circuit circuit = circuits.computeIfAbsent(name, any -> new Circuit());
        circuit.attach(receiver);
        return frame -> {
            if (frame.length == 0) {
                nextHold.getAndSet(Hold.NONE).pass();
            }
            circuit.take(frame, receiver);
        };
    }

    /** How many circuits a NIC listens to. */
    long attached() {
        return circuits.values().stream().filter(Circuit::isAttached).count();
    }

    /** How many PDUs have come in all. */
    long received() {
        return circuits.values().stream().mapToLong(Circuit::received).sum();
    }

    /** The circuit on which a VC has sent. */
    Circuit circuit(final int vc) {
        return circuits.values().stream()
                .filter(circuit -> circuit.isOf(vc))
                .findFirst()
                .orElseThrow(() -> new AssertionError("VC " + vc + " has sent nothing"));
    }

    static byte[] pdu(final int vc, final long sequence) {
        return ByteBuffer.allocate(Integer.BYTES + Long.BYTES)
                .putInt(vc)
                .putLong(sequence)
                .array();
    }

    /** One circuit, seen from its far end. */
    static final class Circuit {
        private final List<String> faults = new ArrayList<>();
        private Optional<Predicate<byte[]>> near = Optional.empty();
        private int vc = -1;
        private long expected;
        private long answered;

        private synchronized void attach(final Predicate<byte[]> receiver) {
            near = Optional.of(receiver);
        }

        private synchronized void take(final byte[] frame, final Predicate<byte[]> from) {
            if (frame.length == 0) {
                near = near.filter(attached -> attached != from);
                return;
            }
            final ByteBuffer pdu = ByteBuffer.wrap(frame);
            final int sender = pdu.getInt();
            final long sequence = pdu.getLong();
            if (vc != -1 && sender != vc || sequence != expected) {
                faults.add("got " + sequence + " of VC " + sender + " instead of " + expected + " of VC " + vc);
            }
            vc = sender;
            expected = sequence + 1;
            if (near.isPresent() && near.get().test(pdu(vc, answered))) {
                answered++;
            }
        }

        private synchronized boolean isAttached() {
            return near.isPresent();
        }

        private synchronized boolean isOf(final int number) {
            return vc == number;
        }

        synchronized List<String> faults() {
            return List.copyOf(faults);
        }

        synchronized long received() {
            return expected;
        }

        synchronized long answered() {
            return answered;
        }
    }
}
