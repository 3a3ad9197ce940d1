// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.FakeNdis.McmVcFake;
import dev.condis.adapter.pcap.FakeNdis.VcFake;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.oid.OidTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an adapter answers when it is asked, with a file below it; what only an interface has is in {@link
 * LiveInterfaceTest}.
 */
@Timeout(60)
class OidTest {

    private static final List<Oid> MANDATORY = List.of(
            Oid.GEN_CO_SUPPORTED_LIST,
            Oid.GEN_CO_HARDWARE_STATUS,
            Oid.GEN_CO_MEDIA_SUPPORTED,
            Oid.GEN_CO_MEDIA_IN_USE,
            Oid.GEN_CO_LINK_SPEED,
            Oid.GEN_CO_VENDOR_ID,
            Oid.GEN_CO_VENDOR_DESCRIPTION,
            Oid.GEN_CO_DRIVER_VERSION,
            Oid.GEN_CO_MAC_OPTIONS,
            Oid.GEN_CO_MEDIA_CONNECT_STATUS,
            Oid.GEN_CO_VENDOR_DRIVER_VERSION,
            Oid.GEN_CO_MINIMUM_LINK_SPEED,
            Oid.GEN_CO_XMIT_PDUS_OK,
            Oid.GEN_CO_RCV_PDUS_OK,
            Oid.GEN_CO_XMIT_PDUS_ERROR,
            Oid.GEN_CO_RCV_PDUS_ERROR,
            Oid.GEN_CO_RCV_PDUS_NO_BUFFER);

    @TempDir
    Path folder;

    private final FakeNdis ndis = new FakeNdis();
    private final List<MiniportDriver> started = new ArrayList<>();
    private final CompletableFuture<Optional<String>> ended = new CompletableFuture<>();
    private final LinkStatus status = new LinkStatus() {
        @Override
        public void opened() {
            // asserted through initialize
        }

        @Override
        public void unavailable(final String cause) {
            ended.completeExceptionally(new AssertionError(cause));
        }

        @Override
        public void ended(final Optional<String> cause, final LinkCounters counters) {
            ended.complete(cause);
        }
    };

    @BeforeEach
    void needsLibpcap() {
        Captures.requireLibpcap();
    }

    @AfterEach
    void haltsEverything() {
        started.forEach(driver -> driver.halt(HaltAction.DEVICE_DISABLED));
    }

    static List<Oid> mandatory() {
        return MANDATORY;
    }

    private PcapHost host() {
        return new PcapHost(() -> 42L, status, LinkProbe.UNKNOWN);
    }

    private PcapMiniport miniport(final PcapSettings settings) {
        final PcapMiniport miniport = new PcapMiniport(settings, host());
        started.add(miniport);
        assertThat(miniport.initialize(ndis)).isEqualTo(NdisStatus.SUCCESS);
        miniport.restart();
        return miniport;
    }

    private PcapMcm mcm(final byte[]... frames) throws IOException {
        final PcapMcm mcm = new PcapMcm(PcapSettings.of("o0", file(frames).toString(), PcapSettings.Mode.MCM), host());
        started.add(mcm);
        assertThat(mcm.initialize(ndis)).isEqualTo(NdisStatus.SUCCESS);
        mcm.restart();
        return mcm;
    }

    private Path file(final byte[]... frames) throws IOException {
        return Files.write(folder.resolve("in.pcap"), Frames.pcap(1, List.of(frames)));
    }

    private PcapSettings writing() {
        return PcapSettings.writing("o0", folder.resolve("out.pcap"));
    }

    private PcapSettings reading(final int startAfter, final byte[]... frames) throws IOException {
        return PcapSettings.of("o0", file(frames).toString(), PcapSettings.Mode.MINIPORT)
                .with(new PcapSettings.FileReading(startAfter, 0, 1 << 20, 1000));
    }

    private static byte[] ip(final int vlan, final String text) {
        return Frames.ethernet().vlan(vlan).u16(0x0800).text(text).toBytes();
    }

    private static OidResult ask(final MiniportDriver driver, final Optional<VcDataPath> vc, final OidRequest request) {
        return driver.oidRequest(vc, request).toCompletableFuture().getNow(OidResult.failure(NdisStatus.FAILURE));
    }

    private static OidResult ask(final MiniportDriver driver, final OidRequest request) {
        return ask(driver, Optional.empty(), request);
    }

    private static Octets query(final MiniportDriver driver, final Oid oid) {
        final OidResult result = ask(driver, OidRequest.query(oid, 1024));
        assertThat(result.status()).as("%s", oid).isEqualTo(NdisStatus.SUCCESS);
        return result.information();
    }

    private static long count(final MiniportDriver driver, final Optional<VcDataPath> vc, final Oid oid) {
        return OidTable.number(ask(driver, vc, OidRequest.query(oid, 8)).information());
    }

    private static long count(final MiniportDriver driver, final VcFake vc, final Oid oid) {
        return count(driver, Optional.of(vc.context()), oid);
    }

    private static long count(final MiniportDriver driver, final Oid oid) {
        return count(driver, Optional.empty(), oid);
    }

    private static int[] numbers(final Octets octets) {
        final ByteBuffer buffer = ByteBuffer.wrap(octets.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        return IntStream.range(0, octets.length() / 4)
                .map(i -> buffer.getInt(4 * i))
                .toArray();
    }

    private static void send(final VcFake vc, final byte[] pdu) {
        final NetBufferList nbl =
                new NetBufferListPool("test", 1, 70_000).allocate().fill(pdu);
        vc.context().sendNetBufferLists(nbl, NblFlags.NONE);
    }

    @ParameterizedTest
    @MethodSource("mandatory")
    void r196EveryMandatoryOidIsAnsweredAndListed(final Oid oid) throws IOException {
        for (final MiniportDriver driver : List.of(miniport(writing()), mcm(ip(5, "a")))) {
            assertThat(numbers(query(driver, Oid.GEN_CO_SUPPORTED_LIST))).contains(oid.code());
            final int length = query(driver, oid).length();
            final OidResult tooShort = ask(driver, OidRequest.query(oid, Math.min(length, 4) - 1));
            assertThat(tooShort.status()).isIn(NdisStatus.BUFFER_TOO_SHORT, NdisStatus.INVALID_LENGTH);
            assertThat(tooShort.bytesNeeded()).isEqualTo(length);
        }
    }

    @Test
    void shouldSayWhatItIs() {
        final PcapMiniport miniport = miniport(writing());
        assertThat(numbers(query(miniport, Oid.GEN_CO_HARDWARE_STATUS))).containsExactly(0);
        assertThat(numbers(query(miniport, Oid.GEN_CO_MEDIA_IN_USE))).containsExactly(0);
        assertThat(numbers(query(miniport, Oid.GEN_CO_LINK_SPEED))).containsExactly(0, 0);
        assertThat(numbers(query(miniport, Oid.GEN_CO_MEDIA_CONNECT_STATUS))).containsExactly(0);
        assertThat(numbers(query(miniport, Oid.GEN_CO_MAC_OPTIONS))).containsExactly(8);
        assertThat(query(miniport, Oid.GEN_CO_DRIVER_VERSION)).isEqualTo(Octets.of((byte) 0, (byte) 6));
        final byte[] description =
                query(miniport, Oid.GEN_CO_VENDOR_DESCRIPTION).toByteArray();
        assertThat(description[description.length - 1]).isZero();
        assertThat(new String(description, 0, description.length - 1, StandardCharsets.US_ASCII))
                .startsWith("Condis");
        assertThat(OidTable.number(query(miniport, Oid.GEN_CO_GET_NETCARD_TIME)))
                .isEqualTo(42);
    }

    @Test
    void shouldSayThatRecordedAtmIsAtm() {
        final Path atm = Captures.file("made/linux-br2684-pvcs.pcap");
        final PcapMiniport miniport = miniport(PcapSettings.of("o0", atm.toString(), PcapSettings.Mode.MINIPORT));
        assertThat(numbers(query(miniport, Oid.GEN_CO_MEDIA_IN_USE))).containsExactly(8);
    }

    @Test
    void r196r197ProtocolOptionsAreSetAndNothingElse() {
        final PcapMiniport miniport = miniport(writing());
        assertThat(ask(miniport, OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, OidTable.u32(3)))
                        .isSuccess())
                .isTrue();
        final OidResult tooLong = ask(miniport, OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, OidTable.u64(3)));
        assertThat(tooLong.status()).isEqualTo(NdisStatus.INVALID_LENGTH);
        assertThat(tooLong.bytesNeeded()).isEqualTo(4);
        assertThat(ask(miniport, OidRequest.set(Oid.GEN_CO_LINK_SPEED, OidTable.u64(3)))
                        .status())
                .isEqualTo(NdisStatus.NOT_SUPPORTED);
        assertThat(ask(miniport, OidRequest.query(Oid.CO_GET_ADDRESSES, 100)).status())
                .isEqualTo(NdisStatus.INVALID_OID);
    }

    @Test
    void r193r201StatisticsAreOfTheVcOrOfTheAdapter_inFourOrEightOctets() {
        final PcapMiniport miniport = miniport(writing());
        final VcFake one = VcFake.on(miniport);
        final VcFake two = VcFake.on(miniport);
        one.activate("vlan:1");
        two.activate("vlan:2");
        send(one, new byte[100]);
        send(one, new byte[200]);
        send(two, new byte[50]);
        send(two, new byte[1]); // no room for an EtherType
        assertThat(count(miniport, one, Oid.GEN_CO_XMIT_PDUS_OK)).isEqualTo(2);
        assertThat(count(miniport, one, Oid.GEN_CO_BYTES_XMIT)).isEqualTo(300);
        assertThat(count(miniport, one, Oid.GEN_CO_XMIT_PDUS_ERROR)).isZero();
        assertThat(count(miniport, two, Oid.GEN_CO_XMIT_PDUS_OK)).isEqualTo(1);
        assertThat(count(miniport, two, Oid.GEN_CO_XMIT_PDUS_ERROR)).isEqualTo(1);
        assertThat(count(miniport, Oid.GEN_CO_XMIT_PDUS_OK)).isEqualTo(3);
        assertThat(count(miniport, Oid.GEN_CO_BYTES_XMIT)).isEqualTo(350);
        assertThat(count(miniport, Oid.GEN_CO_XMIT_PDUS_ERROR)).isEqualTo(1);
        assertThat(count(miniport, Oid.GEN_CO_TRANSMIT_QUEUE_LENGTH)).isZero();

        final Octets four =
                ask(miniport, OidRequest.query(Oid.GEN_CO_BYTES_XMIT, 4)).information();
        assertThat(four.length()).isEqualTo(4);
        assertThat(OidTable.number(four)).isEqualTo(350);
        final OidResult three = ask(miniport, OidRequest.query(Oid.GEN_CO_BYTES_XMIT, 3));
        assertThat(three.status()).isEqualTo(NdisStatus.INVALID_LENGTH);
        assertThat(three.bytesNeeded()).isEqualTo(8);
    }

    @Test
    void shouldCountWhatItReceives() throws IOException {
        final PcapSettings settings = reading(
                        2,
                        ip(5, "a"),
                        ip(5, "bb"),
                        ip(6, "c"),
                        ip(6, "x".repeat(100)),
                        ip(7, "nobody's"),
                        Arrays.copyOf(ip(5, ""), 13))
                .with(new PcapSettings.Limits(16, 16, 64, 8));
        final PcapMiniport miniport = miniport(settings);
        final VcFake five = VcFake.on(miniport);
        final VcFake six = VcFake.on(miniport);
        five.activate("vlan:5");
        six.activate("vlan:6");
        await().until(ended::isDone);
        assertThat(count(miniport, five, Oid.GEN_CO_RCV_PDUS_OK)).isEqualTo(2);
        assertThat(count(miniport, five, Oid.GEN_CO_BYTES_RCV)).isEqualTo(3 + 4);
        assertThat(count(miniport, six, Oid.GEN_CO_RCV_PDUS_OK)).isEqualTo(1);
        assertThat(count(miniport, six, Oid.GEN_CO_RCV_PDUS_ERROR)).isEqualTo(1);
        assertThat(count(miniport, Oid.GEN_CO_RCV_PDUS_OK)).isEqualTo(3);
        assertThat(count(miniport, Oid.GEN_CO_BYTES_RCV)).isEqualTo(3 + 4 + 3);
        assertThat(count(miniport, Oid.GEN_CO_RCV_PDUS_ERROR))
                .as("the long one and the damaged one")
                .isEqualTo(2);
        assertThat(count(miniport, Oid.GEN_CO_RCV_PDUS_NO_BUFFER)).isZero();
    }

    @Test
    void shouldCountPerCallOfACallManager_andWhatWaitedInVain() throws IOException {
        final List<byte[]> frames = new ArrayList<>();
        IntStream.range(0, 10).forEach(i -> frames.add(ip(5, "p" + i)));
        frames.add(ip(6, "after"));
        final Path path = Files.write(folder.resolve("many.pcap"), Frames.pcap(1, frames));
        final PcapMcm mcm = new PcapMcm(
                PcapSettings.of("o0", path.toString(), PcapSettings.Mode.MCM)
                        .with(new PcapSettings.Limits(16, 4, 256, 64))
                        .with(new PcapSettings.FileReading(1, 0, 1 << 20, 20)),
                host());
        started.add(mcm);
        mcm.initialize(ndis);
        mcm.restart();
        ndis.open(vc -> vc.flow().equals("vlan:6")
                        ? dev.condis.api.NdisResult.success(FakeNdis.call("vlan:6"))
                                .asStage()
                        : new CompletableFuture<>())
                .register("*");
        await().until(ended::isDone);
        final McmVcFake five = ndis.createdFor("vlan:5");
        final McmVcFake six = ndis.createdFor("vlan:6");
        await().until(() -> six.received().size() == 1);
        assertThat(count(mcm, Optional.of(five.context()), Oid.GEN_CO_RCV_PDUS_OK))
                .isZero();
        assertThat(count(mcm, Optional.of(five.context()), Oid.GEN_CO_RCV_PDUS_NO_BUFFER))
                .isEqualTo(6);
        assertThat(count(mcm, Optional.of(six.context()), Oid.GEN_CO_RCV_PDUS_OK))
                .isEqualTo(1);
        assertThat(count(mcm, Oid.GEN_CO_RCV_PDUS_OK)).isEqualTo(1);
        assertThat(count(mcm, Oid.GEN_CO_RCV_PDUS_NO_BUFFER)).isEqualTo(6);
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void r221NothingIsAnsweredWhenTheHardwareIsGone(final boolean asMcm) throws IOException {
        final MiniportDriver driver = asMcm ? mcm(ip(5, "a")) : miniport(writing());
        driver.surpriseRemoved();
        assertThat(ask(driver, OidRequest.query(Oid.GEN_CO_LINK_SPEED, 8)).status())
                .isEqualTo(NdisStatus.NOT_ACCEPTED);
        driver.halt(HaltAction.SURPRISE_REMOVED);
        assertThat(ask(driver, OidRequest.query(Oid.GEN_CO_LINK_SPEED, 8)).status())
                .isEqualTo(NdisStatus.NOT_ACCEPTED);
    }
}
