// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.SimMiniport;
import dev.condis.adapter.sim.SimNicOptions;
import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.PermanentCircuit;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.WallClockTime;
import dev.condis.api.AddressFamily;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.Medium;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.SpecificParameters;
import dev.condis.api.media.AtmConnection;
import dev.condis.api.media.MacAddress;
import dev.condis.api.media.MediaFlow;
import dev.condis.tck.ConformanceKit;
import dev.condis.tck.EngineHost;
import dev.condis.tck.Reports;
import dev.condis.tck.report.Finding;
import dev.condis.tck.report.Report;
import dev.condis.tck.report.Verdict.Outcome;
import dev.condis.tck.sim.RawStation;
import dev.condis.tck.subject.Kind;
import dev.condis.tck.subject.KitOptions;
import dev.condis.tck.subject.Specimen;
import dev.condis.tck.subject.Subject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The call manager keeps every rule that can be checked on it, above a simulated NIC. */
@Timeout(300)
class PvcConformanceTest {
    private static final MacAddress NEAR = new MacAddress(0x0200_0000_0001L);
    private static final MacAddress FAR = new MacAddress(0x0200_0000_0002L);
    private static final int CIRCUITS = 16;
    private static final int FIRST_VCI = 100;
    private static final int OUTGOING = 2;
    private static final int RATE = 100_000;
    private static final int MAX_SDU = 1500;
    /** What the operator has configured from the beginning: one circuit by name, one by flow. */
    private static final List<String> CONFIGURED = List.of("first=atm:0/100", "second=atm:0/101");

    @ParameterizedTest(name = "above a miniport that pends: {0}")
    @ValueSource(booleans = {false, true})
    void itKeepsEveryRule(final boolean pends) {
        final String name = pends ? "pvc above a miniport that pends" : "pvc";
        final Report report = new ConformanceKit(subject(name, pends), EngineHost::new, KitOptions.standard()).run();
        Reports.write(report);

        assertThat(report.isClean()).as(report.toText()).isTrue();
        assertThat(report.with(Outcome.PASSED))
                .extracting(Finding::rule)
                .contains(
                        "R20", "R41", "R42", "R50", "R59", "R77", "R84", "R85", "R90", "R104", "R105", "R114", "R119",
                        "R121", "R123", "R129", "R135", "R136", "R137", "R140", "R154", "R156", "R203", "R222", "S38");
    }

    private static Subject subject(final String name, final boolean pends) {
        return Subject.builder(name, Kind.CALL_MANAGER, () -> specimen(pends))
                .medium(Medium.ATM)
                .addressFamily(AddressFamily.PVC)
                .parameters(named("first"), permanent(FIRST_VCI + 1))
                .refused(
                        CallParameters.bestEffort(),
                        CallParameters.of(new CallManagerParameters(
                                FlowSpec.guaranteed(RATE, MAX_SDU),
                                FlowSpec.guaranteed(RATE, MAX_SDU),
                                Optional.empty())))
                .sap(Sap.pvc("called*"))
                .refusedSap(Sap.e164("4930100"))
                .build();
    }

    private static CallParameters named(final String circuit) {
        return CallParameters.of(new CallManagerParameters(
                FlowSpec.bestEffort(),
                FlowSpec.bestEffort(),
                Optional.of(new SpecificParameters(Sap.PVC, Octets.ofText(circuit)))));
    }

    private static CallParameters permanent(final int vci) {
        return CallParameters.permanent(MediaFlow.parse("atm:0/" + vci).toMediaParameters());
    }

    private static Specimen specimen(final boolean pends) {
        final SimNetwork network =
                new SimNetwork(NetworkOptions.of("conformance", SimMedium.ATM, 1), new WallClockTime("conformance"));
        final Map<AtmConnection, AtmLabel> circuits = IntStream.range(FIRST_VCI, FIRST_VCI + CIRCUITS)
                .boxed()
                .collect(Collectors.toMap(vci -> new AtmConnection(0, vci), vci -> new AtmLabel(0, vci)));
        circuits.forEach((here, there) -> network.addPermanentCircuit(
                new PermanentCircuit(NEAR, new AtmLabel(here.vpi(), here.vci()), FAR, there)));
        final PvcCallManager callManager = new PvcCallManager(PvcSettings.parse(CONFIGURED, false));
        return Specimen.of(callManager)
                .withAdapter(new SimMiniport(network, SimNicOptions.of(NEAR).withAsyncCompletions(pends)))
                .withRemote(new Operator(
                        callManager, CONFIGURED, FIRST_VCI + OUTGOING, new RawStation(network, FAR, NEAR, circuits)))
                .closing(() -> {
                    network.close();
                    network.time().close();
                });
    }
}
