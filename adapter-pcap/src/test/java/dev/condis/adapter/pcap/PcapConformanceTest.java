// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.Medium;
import dev.condis.api.Sap;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.tck.ConformanceKit;
import dev.condis.tck.EngineHost;
import dev.condis.tck.Reports;
import dev.condis.tck.report.Finding;
import dev.condis.tck.report.Report;
import dev.condis.tck.report.Verdict.Outcome;
import dev.condis.tck.subject.Kind;
import dev.condis.tck.subject.KitOptions;
import dev.condis.tck.subject.Specimen;
import dev.condis.tck.subject.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The adapter keeps every rule that can be checked on it: on a file, and on a real interface with somebody at the other end. */
@Timeout(300)
class PcapConformanceTest {
    private static final String FIRST = "vlan:5";
    private static final String SECOND = "vlan:6";
    private static final String REFUSED = "atm:0/100";
    private static final int FRAMES = 2000;
    /** The MTU of the veth pair, and the EtherType that is part of a PDU here. */
    private static final int LONGEST = 1502;

    @TempDir
    Path folder;

    @BeforeEach
    void needsLibpcap() {
        Captures.requireLibpcap();
    }

    private static CallParameters permanent(final String flow) {
        return CallParameters.permanent(MediaFlow.parse(flow).toMediaParameters());
    }

    private static CallManagerParameters promised(final long maxSduSize) {
        final FlowSpec flow = FlowSpec.guaranteed(100_000, maxSduSize);
        return new CallManagerParameters(flow, flow, Optional.empty());
    }

    private static Subject.Builder described(final Subject.Builder subject) {
        return subject.medium(Medium.ETHERNET).parameters(permanent(FIRST), permanent(SECOND));
    }

    private static List<String> passed(final Subject subject) {
        final Report report = new ConformanceKit(subject, EngineHost::new, KitOptions.standard()).run();
        Reports.write(report);
        assertThat(report.isClean()).as(report.toText()).isTrue();
        return report.with(Outcome.PASSED).stream().map(Finding::rule).toList();
    }

    // --- a capture file is read, and another one written

    private PcapSettings files(final PcapSettings.Mode mode) throws IOException {
        final List<byte[]> frames = IntStream.range(0, FRAMES)
                .mapToObj(i -> Frames.ethernet()
                        .vlan(i % 2 == 0 ? 5 : 6)
                        .u16(0x0800)
                        .text("pdu " + i)
                        .toBytes())
                .toList();
        final Path in = Files.write(folder.resolve("in.pcap"), Frames.pcap(1, frames));
        return PcapSettings.of("file", in.toString(), mode)
                .with(new PcapSettings.FileReading(1, 0, 1 << 20, 1000))
                .withWriteFile(folder.resolve("out.pcap"));
    }

    private static long epochNanos() {
        return ChronoUnit.NANOS.between(Instant.EPOCH, Clock.systemUTC().instant());
    }

    private static PcapHost host(final LinkProbe probe) {
        return new PcapHost(PcapConformanceTest::epochNanos, LinkStatus.IGNORED, probe);
    }

    @Test
    void aMiniportOnACaptureFile() throws IOException {
        final PcapSettings settings = files(PcapSettings.Mode.MINIPORT);
        assertThat(passed(described(Subject.builder(
                                "pcap on a file",
                                Kind.MINIPORT,
                                () -> Specimen.of(new PcapMiniport(settings, host(LinkProbe.UNKNOWN)))))
                        .refused(CallParameters.bestEffort(), permanent(REFUSED))
                        .build()))
                .contains("R19", "R79", "R80", "R93", "R97", "R178", "R179", "R180", "R196", "S38");
    }

    @Test
    void anMcmOnACaptureFile() throws IOException {
        final PcapSettings settings = files(PcapSettings.Mode.MCM);
        assertThat(passed(calling(Subject.builder(
                                "pcap on a file",
                                Kind.MCM,
                                () -> Specimen.of(new PcapMcm(settings, host(LinkProbe.UNKNOWN)))))
                        .build()))
                .contains("R19", "R21", "R42", "R50", "R90", "R121", "R141", "R142", "R154", "R178", "S38");
    }

    private static Subject.Builder calling(final Subject.Builder subject) {
        return described(subject)
                .addressFamily(AddressFamily.PVC)
                .refused(CallParameters.bestEffort(), permanent(REFUSED))
                .change(permanent(FIRST).withCallManager(promised(LONGEST)))
                .refusedChange(permanent(FIRST).withCallManager(promised(1 << 20)))
                // a host sends frames of its own on any interface, but none of these
                .sap(Sap.pvc("vlan:*"))
                .refusedSap(Sap.e164("4930100"));
    }

    // --- an interface

    private static PcapSettings live(final PcapSettings.Mode mode) {
        final PcapSettings.Live usual = PcapSettings.Live.DEFAULT;
        return PcapSettings.of("left", "left", mode)
                .with(new PcapSettings.Live(
                        usual.profile(),
                        usual.snaplen(),
                        1 << 20,
                        usual.timeoutMillis(),
                        usual.promiscuous(),
                        usual.direction(),
                        usual.filter(),
                        usual.precision()));
    }

    @Test
    void aMiniportOnAnInterface() {
        try (NetworkNamespace namespace = NetworkNamespace.create()) {
            namespace.ip("address", "add", "192.0.2.1/24", "dev", "left");
            assertThat(passed(described(Subject.builder(
                                    "pcap on an interface",
                                    Kind.MINIPORT,
                                    () -> RightEnd.opposite(namespace, miniport(namespace), FIRST, SECOND)))
                            .refused(CallParameters.bestEffort(), permanent(REFUSED))
                            .maxPdu(LONGEST)
                            .build()))
                    .contains("R94", "R95", "R96", "R181", "R187", "R212", "R218", "R220", "R221", "S38");
        }
    }

    private static Specimen miniport(final NetworkNamespace namespace) {
        return Specimen.of(namespace.inside(
                CoMiniport.class, new PcapMiniport(live(PcapSettings.Mode.MINIPORT), host(new SystemLinkProbe()))));
    }

    /** Calls come in on flows that were not seen before. */
    @Test
    void anMcmOnAnInterface() {
        try (NetworkNamespace namespace = NetworkNamespace.create()) {
            namespace.ip("address", "add", "192.0.2.1/24", "dev", "left");
            assertThat(passed(calling(Subject.builder(
                                    "pcap on an interface",
                                    Kind.MCM,
                                    () -> RightEnd.opposite(namespace, mcm(namespace), FIRST, SECOND)))
                            .maxPdu(LONGEST)
                            .build()))
                    .contains(
                            "R59", "R87", "R94", "R95", "R96", "R114", "R129", "R135", "R136", "R141", "R142", "R156",
                            "R218", "R220", "S38");
        }
    }

    private static Specimen mcm(final NetworkNamespace namespace) {
        return Specimen.of(namespace.inside(
                MiniportCallManager.class, new PcapMcm(live(PcapSettings.Mode.MCM), host(new SystemLinkProbe()))));
    }
}
