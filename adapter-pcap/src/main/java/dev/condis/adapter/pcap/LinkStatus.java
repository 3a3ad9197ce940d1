// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import java.util.Optional;

/** Told what becomes of an adapter's link, so that its service properties say it. Called by any thread; returns at once. */
interface LinkStatus {

    /** Nobody wants to know. */
    LinkStatus IGNORED = new LinkStatus() {
        @Override
        public void opened() {
            // nobody wants to know
        }

        @Override
        public void unavailable(final String cause) {
            // nobody wants to know
        }

        @Override
        public void ended(final Optional<String> cause, final LinkCounters counters) {
            // nobody wants to know
        }
    };

    /** The source is open. */
    void opened();

    /** The source cannot be opened, or a live one is lost. */
    void unavailable(String cause);

    /**
     * A capture file has been read.
     *
     * @param cause why it broke off before its end; empty if it did not
     * @param counters what was in it
     */
    void ended(Optional<String> cause, LinkCounters counters);
}
