// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.pcap.FakeNdis.VcFake;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An adapter on an interface that is opened and closed again and again leaves nothing behind. */
class InterfaceCyclesTest {
    private static void onAnInterface(final NetworkNamespace namespace, final int number) {
        final PcapMiniport miniport =
                Cycles.miniport(Cycles.small(PcapSettings.of("cycle" + number, "left", PcapSettings.Mode.MINIPORT)));
        assertThat(namespace.<NdisStatus>call(() -> miniport.initialize(new FakeNdis())))
                .isEqualTo(NdisStatus.SUCCESS);
        namespace.call(() -> miniport.restart().toCompletableFuture().join());
        assertThat(VcFake.on(miniport).activate("vlan:5").isSuccess()).isTrue();
        miniport.halt(HaltAction.DEVICE_DISABLED);
    }

    @Test
    void anInterface() {
        Captures.requireLibpcap();
        try (NetworkNamespace namespace = NetworkNamespace.create()) {
            Cycles.leavesNothing(Cycles.SHORT, number -> onAnInterface(namespace, number));
        }
    }

    @Test
    @Tag("long")
    void anInterfaceAThousandTimes() throws IOException {
        Captures.requireLibpcap();
        try (NetworkNamespace namespace = NetworkNamespace.create()) {
            Cycles.leavesNoMemory(Cycles.LONG, number -> onAnInterface(namespace, number));
        }
    }

    /** An adapter that nobody can open leaves nothing either. */
    @Test
    void anInterfaceThatIsNone() {
        Captures.requireLibpcap();
        Cycles.leavesNothing(Cycles.SHORT, number -> {
            final PcapMiniport none = Cycles.miniport(
                    Cycles.small(PcapSettings.of("cycle" + number, "nonesuch0", PcapSettings.Mode.MINIPORT)));
            assertThat(none.initialize(new FakeNdis())).isEqualTo(NdisStatus.OPEN_FAILED);
            assertThat(none.link()).isEqualTo(Optional.empty());
        });
    }
}
