// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.status.LinkState;
import dev.condis.api.status.LinkState.MediaConnectState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkMonitorTest {

    private final SettableLink link = new SettableLink();
    private final List<LinkState> changes = new ArrayList<>();

    private LinkMonitor monitor() {
        return new LinkMonitor(() -> link.state("eth0"), changes::add);
    }

    @Test
    void r212TellsEachChangeOnce() {
        final LinkMonitor monitor = monitor();
        monitor.poll();
        assertThat(changes).isEmpty();
        link.set(LinkState.disconnected());
        monitor.poll();
        monitor.poll();
        link.set(LinkState.connected(10_000_000L));
        monitor.poll();
        link.set(LinkState.connected(1_000_000_000L));
        monitor.poll();
        monitor.poll();
        assertThat(changes)
                .containsExactly(
                        LinkState.disconnected(),
                        LinkState.connected(10_000_000L),
                        LinkState.connected(1_000_000_000L));
    }

    @Test
    void shouldTellOfALinkThatIsNotThereAtFirst() {
        link.set(LinkState.disconnected());
        final LinkMonitor monitor = monitor();
        monitor.poll();
        monitor.poll();
        assertThat(changes).containsExactly(LinkState.disconnected());
    }

    @Test
    void shouldTakeAnUnknownStateForNoChange() {
        final LinkMonitor monitor = monitor();
        link.set(new LinkState(MediaConnectState.UNKNOWN, 0, 0));
        monitor.poll();
        link.set(LinkState.connected(100_000_000L));
        monitor.poll();
        assertThat(changes).isEmpty();
    }
}
