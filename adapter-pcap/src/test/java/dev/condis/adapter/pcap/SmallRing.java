// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

/** Live interfaces with less memory in the kernel than usual: tests open many. */
final class SmallRing {
    private SmallRing() {}

    static PcapSettings.Live of(final int bytes) {
        return of(PcapSettings.Live.DEFAULT.profile(), bytes);
    }

    static PcapSettings.Live of(final PcapSettings.Profile profile, final int bytes) {
        final PcapSettings.Live usual = PcapSettings.Live.DEFAULT;
        return new PcapSettings.Live(
                profile,
                usual.snaplen(),
                bytes,
                usual.timeoutMillis(),
                usual.promiscuous(),
                usual.direction(),
                usual.filter(),
                usual.precision());
    }
}
