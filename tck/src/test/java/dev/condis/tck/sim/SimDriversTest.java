// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.SimCallManager;
import dev.condis.adapter.sim.SimCallManagerOptions;
import dev.condis.adapter.sim.SimMcm;
import dev.condis.adapter.sim.SimMiniport;
import dev.condis.adapter.sim.SimNicOptions;
import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.adapter.sim.net.LinkProfile;
import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.PermanentCircuit;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.WallClockTime;
import dev.condis.api.AddressFamily;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.MediaParameters;
import dev.condis.api.Medium;
import dev.condis.api.Octets;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.Sap;
import dev.condis.api.media.AtmConnection;
import dev.condis.api.media.MacAddress;
import dev.condis.tck.ConformanceKit;
import dev.condis.tck.EngineHost;
import dev.condis.tck.Reports;
import dev.condis.tck.report.Report;
import dev.condis.tck.subject.Kind;
import dev.condis.tck.subject.KitOptions;
import dev.condis.tck.subject.Specimen;
import dev.condis.tck.subject.Subject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulated drivers keep every rule that can be checked on them. */
class SimDriversTest {
    private static final MacAddress NEAR = new MacAddress(0x0200_0000_0001L);
    private static final MacAddress FAR = new MacAddress(0x0200_0000_0002L);
    private static final AtmConnection FIRST = new AtmConnection(0, 100);
    private static final AtmConnection SECOND = new AtmConnection(0, 101);
    private static final Map<AtmConnection, AtmLabel> CIRCUITS =
            Map.of(FIRST, new AtmLabel(0, 200), SECOND, new AtmLabel(0, 201));
    private static final long LINK_BITS = 155_520_000;
    private static final int RATE = 100_000;
    private static final int MAX_SDU = 1500;
    private static final Sap NUMBER = Sap.e164("4930100");
    private static final Sap ALICE = Sap.e164("4930201");
    private static final Sap BOB = Sap.e164("4930202");

    static Stream<Subject> subjects() {
        return Stream.of(
                miniport("sim", false),
                miniport("sim that pends", true),
                calling("sim", Kind.MCM, false),
                calling("sim that pends", Kind.MCM, true),
                calling("sim", Kind.CALL_MANAGER, false),
                calling("sim that pends", Kind.CALL_MANAGER, true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("subjects")
    void theyKeepEveryRule(final Subject subject) {
        final Report report = new ConformanceKit(subject, EngineHost::new, KitOptions.standard()).run();
        Reports.write(report);
        assertThat(report.isClean()).as(report.toText()).isTrue();
    }

    private static SimNetwork network() {
        return new SimNetwork(NetworkOptions.of("conformance", SimMedium.ATM, 1), new WallClockTime("conformance"));
    }

    private static void close(final SimNetwork network) {
        network.close();
        network.time().close();
    }

    private static SimNicOptions nic(final boolean pends) {
        return SimNicOptions.of(NEAR)
                .withLink(LinkProfile.ideal().withRate(LINK_BITS))
                .withAsyncCompletions(pends);
    }

    // --- miniport

    private static Subject miniport(final String name, final boolean pends) {
        return Subject.builder(name, Kind.MINIPORT, () -> miniport(pends))
                .medium(Medium.ATM)
                .parameters(permanent(FIRST), permanent(SECOND))
                .change(permanent(FIRST, RATE))
                .refused(CallParameters.bestEffort(), permanent(new AtmConnection(0, 3)), permanent(FIRST, LINK_BITS))
                .roundable(roundable(permanent(FIRST, LINK_BITS)))
                .maxPdu(SimMedium.ATM.maxPdu())
                .build();
    }

    private static Specimen miniport(final boolean pends) {
        final SimNetwork network = network();
        CIRCUITS.forEach((here, there) -> network.addPermanentCircuit(
                new PermanentCircuit(NEAR, new AtmLabel(here.vpi(), here.vci()), FAR, there)));
        return Specimen.of(new SimMiniport(network, nic(pends)))
                .withRemote(new RawStation(network, FAR, NEAR, CIRCUITS))
                .closing(() -> close(network));
    }

    private static CallParameters permanent(final AtmConnection circuit) {
        return CallParameters.permanent(circuit.toMediaParameters());
    }

    private static CallParameters permanent(final AtmConnection circuit, final long octetsPerSecond) {
        final FlowSpec flow = FlowSpec.guaranteed(octetsPerSecond, MAX_SDU);
        return permanent(circuit).withCallManager(new CallManagerParameters(flow, flow, Optional.empty()));
    }

    private static CallParameters roundable(final CallParameters parameters) {
        return parameters.withMedia(new MediaParameters(
                Set.of(
                        MediaParameters.Flag.TRANSMIT_VC,
                        MediaParameters.Flag.RECEIVE_VC,
                        MediaParameters.Flag.ROUND_DOWN_FLOW),
                0,
                0,
                parameters.media().orElseThrow().specific()));
    }

    // --- MCM and call manager

    private static Subject calling(final String name, final Kind kind, final boolean pends) {
        return Subject.builder(name, kind, () -> kind == Kind.MCM ? mcm(pends) : callManager(pends))
                .medium(Medium.ATM)
                .addressFamily(AddressFamily.Q2931)
                .parameters(call(ALICE), call(BOB))
                .refused(CallParameters.bestEffort())
                .change(call(ALICE, RATE / 2))
                .refusedChange(call(ALICE, LINK_BITS))
                .partyParameters(Q2931Parameters.call(ALICE), Q2931Parameters.call(BOB))
                .sap(NUMBER)
                .refusedSap(new Sap(Sap.PVC, Octets.ofText("x")))
                .address(coAddress("4930103"))
                .build();
    }

    private static CallParameters call(final Sap called) {
        return call(called, RATE);
    }

    private static CallParameters call(final Sap called, final long octetsPerSecond) {
        final FlowSpec flow = FlowSpec.guaranteed(octetsPerSecond, MAX_SDU);
        return Q2931Parameters.call(called, flow, flow);
    }

    /** {@code CO_ADDRESS} with an {@code ATM_ADDRESS} of type E.164. */
    private static Octets coAddress(final String digits) {
        final int addressSize = 28;
        return Octets.of(ByteBuffer.allocate(Integer.BYTES + addressSize)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(addressSize)
                .putInt(1)
                .putInt(digits.length())
                .put(digits.getBytes(StandardCharsets.US_ASCII))
                .array());
    }

    private static FarStation farStation(final SimNetwork network) {
        final SimMcm mcm = new SimMcm(
                network,
                SimNicOptions.of(FAR).withLink(LinkProfile.ideal().withRate(LINK_BITS)),
                SimCallManagerOptions.defaults());
        return new FarStation(network, FAR, NEAR, mcm, List.of(ALICE, BOB));
    }

    private static Specimen mcm(final boolean pends) {
        final SimNetwork network = network();
        final FarStation far = farStation(network);
        return Specimen.of(new SimMcm(
                        network, nic(pends), SimCallManagerOptions.defaults().withReusedVcs(pends)))
                .withRemote(far)
                .closing(() -> close(far, network));
    }

    private static Specimen callManager(final boolean pends) {
        final SimNetwork network = network();
        final FarStation far = farStation(network);
        final SimCallManagerOptions options = SimCallManagerOptions.defaults().withActivationBeforeOffer(pends);
        return Specimen.of(new SimCallManager(network.time(), options))
                .withAdapter(new SimMiniport(network, nic(pends)))
                .withRemote(far)
                .closing(() -> close(far, network));
    }

    private static void close(final FarStation far, final SimNetwork network) {
        far.close();
        close(network);
    }
}
