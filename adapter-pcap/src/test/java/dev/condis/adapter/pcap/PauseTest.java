// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.FakeNdis.McmVcFake;
import dev.condis.adapter.pcap.FakeNdis.VcFake;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferListPool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pause and restart (contract B.1) with a file below the adapter: nothing of it is lost. Interfaces: {@link
 * LiveInterfaceTest}.
 */
@Timeout(60)
class PauseTest {

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
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("condis-pcap-rx-z0")));
    }

    private PcapHost host() {
        return new PcapHost(() -> 42L, status, LinkProbe.UNKNOWN);
    }

    private PcapMiniport miniport(final PcapSettings settings) {
        final PcapMiniport miniport = new PcapMiniport(settings, host());
        started.add(miniport);
        assertThat(miniport.initialize(ndis)).isEqualTo(NdisStatus.SUCCESS);
        return miniport;
    }

    private Path file(final int frames) throws IOException {
        final List<byte[]> all = IntStream.range(0, frames)
                .mapToObj(
                        i -> Frames.ethernet().vlan(5).u16(0x0800).text("p" + i).toBytes())
                .toList();
        return Files.write(folder.resolve("in.pcap"), Frames.pcap(1, all));
    }

    private PcapSettings reading(final PcapSettings.Mode mode, final int frames) throws IOException {
        return PcapSettings.of("z0", file(frames).toString(), mode)
                .with(new PcapSettings.FileReading(1, 0, 1 << 20, 5000));
    }

    private static List<String> texts(final FakeNdis.DataFake vc) {
        return vc.received().stream()
                .map(p -> new String(p.bytes(), 2, p.bytes().length - 2, StandardCharsets.US_ASCII))
                .toList();
    }

    private static List<String> numbered(final int count) {
        return IntStream.range(0, count).mapToObj(i -> "p" + i).toList();
    }

    private static void send(final VcFake vc) {
        vc.context()
                .sendNetBufferLists(
                        new NetBufferListPool("test", 1, 100).allocate().fill(new byte[50]), NblFlags.NONE);
    }

    private static CompletableFuture<NdisStatus> pause(final MiniportDriver driver) {
        return driver.pause().toCompletableFuture();
    }

    @Test
    void r218SendsAreCompletedWithPaused_andPassAgain() {
        final PcapMiniport miniport = miniport(PcapSettings.writing("z0", folder.resolve("out.pcap")));
        final VcFake vc = VcFake.on(miniport);
        assertThat(vc.activate("vlan:5").isSuccess())
                .as("VCs are activated while the adapter is paused")
                .isTrue();
        send(vc);
        miniport.restart();
        send(vc);
        assertThat(pause(miniport)).isCompletedWithValue(NdisStatus.SUCCESS);
        send(vc);
        miniport.restart();
        send(vc);
        assertThat(vc.completed())
                .containsExactly(NdisStatus.PAUSED, NdisStatus.SUCCESS, NdisStatus.PAUSED, NdisStatus.SUCCESS);
    }

    @Test
    void r218NothingIsIndicatedBeforeTheFirstRestart() throws IOException {
        final PcapMiniport miniport = miniport(reading(PcapSettings.Mode.MINIPORT, 3));
        final VcFake vc = VcFake.on(miniport);
        vc.activate("vlan:5");
        await().until(this::readerWaits);
        assertThat(vc.received()).isEmpty();
        assertThat(miniport.restart().toCompletableFuture()).isCompletedWithValue(NdisStatus.SUCCESS);
        await().until(ended::isDone);
        assertThat(texts(vc)).containsExactlyElementsOf(numbered(3));
    }

    private boolean readerWaits() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(e -> e.getKey().getName().equals("condis-pcap-rx-z0"))
                .anyMatch(e -> e.getKey().getState() == Thread.State.TIMED_WAITING);
    }

    @Test
    void r218r220APauseIsCompleteWhenEveryNblIsBack_andAFileGoesOnWhereItStood() throws IOException {
        final PcapMiniport miniport =
                miniport(reading(PcapSettings.Mode.MINIPORT, 200).with(new PcapSettings.Limits(16, 16, 256, 4)));
        miniport.restart();
        final VcFake vc = VcFake.on(miniport);
        vc.keep();
        vc.activate("vlan:5");
        await().until(() -> vc.keptCount() == 4);

        final CompletableFuture<NdisStatus> paused = pause(miniport);
        assertThat(paused).isNotDone();
        vc.returnKept();
        await().until(paused::isDone);
        assertThat(paused).isCompletedWithValue(NdisStatus.SUCCESS);
        await().until(this::readerWaits);
        assertThat(vc.received()).hasSize(4);

        miniport.restart();
        await().until(ended::isDone);
        assertThat(texts(vc)).containsExactlyElementsOf(numbered(200));
        assertThat(miniport.link().orElseThrow().counters().get(LinkCounters.Received.PAUSED))
                .isZero();
        assertThat(miniport.link().orElseThrow().outstandingBuffers()).isZero();
    }

    @Test
    void r220AHaltReturnsWhenEveryNblIsBack() throws IOException {
        final PcapMiniport miniport = miniport(reading(PcapSettings.Mode.MINIPORT, 2));
        miniport.restart();
        final VcFake vc = VcFake.on(miniport);
        vc.keep();
        vc.activate("vlan:5");
        await().until(() -> vc.keptCount() == 2);
        final PcapLink link = miniport.link().orElseThrow();

        final CompletableFuture<Integer> leftAtTheEnd = CompletableFuture.supplyAsync(() -> {
            miniport.halt(HaltAction.DEVICE_DISABLED);
            return link.outstandingBuffers();
        });
        await().until(() -> miniport.link().isEmpty());
        vc.returnKept();

        assertThat(leftAtTheEnd).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(0);
    }

    @Test
    void r223APauseLeavesVcsAsTheyAre_andADeactivationInItDrains() throws IOException {
        final PcapMiniport miniport = miniport(reading(PcapSettings.Mode.MINIPORT, 2));
        miniport.restart();
        final VcFake vc = VcFake.on(miniport);
        vc.keep();
        vc.activate("vlan:5");
        await().until(() -> vc.keptCount() == 2);
        final CompletableFuture<NdisStatus> paused = pause(miniport);
        assertThat(vc.context().deleteVc()).as("it is active").isEqualTo(NdisStatus.NOT_ACCEPTED);
        final CompletableFuture<NdisStatus> deactivated =
                vc.context().deactivateVc().toCompletableFuture();
        assertThat(paused).isNotDone();
        assertThat(deactivated).isNotDone();
        vc.returnKept();
        assertThat(paused).isCompletedWithValue(NdisStatus.SUCCESS);
        assertThat(deactivated).isCompletedWithValue(NdisStatus.SUCCESS);
        assertThat(pause(miniport)).as("nothing is under way").isCompletedWithValue(NdisStatus.SUCCESS);
    }

    @Test
    void shouldHoldThePdusOfACallThatIsConnectedInAPause() throws IOException {
        final PcapMcm mcm =
                new PcapMcm(reading(PcapSettings.Mode.MCM, 40).with(new PcapSettings.Limits(16, 8, 256, 64)), host());
        started.add(mcm);
        mcm.initialize(ndis);
        mcm.restart();
        final CompletableFuture<McmVcFake> offered = new CompletableFuture<>();
        final CompletableFuture<NdisResult<CallParameters>> answer = new CompletableFuture<>();
        ndis.open(vc -> {
                    offered.complete(vc);
                    return answer;
                })
                .register("vlan:5");
        await().until(offered::isDone);
        await().until(() -> mcm.link().orElseThrow().held().get() == 8);

        assertThat(pause(mcm)).isCompletedWithValue(NdisStatus.SUCCESS);
        answer.complete(NdisResult.success(FakeNdis.call("vlan:5")));
        assertThat(offered.join().callState()).isEqualTo(dev.condis.api.CallState.CONNECTED);
        assertThat(offered.join().received()).isEmpty();

        mcm.restart();
        await().until(ended::isDone);
        await().until(() -> offered.join().closeStatus().isPresent());
        assertThat(texts(offered.join())).containsExactlyElementsOf(numbered(40));
        assertThat(offered.join().closeStatus()).contains(NdisStatus.SUCCESS);
    }

    @Test
    void shouldHaltAPausedAdapter_whoseFileStands() throws IOException {
        final PcapMiniport miniport = miniport(reading(PcapSettings.Mode.MINIPORT, 3));
        VcFake.on(miniport).activate("vlan:5");
        await().until(this::readerWaits);
        miniport.halt(HaltAction.DEVICE_DISABLED);
        assertThat(miniport.restart().toCompletableFuture()).isCompletedWithValue(NdisStatus.ADAPTER_NOT_READY);
        assertThat(pause(miniport)).isCompletedWithValue(NdisStatus.SUCCESS);
    }

    @Test
    void shouldRefuseToResetAFile() throws IOException {
        final PcapMiniport miniport = miniport(reading(PcapSettings.Mode.MINIPORT, 3));
        assertThat(miniport.reset().toCompletableFuture().join().status()).isEqualTo(NdisStatus.NOT_SUPPORTED);
    }
}
