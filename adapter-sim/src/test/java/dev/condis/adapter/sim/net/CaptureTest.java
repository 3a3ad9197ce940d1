// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.condis.api.media.MacAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureTest {

    @TempDir
    private Path folder;

    private final VirtualTime time = new VirtualTime();

    @Test
    void shouldWriteSunatmRecords_whenTheMediumIsAtm() throws Exception {
        SimNetwork network = new SimNetwork(NetworkOptions.of("lab", SimMedium.ATM, 1), time);
        AtmLabel label = new AtmLabel(3, 0x0102);
        network.addPermanentCircuit(
                new PermanentCircuit(new MacAddress(2), label, new MacAddress(4), new AtmLabel(5, 600)));
        RecordingNic left =
                new RecordingNic(network, 2, LinkProfile.ideal().withLatency(Duration.ofMillis(1_500), Duration.ZERO));
        RecordingNic right = new RecordingNic(network, 4, LinkProfile.ideal());
        Path file = folder.resolve("left.pcap");

        try (AutoCloseable capture = left.port.capture(file)) {
            assertThat(capture).isNotNull();
            left.send(label, new byte[] {1, 2, 3, 4});
            time.runUntilIdle();
            right.send(new AtmLabel(5, 600), new byte[] {9});
            time.runUntilIdle();
        }
        left.send(label, new byte[] {7, 7});
        time.runUntilIdle();

        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(in.getInt()).isEqualTo(0xa1b23c4d);
        assertThat(in.getShort()).isEqualTo((short) 2);
        assertThat(in.getShort()).isEqualTo((short) 4);
        assertThat(in.getLong()).isZero();
        assertThat(in.getInt()).as("snap length").isGreaterThan(SimMedium.ATM.maxPdu() + 4);
        assertThat(in.getInt()).as("LINKTYPE_SUNATM").isEqualTo(123);
        record(in, 0, 0, 0x80, new byte[] {1, 2, 3, 4});
        record(in, 3, 0, 0, new byte[] {9});
        assertThat(in.hasRemaining()).isFalse();
    }

    private static void record(ByteBuffer in, int seconds, int nanos, int flags, byte[] octets) {
        assertThat(in.getInt()).isEqualTo(seconds);
        assertThat(in.getInt()).isEqualTo(nanos);
        assertThat(in.getInt()).isEqualTo(octets.length + 4);
        assertThat(in.getInt()).isEqualTo(octets.length + 4);
        assertThat(in.get() & 0xFF).isEqualTo(flags);
        assertThat(in.get()).as("VPI").isEqualTo((byte) 3);
        assertThat(in.get()).as("VCI, big-endian").isEqualTo((byte) 1);
        assertThat(in.get()).isEqualTo((byte) 2);
        byte[] read = new byte[octets.length];
        in.get(read);
        assertThat(read).isEqualTo(octets);
    }

    @Test
    void shouldWriteFrames_whenTheMediumIsEthernet() throws Exception {
        SimNetwork network = new SimNetwork(NetworkOptions.of("lan", SimMedium.ETHERNET, 1), time);
        RecordingNic left = new RecordingNic(network, 0x020000000001L, LinkProfile.ideal());
        Path file = folder.resolve("lan.pcap");
        AutoCloseable first = left.port.capture(folder.resolve("replaced.pcap"));
        AutoCloseable capture = left.port.capture(file);
        left.send(new AtmLabel(0, 0), new byte[60]);
        time.runUntilIdle();
        first.close();
        capture.close();
        capture.close();

        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(in.getInt(20)).as("LINKTYPE_ETHERNET").isEqualTo(1);
        assertThat(in.limit()).isEqualTo(24 + 16 + 60);
        assertThat(Files.size(folder.resolve("replaced.pcap"))).isEqualTo(24);
    }

    @Test
    void shouldSaySo_whenTheFileCannotBeWritten() {
        SimNetwork network = new SimNetwork(NetworkOptions.of("lan", SimMedium.ETHERNET, 1), time);
        RecordingNic left = new RecordingNic(network, 0x020000000001L, LinkProfile.ideal());
        assertThatThrownBy(() -> left.port.capture(folder.resolve("no/such/folder.pcap")))
                .isInstanceOf(IOException.class);
    }
}
