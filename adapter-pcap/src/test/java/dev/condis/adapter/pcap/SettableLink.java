// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.status.LinkState;
import java.util.OptionalInt;

/** An interface whose state a test decides. */
final class SettableLink implements LinkProbe {

    private volatile LinkState state = LinkState.connected(100_000_000L);
    private volatile long crcErrors;
    private volatile OptionalInt mtu = OptionalInt.empty();
    private volatile InterfaceCounts counts = InterfaceCounts.NONE;

    void set(final LinkState next) {
        state = next;
    }

    void setCrcErrors(final long errors) {
        crcErrors = errors;
    }

    void setMtu(final int octets) {
        mtu = OptionalInt.of(octets);
    }

    void setCounts(final InterfaceCounts next) {
        counts = next;
    }

    @Override
    public OptionalInt mtu(final String name) {
        return mtu;
    }

    @Override
    public InterfaceCounts counts(final String name) {
        return counts;
    }

    @Override
    public LinkState state(final String name) {
        return state;
    }

    @Override
    public long crcErrors(final String name) {
        return crcErrors;
    }
}
