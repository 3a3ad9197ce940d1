// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.FakeNdis.Client;
import dev.condis.adapter.pcap.FakeNdis.McmVcFake;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.VcState;
import dev.condis.api.media.CaptureProperties;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PcapMcmTest {

    @TempDir
    Path folder;

    private final FakeNdis ndis = new FakeNdis();
    private final CompletableFuture<Optional<String>> ended = new CompletableFuture<>();
    private final List<PcapMcm> started = new ArrayList<>();

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
        started.forEach(m -> m.halt(HaltAction.DEVICE_DISABLED));
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("condis-pcap-")));
    }

    private static PcapSettings.FileReading reading(final int saps, final int connectWaitMillis) {
        return new PcapSettings.FileReading(saps, 0, 1 << 20, connectWaitMillis);
    }

    private PcapMcm start(final PcapSettings settings) {
        final PcapMcm mcm = new PcapMcm(settings, new PcapHost(() -> 42L, status, LinkProbe.UNKNOWN));
        started.add(mcm);
        assertThat(mcm.initialize(ndis)).isEqualTo(NdisStatus.SUCCESS);
        assertThat(mcm.restart().toCompletableFuture()).isCompletedWithValue(NdisStatus.SUCCESS);
        return mcm;
    }

    private PcapSettings settings(final List<byte[]> frames) throws IOException {
        final Path path = Files.write(folder.resolve("in.pcap"), Frames.pcap(1, frames));
        return PcapSettings.of("m1", path.toString(), PcapSettings.Mode.MCM).with(reading(1, 5000));
    }

    private static byte[] ip(final int vlan, final String text) {
        return Frames.ethernet().vlan(vlan).u16(0x0800).text(text).toBytes();
    }

    private static List<String> texts(final McmVcFake vc) {
        return vc.received().stream()
                .map(p -> new String(p.bytes(), 2, p.bytes().length - 2, StandardCharsets.US_ASCII))
                .toList();
    }

    private void awaitEnd() {
        await().until(ended::isDone);
    }

    @Test
    void shouldMakeACallOfEachFlow_andCloseItAtTheEnd() throws IOException {
        final PcapMcm mcm = start(settings(List.of(
                ip(5, "a"),
                Frames.ethernet().u16(0x8863).pppoe(0x65, 17, 0).toBytes(),
                Frames.ethernet().u16(0x8847).label(500, true).text("label").toBytes(),
                ip(5, "b"),
                Frames.ethernet().vlan(5).u16(0x8864).pppoe(0, 9, 2).text("xy").toBytes(),
                Frames.ethernet().u16(0x88b6).text("own").toBytes())));
        assertThat(ndis.openAccepting().register("*")).isEqualTo(NdisStatus.SUCCESS);
        awaitEnd();
        assertThat(ndis.created())
                .extracting(McmVcFake::flow)
                .containsExactly(
                        "vlan:5", "pppoe:17", "mpls:500", "vlan:5/pppoe:9", "peer:02-00-00-00-00-0a/type:0x88b6");
        assertThat(texts(ndis.createdFor("vlan:5"))).containsExactly("a", "b");
        assertThat(ndis.createdFor("pppoe:17").received()).isEmpty();
        assertThat(ndis.createdFor("vlan:5/pppoe:9").received()).hasSize(1);
        await().untilAsserted(() -> assertThat(ndis.created())
                .allSatisfy(vc -> assertThat(vc.state()).isEqualTo(VcState.DELETED)));
        assertThat(ndis.created()).allSatisfy(vc -> {
            assertThat(vc.closeStatus()).contains(NdisStatus.SUCCESS);
            assertThat(vc.closeData().length()).isZero();
            assertThat(vc.receivedBeforeConnected()).isZero();
        });
        final PcapLink link = mcm.link().orElseThrow();
        assertThat(link.counters().lost()).isZero();
        assertThat(link.outstandingBuffers()).isZero();
        assertThat(link.table().size()).isEqualTo(5);
        assertThat(CaptureProperties.STATE_ENDED).isEqualTo("ended");
    }

    @Test
    void shouldOfferOnlyWhatASapMatches_theMostSpecificOne() throws IOException {
        start(settings(List.of(ip(5, "a"), ip(6, "b"), ip(7, "c"), ip(6, "d"))).with(reading(2, 5000)));
        final List<String> any = new ArrayList<>();
        final List<String> five = new ArrayList<>();
        ndis.open(vc -> noting(any, vc)).register("vlan:6");
        ndis.open(vc -> noting(five, vc)).register("vlan:*");
        awaitEnd();
        assertThat(any).containsExactly("vlan:6");
        assertThat(five).containsExactly("vlan:5", "vlan:7");
    }

    private static java.util.concurrent.CompletionStage<NdisResult<CallParameters>> noting(
            final List<String> flows, final McmVcFake vc) {
        flows.add(vc.flow());
        return NdisResult.<CallParameters>failure(NdisStatus.NOT_SUPPORTED).asStage();
    }

    @Test
    void shouldHoldPdusUntilTheCallIsConnected_inOrder() throws IOException {
        final List<byte[]> frames =
                IntStream.range(0, 40).mapToObj(i -> ip(5, "p" + i)).toList();
        start(settings(frames).with(new PcapSettings.Limits(16, 8, 256, 64)));
        final CompletableFuture<McmVcFake> offered = new CompletableFuture<>();
        final CompletableFuture<NdisResult<CallParameters>> answer = new CompletableFuture<>();
        ndis.open(vc -> {
                    offered.complete(vc);
                    return answer;
                })
                .register("vlan:5");
        final McmVcFake vc =
                offered.orTimeout(10, java.util.concurrent.TimeUnit.SECONDS).join();
        // the file waits: more PDUs than may be held
        await().until(() -> Thread.getAllStackTraces().entrySet().stream()
                .filter(e -> e.getKey().getName().equals("condis-pcap-rx-m1"))
                .anyMatch(e -> e.getKey().getState() == Thread.State.TIMED_WAITING));
        assertThat(vc.received()).isEmpty();
        answer.complete(NdisResult.success(FakeNdis.call("vlan:5")));
        awaitEnd();
        assertThat(texts(vc))
                .containsExactlyElementsOf(
                        IntStream.range(0, 40).mapToObj(i -> "p" + i).toList());
        assertThat(vc.receivedBeforeConnected()).isZero();
        assertThat(vc.closeStatus()).contains(NdisStatus.SUCCESS);
    }

    @Test
    void shouldGoOn_whenAClientNeverAnswers() throws IOException {
        final List<byte[]> frames = new ArrayList<>();
        IntStream.range(0, 100).forEach(i -> frames.add(ip(5, "p" + i)));
        frames.add(ip(6, "after"));
        final PcapMcm mcm = start(
                settings(frames).with(new PcapSettings.Limits(16, 4, 256, 64)).with(reading(1, 50)));
        ndis.open(vc -> vc.flow().equals("vlan:6")
                        ? NdisResult.success(FakeNdis.call("vlan:6")).asStage()
                        : new CompletableFuture<>())
                .register("*");
        awaitEnd();
        assertThat(texts(ndis.createdFor("vlan:6"))).containsExactly("after");
        final PcapLink link = mcm.link().orElseThrow();
        assertThat(link.counters().get(LinkCounters.Received.NOT_CONNECTED)).isEqualTo(96);
        assertThat(link.outstandingBuffers()).isEqualTo(4);
    }

    @Test
    void shouldNotOfferAFlowAgain_thatWasRefused_untilTheSapsChange() throws IOException {
        final List<byte[]> frames =
                IntStream.range(0, 50).mapToObj(i -> ip(5, "p" + i)).toList();
        final PcapMcm mcm = start(settings(frames));
        ndis.open(vc -> NdisResult.<CallParameters>failure(NdisStatus.RESOURCES).asStage())
                .register("vlan:*");
        awaitEnd();
        assertThat(ndis.created()).hasSize(1);
        await().until(() -> ndis.created().get(0).state() == VcState.DELETED);
        assertThat(mcm.link().orElseThrow().counters().get(LinkCounters.Received.REFUSED))
                .isEqualTo(50);
        assertThat(mcm.link().orElseThrow().outstandingBuffers()).isZero();
    }

    @Test
    void shouldNeedBoundedMemory_whenFlowsAreWithoutNumber() throws IOException {
        final List<byte[]> frames = IntStream.range(0, 60_000)
                .mapToObj(i -> Frames.ethernet()
                        .vlan(1 + i % 4094)
                        .vlan(1 + i / 4094)
                        .u16(0x0800)
                        .toBytes())
                .toList();
        final PcapMcm mcm = start(settings(frames).with(new PcapSettings.Limits(100, 4, 256, 64)));
        ndis.openAccepting().register("*");
        awaitEnd();
        final PcapLink link = mcm.link().orElseThrow();
        assertThat(link.table().size()).isLessThanOrEqualTo(100);
        assertThat(ndis.created()).hasSize(100);
        assertThat(link.counters().get(LinkCounters.Received.FLOW_LIMIT)).isEqualTo(60_000 - 100);
    }

    @Test
    void shouldForgetFlowsThatNobodyTook_whenTheTableIsFull() throws IOException {
        final List<byte[]> frames = IntStream.range(0, 5_000)
                .mapToObj(i -> Frames.ethernet()
                        .vlan(1 + i % 4094)
                        .vlan(1 + i / 4094)
                        .u16(0x0800)
                        .toBytes())
                .collect(Collectors.toCollection(ArrayList::new));
        frames.add(ip(4000, "wanted"));
        final PcapMcm mcm = start(settings(frames).with(new PcapSettings.Limits(100, 4, 256, 64)));
        ndis.openAccepting().register("/vlan:*/");
        awaitEnd();
        assertThat(texts(ndis.createdFor("vlan:4000"))).containsExactly("wanted");
        assertThat(mcm.link().orElseThrow().table().size()).isLessThanOrEqualTo(100);
        assertThat(mcm.link().orElseThrow().counters().get(LinkCounters.Received.OF_NO_VC))
                .isEqualTo(5_000);
    }

    @Test
    void shouldRefuseSapsThatAreNoPatterns_orAnotherClients() throws IOException {
        start(settings(List.of()).with(reading(99, 0)));
        final Client first = ndis.openAccepting();
        final Client second = ndis.openAccepting();
        assertThat(first.register("fish:*")).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(first.register(Sap.e164("4711")).status()).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(first.register("vlan:*")).isEqualTo(NdisStatus.SUCCESS);
        assertThat(second.register("vlan:*")).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(second.register("pppoe:*")).isEqualTo(NdisStatus.SUCCESS);
    }

    @Test
    void shouldCarryOutgoingCalls_andPreferThemWhereTheySayMore() throws IOException {
        final List<byte[]> frames = List.of(
                ip(5, "a"),
                Frames.ethernet().vlan(5).u16(0x0806).text("arp").toBytes(),
                Frames.ethernet().vlan(5).u16(0x8864).pppoe(0, 9, 2).text("xy").toBytes());
        start(settings(frames).with(reading(1, 5000)));
        final Client client = ndis.openAccepting();
        final McmVcFake arp = client.createVc();
        final McmVcFake vlan = client.createVc();
        assertThat(arp.makeCall("vlan:5/type:0x0806").isSuccess()).isTrue();
        assertThat(vlan.makeCall("vlan:5").isSuccess()).isTrue();
        final McmVcFake taken = client.createVc();
        assertThat(taken.makeCall("vlan:5").status()).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(taken.state()).isEqualTo(VcState.INACTIVE);
        client.register("pppoe:*");
        awaitEnd();
        assertThat(arp.received()).hasSize(1);
        assertThat(texts(vlan)).containsExactly("a");
        assertThat(ndis.created()).extracting(McmVcFake::flow).containsExactly("vlan:5/pppoe:9");
        await().untilAsserted(() -> assertThat(List.of(arp, vlan)).allSatisfy(vc -> {
            assertThat(vc.closeStatus()).contains(NdisStatus.SUCCESS);
            assertThat(vc.state()).isEqualTo(VcState.INACTIVE);
        }));
        assertThat(vlan.context().deleteVc()).isEqualTo(NdisStatus.SUCCESS);
    }

    @Test
    void shouldCloseCallsWithTheCause_whenTheCaptureBreaksOff() throws IOException {
        final byte[] whole = Frames.pcap(1, List.of(ip(5, "a"), ip(5, "b")));
        final Path path = Files.write(folder.resolve("cut.pcap"), Arrays.copyOf(whole, whole.length - 3));
        start(PcapSettings.of("m1", path.toString(), PcapSettings.Mode.MCM).with(reading(1, 5000)));
        ndis.openAccepting().register("*");
        awaitEnd();
        final McmVcFake vc = ndis.createdFor("vlan:5");
        assertThat(texts(vc)).containsExactly("a");
        assertThat(vc.closeStatus()).contains(NdisStatus.FAILURE);
        assertThat(vc.closeData().toText()).contains("truncated");
    }

    @Test
    void shouldDrainBeforeItDeactivates_andTryAgainWhileTheCoreStillCounts() throws IOException {
        start(settings(List.of(ip(5, "a"), ip(5, "b"))));
        final CompletableFuture<McmVcFake> offered = new CompletableFuture<>();
        ndis.open(vc -> {
                    vc.keep();
                    vc.notYet(3);
                    offered.complete(vc);
                    return NdisResult.success(FakeNdis.call("vlan:5")).asStage();
                })
                .register("*");
        awaitEnd();
        final McmVcFake vc = offered.join();
        assertThat(vc.keptCount()).isEqualTo(2);
        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
        vc.returnKept();
        await().until(() -> vc.state() == VcState.DELETED);
    }

    @Test
    void r119ACallThatNamesNoFlowIsNotSupported() throws IOException {
        start(settings(List.of()).with(reading(99, 0)));
        final McmVcFake vc = ndis.openAccepting().createVc();
        final NdisResult<CallParameters> made = vc.context()
                .makeCall(CallParameters.bestEffort())
                .toCompletableFuture()
                .join();
        assertThat(made.status()).isEqualTo(NdisStatus.NOT_SUPPORTED);
        assertThat(made.refusal().orElseThrow().rule()).isEqualTo("R119");
        assertThat(vc.makeCall("vlan:5").isSuccess()).isTrue();
    }

    @Test
    void shouldRefuseCloseData_whichTheMediumCannotCarry() throws IOException {
        start(settings(List.of()).with(reading(99, 0)));
        final McmVcFake vc = ndis.openAccepting().createVc();
        assertThat(vc.makeCall("vlan:5").isSuccess()).isTrue();
        assertThat(vc.context()
                        .closeCall(Octets.ofText("bye"))
                        .toCompletableFuture()
                        .join())
                .isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(vc.closeCall()
                        .orTimeout(10, java.util.concurrent.TimeUnit.SECONDS)
                        .join())
                .isEqualTo(NdisStatus.SUCCESS);
        assertThat(vc.makeCall("vlan:6").isSuccess()).isTrue();
    }

    @Test
    void shouldCompleteCloseAf_whenTheVcsItMadeAreDeleted() throws IOException {
        start(settings(List.of(ip(5, "a"))));
        final Client client = ndis.openAccepting();
        client.register("*");
        awaitEnd();
        await().until(() -> client.context().closeAf().toCompletableFuture().isDone());
        assertThat(ndis.created()).allSatisfy(vc -> assertThat(vc.state()).isEqualTo(VcState.DELETED));
    }

    @Test
    void shouldFindTheCircuitsOfRecordedAtmTraffic() {
        start(PcapSettings.of("m1", Captures.file("made/linux-br2684-pvcs.pcap").toString(), PcapSettings.Mode.MCM)
                .with(reading(1, 5000)));
        ndis.openAccepting().register("atm:*");
        awaitEnd();
        assertThat(ndis.created())
                .extracting(McmVcFake::flow)
                .containsExactlyInAnyOrder("atm:0/100", "atm:0/101", "atm:1/102", "atm:1/200");
        assertThat(ndis.created().stream().mapToInt(vc -> vc.received().size()).sum())
                .isEqualTo(25);
    }
}
