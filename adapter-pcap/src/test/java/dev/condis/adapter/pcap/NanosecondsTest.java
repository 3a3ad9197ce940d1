// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.FakeNdis.VcFake;
import dev.condis.api.CallParameters;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisStatus;
import dev.condis.api.media.MacAddress;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A time stamp goes from a file through a VC into another file, and no nanosecond is lost. */
@Timeout(120)
class NanosecondsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String FLOW = "vlan:100";
    private static final long SECOND = 1_000_000_000L;
    private static final List<Long> STAMPS = List.of(
            1L,
            999_999_999L,
            1_700_000_000 * SECOND + 123_456_789,
            1_700_000_000 * SECOND + 123_456_790,
            1_700_000_001 * SECOND,
            // the last second of 32 bits with a sign
            2_147_483_647L * SECOND + 999_999_999);

    @TempDir
    Path folder;

    private enum Form {
        PCAP,
        PCAP_OTHER_ENDIAN,
        PCAPNG,
        GZIPPED
    }

    @BeforeEach
    void needsLibpcap() {
        Captures.requireLibpcap();
    }

    private static byte[] frame(final int number) {
        return Frames.raw()
                .mac(MacAddress.BROADCAST)
                .mac(PcapSettings.DEFAULT_LOCAL_ADDRESS)
                .vlan(100)
                .u16(0x0800)
                .text("number " + number + " and so much more that nothing needs to be padded")
                .toBytes();
    }

    private static byte[] pcap(final ByteOrder order) {
        final ByteBuffer file = ByteBuffer.allocate(4096).order(order);
        file.putInt(0xa1b23c4d)
                .putShort((short) 2)
                .putShort((short) 4)
                .putInt(0)
                .putInt(0)
                .putInt(PcapSettings.MAX_SNAPLEN)
                .putInt(1);
        for (int i = 0; i < STAMPS.size(); i++) {
            final byte[] frame = frame(i);
            file.putInt((int) (STAMPS.get(i) / SECOND))
                    .putInt((int) (STAMPS.get(i) % SECOND))
                    .putInt(frame.length)
                    .putInt(frame.length)
                    .put(frame);
        }
        return taken(file);
    }

    private static byte[] taken(final ByteBuffer file) {
        final byte[] all = new byte[file.position()];
        file.get(0, all);
        return all;
    }

    /** Section header, an interface whose stamps have 9 digits, enhanced packets. */
    private static byte[] pcapng() {
        final ByteBuffer file = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0x0a0d0d0a)
                .putInt(28)
                .putInt(0x1a2b3c4d)
                .putShort((short) 1)
                .putShort((short) 0)
                .putLong(-1)
                .putInt(28);
        file.putInt(1).putInt(32).putShort((short) 1).putShort((short) 0).putInt(65_535);
        file.putShort((short) 9).putShort((short) 1).putInt(9).putInt(0).putInt(32);
        for (int i = 0; i < STAMPS.size(); i++) {
            final byte[] frame = frame(i);
            final int padded = (frame.length + 3) / 4 * 4;
            file.putInt(6)
                    .putInt(32 + padded)
                    .putInt(0)
                    .putInt((int) (STAMPS.get(i) >>> 32))
                    .putInt(STAMPS.get(i).intValue())
                    .putInt(frame.length)
                    .putInt(frame.length)
                    .put(frame)
                    .put(new byte[padded - frame.length])
                    .putInt(32 + padded);
        }
        return taken(file);
    }

    private static byte[] gzipped(final byte[] file) throws IOException {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(file);
        }
        return out.toByteArray();
    }

    private static byte[] in(final Form form) throws IOException {
        return switch (form) {
            case PCAP -> pcap(ByteOrder.LITTLE_ENDIAN);
            case PCAP_OTHER_ENDIAN -> pcap(ByteOrder.BIG_ENDIAN);
            case PCAPNG -> pcapng();
            case GZIPPED -> gzipped(pcap(ByteOrder.LITTLE_ENDIAN));
        };
    }

    private static PcapMiniport start(final PcapSettings settings) {
        final PcapMiniport miniport =
                new PcapMiniport(settings, new PcapHost(() -> 42L, LinkStatus.IGNORED, LinkProbe.UNKNOWN));
        assertThat(miniport.initialize(new FakeNdis())).isEqualTo(NdisStatus.SUCCESS);
        miniport.restart();
        return miniport;
    }

    private List<FakeNdis.Pdu> read(final byte[] file) throws IOException {
        final Path path = Files.write(folder.resolve("in.capture"), file);
        final PcapMiniport miniport = start(PcapSettings.of("in", path.toString(), PcapSettings.Mode.MINIPORT)
                .with(new PcapSettings.FileReading(1, 0, 1 << 20, 0)));
        final VcFake vc = VcFake.on(miniport);
        vc.activate(FLOW);
        await().atMost(PATIENCE).until(() -> vc.received().size() == STAMPS.size());
        miniport.halt(HaltAction.DEVICE_DISABLED);
        return vc.received();
    }

    private byte[] written(final List<FakeNdis.Pdu> pdus) throws IOException {
        final Path path = folder.resolve("out.pcap");
        final PcapMiniport miniport = start(PcapSettings.writing("out", path));
        final VcFake vc = VcFake.on(miniport);
        final MediaParameters media = new MediaParameters(
                Set.of(MediaParameters.Flag.TRANSMIT_VC, MediaParameters.Flag.USE_TIME_STAMPS),
                0,
                0,
                Optional.of(MediaFlow.parse(FLOW).toSpecificParameters()));
        assertThat(vc.activate(CallParameters.permanent(media)).refusal()).isEmpty();
        final NetBufferListPool pool = new NetBufferListPool("test", 1, 200);
        for (final FakeNdis.Pdu pdu : pdus) {
            final NetBufferList nbl = pool.allocate().fill(pdu.bytes());
            nbl.setTimestampNanos(pdu.epochNanos());
            vc.context().sendNetBufferLists(nbl, NblFlags.NONE);
            nbl.freeChain();
        }
        miniport.halt(HaltAction.DEVICE_DISABLED);
        return Files.readAllBytes(path);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldWriteWhatItRead_octetForOctet(final Form form) throws IOException {
        final List<FakeNdis.Pdu> pdus = read(in(form));
        assertThat(pdus).extracting(FakeNdis.Pdu::epochNanos).isEqualTo(STAMPS);
        assertThat(written(pdus)).isEqualTo(pcap(ByteOrder.LITTLE_ENDIAN));
    }

    @Test
    void shouldSayWhatItCannotInflate() throws IOException {
        final List<byte[]> starts = List.of(
                new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd},
                new byte[] {(byte) 0xfd, 0x37, 0x7a, 0x58},
                new byte[] {0x04, 0x22, 0x4d, 0x18},
                "BZh9".getBytes(StandardCharsets.US_ASCII));
        final List<String> names = List.of("zstd", "xz", "lz4", "bzip2");
        final List<Path> files = IntStream.range(0, starts.size())
                .mapToObj(i -> folder.resolve("compressed" + i))
                .toList();
        for (int i = 0; i < starts.size(); i++) {
            Files.write(files.get(i), starts.get(i));
            final String path = files.get(i).toString();
            assertThat(org.junit.jupiter.api.Assertions.assertThrows(
                                    CaptureException.class, () -> CaptureFiles.check(path))
                            .getMessage())
                    .contains("compressed with " + names.get(i))
                    .contains(path);
        }
    }
}
