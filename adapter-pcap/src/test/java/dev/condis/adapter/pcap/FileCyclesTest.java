// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.FakeNdis.VcFake;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An adapter on a capture file that is opened and closed again and again leaves nothing behind. */
class FileCyclesTest {
    @TempDir
    Path folder;

    private Path capture() throws IOException {
        Captures.requireLibpcap();
        final byte[] frame = Frames.ethernet().vlan(5).u16(0x0800).text("x").toBytes();
        return Files.write(folder.resolve("cycle.pcap"), Frames.pcap(1, List.of(frame, frame)));
    }

    /** Halted before it was read to its end, or after: both. */
    private static void onAFile(final Path capture, final int number) {
        final PcapMiniport miniport = Cycles.miniport(
                Cycles.small(PcapSettings.of("cycle" + number, capture.toString(), PcapSettings.Mode.MINIPORT))
                        .with(new PcapSettings.FileReading(1, 0, 1 << 20, 0)));
        assertThat(miniport.initialize(new FakeNdis())).isEqualTo(NdisStatus.SUCCESS);
        miniport.restart();
        final VcFake vc = VcFake.on(miniport);
        vc.activate("vlan:5");
        if (number % 2 == 0) {
            await().atMost(Cycles.PATIENCE)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> vc.received().size() == 2);
        }
        miniport.halt(HaltAction.DEVICE_DISABLED);
    }

    @Test
    void aFile() throws IOException {
        final Path capture = capture();
        Cycles.leavesNothing(Cycles.SHORT, number -> onAFile(capture, number));
    }

    @Test
    @Tag("long")
    void aFileAThousandTimes() throws IOException {
        final Path capture = capture();
        Cycles.leavesNoMemory(Cycles.LONG, number -> onAFile(capture, number));
    }
}
