// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.flows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisStatus;
import dev.condis.api.Sap;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.nbl.NetBufferListQueue;
import dev.condis.app.traffic.FakeAdapter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FlowsTest {
    private static FlowReport report(final String... flows) {
        return new FlowReport(Stream.of(flows)
                .map(flow -> new FlowRecord(MediaFlow.parse(flow), 1, 10, 0, 0))
                .toList());
    }

    @Test
    void namesEveryIdentifierOnce() {
        final FlowReport report = report(
                "vlan:0/peer:02-00-00-00-00-01/type:0x0800",
                "vlan:3399/mpls:100704/mpls:78144",
                "vlan:3199/mpls:100694",
                "vlan:3199/type:0x0800");

        assertThat(report.identifiers())
                .containsExactly(
                        "VLAN IDs: 3 (0, 3199, 3399)",
                        "MPLS labels: 3 (78144, 100694, 100704), deepest stack 2",
                        "Peers: 1 (02-00-00-00-00-01)");
        assertThat(report.summary()).isEqualTo("VCs: 4 (MPLS 2, VLAN 2), 4 PDUs, 40 bytes");
    }

    @Test
    void namesSessionsProtocolsAndConnections() {
        assertThat(report("pppoe:17", "vlan:1/pppoe:3847", "ppp:0x0021", "atm:1/200", "atm:0/100", "atm:0/32")
                        .identifiers())
                .containsExactly(
                        "VLAN IDs: 1 (1)",
                        "PPPoE sessions: 2 (0x0011, 0x0f07)",
                        "PPP protocols: 1 (0x0021)",
                        "ATM VCs: 3 (0/32, 0/100, 1/200)");
    }

    @Test
    void countsWhatIsTooMuchToList() {
        final String[] flows =
                Stream.iterate(1, i -> i + 1).limit(100).map(i -> "vlan:" + i).toArray(String[]::new);

        assertThat(report(flows).identifiers().get(0))
                .startsWith("VLAN IDs: 100 (1, 2, ")
                .endsWith("64, ...)");
    }

    @Test
    void tableIsSortedByKindAndIdentifier() {
        final List<String> lines = report(
                        "vlan:100", "vlan:20", "pppoe:1", "atm:0/100", "atm:0/32", "peer:02-00-00-00-00-01/type:llc")
                .table()
                .lines();

        assertThat(lines.get(0)).startsWith("kind").contains("PDUs").endsWith("last (UTC)");
        assertThat(lines.subList(1, lines.size()))
                .extracting(line -> line.split(" +", -1)[1])
                .containsExactly(
                        "atm:0/32", "atm:0/100", "pppoe:1", "vlan:20", "vlan:100", "peer:02-00-00-00-00-01/type:llc");
    }

    @Test
    void nothingIsAReportToo() {
        assertThat(report().summary()).isEqualTo("VCs: 0, 0 PDUs, 0 bytes");
        assertThat(report().identifiers()).isEmpty();
        assertThat(report().table().lines()).hasSize(1);
    }

    private static CallParameters on(final String flow) {
        return CallParameters.permanent(
                MediaParameters.duplex(MediaFlow.parse(flow).toSpecificParameters()));
    }

    private static NetBufferList pdus(final NetBufferListPool pool, final long... times) {
        final NetBufferListQueue queue = new NetBufferListQueue();
        for (final long time : times) {
            final NetBufferList nbl = pool.allocate().fill(new byte[10]);
            nbl.setTimestampNanos(time);
            queue.add(nbl);
        }
        return queue.takeAll();
    }

    @Test
    void clientTakesEveryFlowAndCounts() {
        final FakeAdapter adapter = new FakeAdapter();
        final FlowClient client = new FlowClient();
        client.afRegisterNotify(adapter, AddressFamily.Q2931);
        assertThat(client.opened().isDone()).isFalse();
        client.afRegisterNotify(adapter, AddressFamily.PVC);
        assertThat(client.opened().join().isSuccess()).isTrue();
        assertThat(adapter.saps).containsExactly(Sap.pvc("*"));
        final NetBufferListPool pool = new NetBufferListPool("rx", 8, 16);

        final FakeAdapter.FakeVc vc = adapter.incoming();
        offer(adapter, vc, "vlan:5");
        vc.context.orElseThrow().receiveNetBufferLists(vc, pdus(pool, 30, 10, 20), NblFlags.NONE);
        offer(adapter, vc, "vlan:6");
        final FakeAdapter.FakeVc again = adapter.incoming();
        offer(adapter, again, "vlan:5");
        again.context.orElseThrow().receiveNetBufferLists(again, pdus(pool, 40), NblFlags.NONE);

        assertThat(client.pdus()).isEqualTo(4);
        assertThat(client.records())
                .containsExactlyInAnyOrder(
                        new FlowRecord(MediaFlow.parse("vlan:5"), 4, 40, 10, 40),
                        new FlowRecord(MediaFlow.parse("vlan:6"), 0, 0, 0, 0));
        assertThat(pool.outstanding()).isZero();
    }

    private static void offer(final FakeAdapter adapter, final FakeAdapter.FakeVc vc, final String flow) {
        assertThat(adapter.sapContext
                        .orElseThrow()
                        .incomingCall(vc, vc.context.orElseThrow(), on(flow))
                        .toCompletableFuture()
                        .join()
                        .get())
                .isEqualTo(on(flow));
    }

    @Test
    void senderHasAWindowAndKeepsCount() {
        final FakeAdapter adapter = new FakeAdapter();
        final FlowSender sender = new FlowSender(new byte[] {1, 2, 3});
        sender.afRegisterNotify(adapter, AddressFamily.PVC);
        assertThat(sender.opened().join().isSuccess()).isTrue();
        adapter.createVc(sender);
        final FakeAdapter.FakeVc vc = adapter.vcs.get(0);

        int sent = 0;
        while (sender.send(vc)) {
            sent++;
        }
        assertThat(sent).isEqualTo(64);
        assertThat(sender.isIdle()).isFalse();
        vc.completeAll(NdisStatus.SUCCESS);
        assertThat(sender.isIdle()).isTrue();
        sender.send(vc);
        vc.completeAll(NdisStatus.INVALID_LENGTH);

        assertThat(sender.succeeded()).isEqualTo(64);
        assertThat(sender.failures()).contains(NdisStatus.INVALID_LENGTH);
    }
}
