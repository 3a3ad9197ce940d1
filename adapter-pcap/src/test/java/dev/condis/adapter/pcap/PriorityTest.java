// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.pcap.FakeNdis.McmVcFake;
import dev.condis.adapter.pcap.FakeNdis.VcFake;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.FlowSpec.ServiceType;
import dev.condis.api.NdisStatus;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The service that a VC was promised, as the priority in its frames (RFC 2815). */
class PriorityTest {
    private static final String PDU = "a PDU that is longer than what would be padded, so that it is all there is";

    @TempDir
    Path folder;

    private final FakeNdis ndis = new FakeNdis();

    @BeforeEach
    void needsLibpcap() {
        Captures.requireLibpcap();
    }

    private static FlowSpec promised(final ServiceType service, final long latencyMicros) {
        final FlowSpec any = FlowSpec.bestEffort();
        return new FlowSpec(
                any.tokenRate(),
                any.tokenBucketSize(),
                any.peakBandwidth(),
                latencyMicros,
                any.delayVariation(),
                service,
                any.maxSduSize(),
                any.minimumPolicedSize());
    }

    private static CallParameters call(final String flow, final FlowSpec transmit) {
        return FakeNdis.call(flow)
                .withCallManager(new CallManagerParameters(transmit, FlowSpec.bestEffort(), Optional.empty()));
    }

    private PcapMiniport start(final Path out) {
        final PcapMiniport miniport = new PcapMiniport(
                PcapSettings.writing("p0", out), new PcapHost(() -> 42L, LinkStatus.IGNORED, LinkProbe.UNKNOWN));
        assertThat(miniport.initialize(ndis)).isEqualTo(NdisStatus.SUCCESS);
        miniport.restart();
        return miniport;
    }

    private static NetBufferList pdu() {
        return new NetBufferListPool("test", 1, 200)
                .allocate()
                .fill(Frames.raw().u16(0x0800).text(PDU).toBytes());
    }

    private static List<byte[]> framesIn(final Path file) throws CaptureException {
        final List<byte[]> frames = new ArrayList<>();
        final PcapFrameSource source = PcapFrameSource.openFile(file.toString(), PcapSettings.FileReading.DEFAULT);
        source.run((frame, wire, nanos) -> frames.add(frame));
        source.close();
        return frames;
    }

    private static Frames broadcast() {
        return Frames.raw().mac(dev.condis.api.media.MacAddress.BROADCAST).mac(PcapSettings.DEFAULT_LOCAL_ADDRESS);
    }

    private static byte[] end(final Frames frame) {
        return frame.u16(0x0800).text(PDU).toBytes();
    }

    @ParameterizedTest
    @CsvSource({
        "NOTRAFFIC, 4294967295, 0",
        "BESTEFFORT, 1, 0",
        "CONTROLLEDLOAD, 1, 4",
        "GUARANTEED, 4294967295, 5",
        "GUARANTEED, 10001, 5",
        "GUARANTEED, 10000, 6",
        "GUARANTEED, 0, 6",
    })
    void shouldFollowTheServiceAndItsDelay(final ServiceType service, final long latency, final int priority)
            throws CaptureException {
        final Path out = folder.resolve("out.pcap");
        final PcapMiniport miniport = start(out);
        final VcFake vc = VcFake.on(miniport);
        assertThat(vc.activate(call("svlan:200/vlan:7", promised(service, latency)))
                        .refusal())
                .isEmpty();
        vc.context().sendNetBufferLists(pdu(), NblFlags.NONE);
        miniport.halt(HaltAction.DEVICE_DISABLED);
        assertThat(framesIn(out))
                .singleElement()
                .isEqualTo(end(broadcast().svlan(priority << 13 | 200).vlan(priority << 13 | 7)));
    }

    @Test
    void shouldMarkEachLabel() throws CaptureException {
        final Path out = folder.resolve("out.pcap");
        final PcapMiniport miniport = start(out);
        final VcFake vc = VcFake.on(miniport);
        vc.activate(call("vlan:9/mpls:501/mpls:1048575", promised(ServiceType.GUARANTEED, 1000)));
        vc.context().sendNetBufferLists(pdu(), NblFlags.NONE);
        miniport.halt(HaltAction.DEVICE_DISABLED);
        assertThat(framesIn(out))
                .singleElement()
                .isEqualTo(end(broadcast()
                        .vlan(6 << 13 | 9)
                        .u16(0x8847)
                        .u16(501 >>> 4)
                        .u16((501 & 15) << 12 | 6 << 9 | 255)
                        .u16(0xffff)
                        .u16(15 << 12 | 6 << 9 | 0x100 | 255)));
    }

    /** A flow without tag and label has no place for it. */
    @Test
    void shouldAddNoTag() throws CaptureException {
        final Path out = folder.resolve("out.pcap");
        final PcapMiniport miniport = start(out);
        final VcFake vc = VcFake.on(miniport);
        vc.activate(call("type:0x88b6", promised(ServiceType.GUARANTEED, 1000)));
        vc.context().sendNetBufferLists(pdu(), NblFlags.NONE);
        miniport.halt(HaltAction.DEVICE_DISABLED);
        assertThat(framesIn(out)).singleElement().isEqualTo(end(broadcast().u16(0x88b6)));
    }

    @Test
    void r80AnotherServiceIsInForceForWhatIsSentLater() throws CaptureException {
        final Path out = folder.resolve("out.pcap");
        final PcapMiniport miniport = start(out);
        final VcFake vc = VcFake.on(miniport);
        vc.activate(call("vlan:7", FlowSpec.bestEffort()));
        vc.context().sendNetBufferLists(pdu(), NblFlags.NONE);
        assertThat(vc.activate(call("vlan:7", promised(ServiceType.CONTROLLEDLOAD, 0)))
                        .isSuccess())
                .isTrue();
        vc.context().sendNetBufferLists(pdu(), NblFlags.NONE);
        assertThat(vc.activate(call("atm:0/100", promised(ServiceType.GUARANTEED, 0)))
                        .status())
                .as("rule R81: what was in force stays")
                .isEqualTo(NdisStatus.INVALID_DATA);
        vc.context().sendNetBufferLists(pdu(), NblFlags.NONE);
        miniport.halt(HaltAction.DEVICE_DISABLED);
        assertThat(framesIn(out))
                .usingElementComparator(java.util.Arrays::compare)
                .containsExactly(
                        end(broadcast().vlan(7)),
                        end(broadcast().vlan(4 << 13 | 7)),
                        end(broadcast().vlan(4 << 13 | 7)));
    }

    @Test
    void r141r142AClientOfTheMcmChangesTheService_butNotTheFlow() throws IOException, CaptureException {
        final Path in = Files.write(folder.resolve("in.pcap"), Frames.pcap(1, List.of()));
        final Path out = folder.resolve("out.pcap");
        final PcapMcm mcm = new PcapMcm(
                PcapSettings.of("p0", in.toString(), PcapSettings.Mode.MCM)
                        .with(new PcapSettings.FileReading(2, 0, 1 << 20, 1000))
                        .withWriteFile(out),
                new PcapHost(() -> 42L, LinkStatus.IGNORED, LinkProbe.UNKNOWN));
        assertThat(mcm.initialize(ndis)).isEqualTo(NdisStatus.SUCCESS);
        mcm.restart();
        final McmVcFake vc = ndis.openAccepting().createVc();
        assertThat(change(vc, call("vlan:7", FlowSpec.bestEffort()))).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(vc.makeCall("vlan:7").isSuccess()).isTrue();
        vc.context().sendNetBufferLists(pdu(), NblFlags.NONE);
        final CallManagerParameters better = new CallManagerParameters(
                promised(ServiceType.GUARANTEED, 20_000), FlowSpec.bestEffort(), Optional.empty());
        assertThat(change(vc, CallParameters.of(better))).isEqualTo(NdisStatus.SUCCESS);
        assertThat(vc.callParameters().orElseThrow().callManager()).contains(better);
        vc.context().sendNetBufferLists(pdu(), NblFlags.NONE);
        assertThat(change(vc, call("vlan:8", FlowSpec.bestEffort()))).isEqualTo(NdisStatus.INVALID_DATA);
        vc.context().sendNetBufferLists(pdu(), NblFlags.NONE);
        mcm.halt(HaltAction.DEVICE_DISABLED);
        assertThat(framesIn(out))
                .usingElementComparator(java.util.Arrays::compare)
                .containsExactly(
                        end(broadcast().vlan(7)),
                        end(broadcast().vlan(5 << 13 | 7)),
                        end(broadcast().vlan(5 << 13 | 7)));
    }

    private static NdisStatus change(final McmVcFake vc, final CallParameters parameters) {
        return vc.context()
                .modifyCallQoS(parameters)
                .toCompletableFuture()
                .join()
                .status();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void shouldReceiveWhateverThePriority(final int priority) {
        final FlowTable table = new FlowTable();
        final FlowTable.Probe probe = table.new Probe();
        final FrameParser parser = new FrameParser(LinkType.ETHERNET);
        final List<String> found = new ArrayList<>();
        for (final String flow : List.of("svlan:200/vlan:7", "vlan:9/mpls:501/mpls:701")) {
            table.want(FlowKey.of(MediaFlow.parse(flow)), (frame, from, to, nanos) -> found.add(flow));
            final Encapsulation headers = Encapsulation.of(EthernetFlow.parse(flow), Frames.PEER, priority);
            final byte[] frame = new byte[200];
            final NetBufferList nbl = pdu();
            final int length = headers.write(nbl.data(), frame, frame.length);
            assertThat(parser.parse(frame, length, length)).isEqualTo(FrameProblem.NONE);
            probe.wanted(parser).receive(frame, probe.from(), probe.to(), 0);
            assertThat(probe.to() - probe.from()).isEqualTo(nbl.data().remaining());
        }
        assertThat(found).containsExactly("svlan:200/vlan:7", "vlan:9/mpls:501/mpls:701");
    }
}
