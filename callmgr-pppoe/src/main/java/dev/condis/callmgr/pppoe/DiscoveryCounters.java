// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** What one adapter's signaling has seen. Thread safe. */
final class DiscoveryCounters {
    private final LongAdder[] dropped = adders(Dropped.values().length);
    private final LongAdder[] received = adders(DiscoveryPacket.Code.values().length);
    private final LongAdder[] sent = adders(DiscoveryPacket.Code.values().length);

    private static LongAdder[] adders(final int count) {
        final LongAdder[] adders = new LongAdder[count];
        Arrays.setAll(adders, i -> new LongAdder());
        return adders;
    }

    void dropped(final Dropped reason) {
        dropped[reason.ordinal()].increment();
    }

    long count(final Dropped reason) {
        return dropped[reason.ordinal()].sum();
    }

    void received(final DiscoveryPacket.Code code) {
        received[code.ordinal()].increment();
    }

    long receivedOf(final DiscoveryPacket.Code code) {
        return received[code.ordinal()].sum();
    }

    void sent(final DiscoveryPacket.Code code) {
        sent[code.ordinal()].increment();
    }

    long sentOf(final DiscoveryPacket.Code code) {
        return sent[code.ordinal()].sum();
    }

    @Override
    public String toString() {
        final String packets = Arrays.stream(DiscoveryPacket.Code.values())
                .map(code -> code + " " + receivedOf(code) + "/" + sentOf(code))
                .collect(Collectors.joining(", "));
        final String losses = Arrays.stream(Dropped.values())
                .filter(reason -> count(reason) > 0)
                .map(reason -> reason + " " + count(reason))
                .collect(Collectors.joining(", "));
        return "received/sent " + packets + "; dropped " + (losses.isEmpty() ? "nothing" : losses);
    }
}
