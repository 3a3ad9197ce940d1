// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.SimMiniport;
import dev.condis.adapter.sim.SimNicOptions;
import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.WallClockTime;
import dev.condis.api.AddressFamily;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.Medium;
import dev.condis.api.Sap;
import dev.condis.api.media.MacAddress;
import dev.condis.api.pppoe.PppoeParameters;
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
import java.security.SecureRandom;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The call manager keeps every rule that can be checked on it, above a simulated NIC, with the same one at the other end. */
@Timeout(300)
class PppoeConformanceTest {
    private static final MacAddress NEAR = new MacAddress(0x0200_0000_0001L);
    private static final MacAddress FAR = new MacAddress(0x0200_0000_0002L);

    @ParameterizedTest(name = "above a miniport that pends: {0}")
    @ValueSource(booleans = {false, true})
    void itKeepsEveryRule(final boolean pends) {
        final String name = pends ? "pppoe above a miniport that pends" : "pppoe";
        final Report report = new ConformanceKit(subject(name, pends), EngineHost::new, KitOptions.standard()).run();
        Reports.write(report);

        assertThat(report.isClean()).as(report.toText()).isTrue();
        assertThat(report.with(Outcome.PASSED))
                .extracting(Finding::rule)
                .contains(
                        "R20", "R41", "R42", "R50", "R59", "R77", "R84", "R85", "R90", "R104", "R105", "R119", "R121",
                        "R123", "R129", "R135", "R136", "R140", "R152", "R154", "R156", "R203", "R222", "S38");
    }

    private static Subject subject(final String name, final boolean pends) {
        final CallParameters good = PppoeParameters.service("internet").toCall();
        return Subject.builder(name, Kind.CALL_MANAGER, () -> specimen(pends))
                .medium(Medium.ETHERNET)
                .addressFamily(AddressFamily.PPPOE)
                .parameters(good, PppoeParameters.service("").at("far").toCall())
                .refused(
                        CallParameters.bestEffort(),
                        good.withCallManager(new CallManagerParameters(
                                FlowSpec.guaranteed(100_000, 1494),
                                FlowSpec.guaranteed(100_000, 1494),
                                Optional.of(PppoeParameters.service("internet").toSpecific()))))
                .sap(Sap.pppoe("called"))
                .refusedSap(Sap.e164("4930100"))
                .maxPdu(1494)
                .build();
    }

    private static Specimen specimen(final boolean pends) {
        final SimNetwork network = new SimNetwork(
                NetworkOptions.of("conformance", SimMedium.ETHERNET, 1), new WallClockTime("conformance"));
        final PppoeCallManager callManager =
                new PppoeCallManager(PppoeSettings.DEFAULT, LoopThread::new, new SecureRandom());
        return Specimen.of(callManager)
                .withAdapter(new SimMiniport(network, SimNicOptions.of(NEAR).withAsyncCompletions(pends)))
                .withRemote(new FarEnd(network, FAR, NEAR))
                .closing(() -> {
                    network.close();
                    network.time().close();
                });
    }
}
