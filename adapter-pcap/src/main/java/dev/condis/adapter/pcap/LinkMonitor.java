// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.status.LinkState;
import dev.condis.api.status.LinkState.MediaConnectState;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Notices that the state of a link has changed, by looking from time to time. A link that is there when the adapter
 * starts is what everybody expects; a link that is not is a change. An unknown state is none. Confined to one thread
 * after the other.
 */
final class LinkMonitor {

    private final Supplier<LinkState> probe;
    private final Consumer<LinkState> changed;
    private LinkState last;

    /**
     * Takes the state at the start.
     *
     * @param probe tells the state now
     * @param changed takes each state that differs from the one before
     */
    LinkMonitor(final Supplier<LinkState> probe, final Consumer<LinkState> changed) {
        this.probe = probe;
        this.changed = changed;
        final LinkState first = probe.get();
        this.last = first.connect() == MediaConnectState.DISCONNECTED ? LinkState.connected(0) : first;
    }

    /** Looks once. */
    void poll() {
        final LinkState now = probe.get();
        if (now.connect() != MediaConnectState.UNKNOWN && !now.equals(last)) {
            last = now;
            changed.accept(now);
        }
    }
}
