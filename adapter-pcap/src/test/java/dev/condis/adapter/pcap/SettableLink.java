// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.status.LinkState;

/** An interface whose state a test decides. */
final class SettableLink implements LinkProbe {

    private volatile LinkState state = LinkState.connected(100_000_000L);
    private volatile long crcErrors;

    void set(final LinkState next) {
        state = next;
    }

    void setCrcErrors(final long errors) {
        crcErrors = errors;
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
