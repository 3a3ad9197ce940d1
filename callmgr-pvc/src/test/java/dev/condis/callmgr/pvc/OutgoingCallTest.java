// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import static dev.condis.callmgr.pvc.FakeNdis.isPending;
import static dev.condis.callmgr.pvc.FakeNdis.now;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.CallParameters.Flag;
import dev.condis.api.FlowSpec;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.Refusal;
import dev.condis.api.Sap;
import dev.condis.api.SpecificParameters;
import dev.condis.api.VcState;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.MediaFlow;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutgoingCallTest {
    private static final String NSAP = "47000580ffde00000000000000000000000a0100";

    private final FakeNdis ndis = new FakeNdis();
    private final PvcCallManager callManager =
            new PvcCallManager(PvcSettings.parse(List.of("lan=vlan:100", "fast=vlan:7;rate=1000"), false));
    private FakeNdis.Af af;

    @BeforeEach
    void bind() {
        assertThat(callManager.bindAdapter(ndis)).isEqualTo(NdisStatus.SUCCESS);
        af = ndis.open("client");
    }

    private static CallParameters onFlow(final String flow) {
        return CallParameters.permanent(
                MediaParameters.duplex(MediaFlow.parse(flow).toSpecificParameters()));
    }

    private static CallParameters onName(final String name) {
        return CallParameters.of(new CallManagerParameters(
                FlowSpec.bestEffort(),
                FlowSpec.bestEffort(),
                Optional.of(new SpecificParameters(Sap.PVC, Octets.ofText(name)))));
    }

    private static String rule(final NdisResult<?> result) {
        return result.refusal().map(Refusal::toString).orElse("no refusal");
    }

    @Test
    void mediaParametersNameTheCircuit() {
        final FakeNdis.Vc vc = af.createVc();

        final NdisResult<CallParameters> made = now(vc.makeCall(onFlow("vlan:100")));

        assertThat(made.get()).isEqualTo(onFlow("vlan:100"));
        assertThat(vc.state).isEqualTo(VcState.ACTIVE);
        assertThat(vc.inForce.media()).isEqualTo(onFlow("vlan:100").media());
    }

    @Test
    void nameFindsTheCircuitAndFillsTheMediaParametersIn() {
        final FakeNdis.Vc vc = af.createVc();

        final CallParameters made = now(vc.makeCall(onName("lan"))).get();

        assertThat(made.flags()).containsExactlyInAnyOrder(Flag.PERMANENT_VC, Flag.CALL_PARAMETERS_CHANGED);
        assertThat(made.media().flatMap(MediaParameters::specific))
                .contains(EthernetFlow.vlan(100).toSpecificParameters());
        assertThat(made.callManager()).isEqualTo(onName("lan").callManager());
    }

    @Test
    void ratesOfTheCircuitAreInForceAndReported() {
        final CallParameters made =
                now(af.createVc().makeCall(onFlow("vlan:7"))).get();

        assertThat(made.has(Flag.CALL_PARAMETERS_CHANGED)).isTrue();
        assertThat(made.callManager().map(CallManagerParameters::transmit))
                .contains(FlowSpec.guaranteed(1000, FlowSpec.UNSPECIFIED));
    }

    @Test
    void moreThanTheCircuitHasIsRefused() {
        final CallParameters greedy = onFlow("vlan:7")
                .withCallManager(new CallManagerParameters(
                        FlowSpec.guaranteed(1001, 100), FlowSpec.bestEffort(), Optional.empty()));

        final NdisResult<CallParameters> made = now(af.createVc().makeCall(greedy));

        assertThat(made.status()).isEqualTo(NdisStatus.INCOMPATIBLE_QOS);
        assertThat(rule(made)).contains("not negotiable").contains("'fast'");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAddressFindsTheCircuitThatLeadsThere(final boolean permanent) {
        callManager.configure(PvcSettings.parse(
                List.of("other=vlan:1;sap=e164:47", "office=vlan:2;sap=e164:4711", "far=vlan:3;sap=nsap:" + NSAP),
                false));
        final CallParameters office = Q2931Parameters.call(Sap.e164("4711"));
        final CallParameters far =
                Q2931Parameters.call(new Sap(Sap.NSAP, Octets.of(HexFormat.of().parseHex(NSAP))));

        final CallParameters made = now(af.createVc().makeCall(permanent ? office.with(Flag.PERMANENT_VC) : office))
                .get();
        final CallParameters there = now(af.createVc().makeCall(far)).get();

        assertThat(made.flags()).containsExactlyInAnyOrder(Flag.PERMANENT_VC, Flag.CALL_PARAMETERS_CHANGED);
        assertThat(made.media().flatMap(MediaParameters::specific))
                .contains(EthernetFlow.vlan(2).toSpecificParameters());
        assertThat(there.media().flatMap(MediaParameters::specific))
                .contains(EthernetFlow.vlan(3).toSpecificParameters());
        final NdisResult<CallParameters> nowhere = now(af.createVc().makeCall(Q2931Parameters.call(Sap.e164("471"))));
        assertThat(nowhere.status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(rule(nowhere)).contains("S33").contains("e164:471");
    }

    @Test
    void unknownCircuitIsAFailure() {
        final NdisResult<CallParameters> byName = now(af.createVc().makeCall(onName("wan")));
        final NdisResult<CallParameters> byFlow = now(af.createVc().makeCall(onFlow("vlan:5")));

        assertThat(byName.status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(rule(byName)).contains("S33").contains("pvc:wan");
        assertThat(byFlow.status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(rule(byFlow)).contains("vlan:5").contains("not open");
        assertThat(ndis.events).containsExactly("register af 0xc0d0001 v1.0");
    }

    @Test
    void openCallManagerTakesAnyFlow() {
        callManager.configure(PvcSettings.parse(List.of(), true));

        final FakeNdis.Vc vc = af.createVc();
        assertThat(now(vc.makeCall(onFlow("vlan:5"))).isSuccess()).isTrue();
        assertThat(now(af.createVc().makeCall(onFlow("vlan:5"))).status()).isEqualTo(NdisStatus.RESOURCE_CONFLICT);
    }

    @Test
    void parametersThatNameNothingAreNotSupported() {
        final CallParameters badFlow = CallParameters.permanent(
                MediaParameters.duplex(new SpecificParameters(EthernetFlow.PARAM_TYPE, Octets.ofText("vlan:x"))));
        final CallParameters otherType =
                CallParameters.permanent(MediaParameters.duplex(new SpecificParameters(77, Octets.EMPTY)));
        final CallParameters noFlow = CallParameters.permanent(new MediaParameters(Set.of(), 0, 0, Optional.empty()));

        for (final CallParameters asked : List.of(
                CallParameters.bestEffort(),
                badFlow,
                otherType,
                noFlow,
                onFlow("vlan:100").with(Flag.MULTIPOINT_VC))) {
            final NdisResult<CallParameters> made = now(af.createVc().makeCall(asked));
            assertThat(made.status()).isEqualTo(NdisStatus.NOT_SUPPORTED);
            assertThat(rule(made)).startsWith("R119");
        }
    }

    @Test
    void circuitHasOneCallAtATime() {
        final FakeNdis.Vc first = af.createVc();
        final FakeNdis.Vc second = ndis.open("other").createVc();
        now(first.makeCall(onFlow("vlan:100")));

        final NdisResult<CallParameters> conflict = now(second.makeCall(onName("lan")));

        assertThat(conflict.status()).isEqualTo(NdisStatus.RESOURCE_CONFLICT);
        assertThat(rule(conflict)).contains("'lan'").contains("out1 of client");
        assertThat(now(first.closeCall())).isEqualTo(NdisStatus.SUCCESS);
        assertThat(now(second.makeCall(onName("lan"))).isSuccess()).isTrue();
    }

    @Test
    void twoAdaptersHaveTheirOwnCircuits() {
        final FakeNdis other = new FakeNdis();
        callManager.bindAdapter(other);

        assertThat(now(af.createVc().makeCall(onName("lan"))).isSuccess()).isTrue();
        assertThat(now(other.open("client").createVc().makeCall(onName("lan"))).isSuccess())
                .isTrue();
    }

    @Test
    void vcHasOneCallAtATime() {
        final FakeNdis.Vc vc = af.createVc();
        now(vc.makeCall(onFlow("vlan:100")));

        final NdisResult<CallParameters> second = now(vc.context.makeCall(onFlow("vlan:7")));

        assertThat(second.status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(rule(second)).startsWith("R75");
    }

    @Test
    void pendedActivationHoldsTheCall() {
        ndis.pendActivation = true;
        final FakeNdis.Vc vc = af.createVc();

        final CompletionStage<NdisResult<CallParameters>> made = vc.makeCall(onFlow("vlan:100"));
        assertThat(isPending(made)).isTrue();
        assertThat(now(vc.context.closeCall(Octets.EMPTY))).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(vc.context.deleteVc()).isEqualTo(NdisStatus.NOT_ACCEPTED);

        vc.pendingActivation.run();
        assertThat(now(made).isSuccess()).isTrue();
    }

    @Test
    void refusedActivationIsPassedOnAndFreesTheCircuit() {
        ndis.pendActivation = true;
        ndis.activation = NdisStatus.INVALID_DATA;
        final FakeNdis.Vc vc = af.createVc();
        final CompletionStage<NdisResult<CallParameters>> made = vc.makeCall(onFlow("vlan:100"));

        vc.pendingActivation.run();

        assertThat(now(made).status()).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(vc.context.deleteVc()).isEqualTo(NdisStatus.SUCCESS);
        ndis.pendActivation = false;
        ndis.activation = NdisStatus.SUCCESS;
        assertThat(now(vc.makeCall(onFlow("vlan:100"))).isSuccess()).isTrue();
    }

    @Test
    void closeIsCompleteAfterDeactivation() {
        final FakeNdis.Vc vc = af.createVc();
        now(vc.makeCall(onFlow("vlan:100")));
        ndis.pendDeactivation = true;

        final CompletionStage<NdisStatus> closed = vc.closeCall();

        assertThat(isPending(closed)).isTrue();
        assertThat(now(vc.context.closeCall(Octets.EMPTY))).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(now(af.createVc().makeCall(onFlow("vlan:100"))).status()).isEqualTo(NdisStatus.RESOURCE_CONFLICT);
        vc.pendingDeactivation.run();
        assertThat(now(closed)).isEqualTo(NdisStatus.SUCCESS);
        assertThat(vc.context.deleteVc()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(now(af.createVc().makeCall(onFlow("vlan:100"))).isSuccess()).isTrue();
    }

    @Test
    void failedDeactivationLeavesTheCallConnected() {
        final FakeNdis.Vc vc = af.createVc();
        now(vc.makeCall(onFlow("vlan:100")));
        ndis.deactivation = NdisStatus.FAILURE;

        assertThat(now(vc.closeCall())).isEqualTo(NdisStatus.FAILURE);
        assertThat(vc.context.deleteVc()).isEqualTo(NdisStatus.NOT_ACCEPTED);

        ndis.deactivation = NdisStatus.SUCCESS;
        assertThat(now(vc.closeCall())).isEqualTo(NdisStatus.SUCCESS);
    }

    @Test
    void vcThatTheCoreDeactivatedCountsAsClosed() {
        final FakeNdis.Vc vc = af.createVc();
        now(vc.makeCall(onFlow("vlan:100")));
        vc.state = VcState.INACTIVE;

        assertThat(now(vc.closeCall())).isEqualTo(NdisStatus.SUCCESS);
        assertThat(now(af.createVc().makeCall(onFlow("vlan:100"))).isSuccess()).isTrue();
    }

    @Test
    void closeDataCannotBeCarried() {
        final FakeNdis.Vc vc = af.createVc();
        now(vc.makeCall(onFlow("vlan:100")));

        assertThat(now(vc.context.closeCall(Octets.ofText("bye")))).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(vc.state).isEqualTo(VcState.ACTIVE);
        assertThat(now(vc.closeCall())).isEqualTo(NdisStatus.SUCCESS);
    }

    @Test
    void removedCircuitClosesItsCall() {
        final FakeNdis.Vc vc = af.createVc();
        now(vc.makeCall(onFlow("vlan:100")));
        final FakeNdis.Vc untouched = af.createVc();
        now(untouched.makeCall(onFlow("vlan:7")));

        callManager.configure(PvcSettings.parse(List.of("fast=vlan:7;rate=1000", "new=vlan:8"), false));

        assertThat(ndis.events).contains("close out1 VC_NOT_AVAILABLE").doesNotContain("close out2 VC_NOT_AVAILABLE");
        assertThat(now(vc.closeCall())).isEqualTo(NdisStatus.SUCCESS);
        assertThat(now(vc.makeCall(onFlow("vlan:100"))).status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(now(vc.makeCall(onName("new"))).isSuccess()).isTrue();
    }

    @Test
    void circuitRemovedWhileTheCallIsMadeFailsIt() {
        ndis.pendActivation = true;
        final FakeNdis.Vc vc = af.createVc();
        final CompletionStage<NdisResult<CallParameters>> made = vc.makeCall(onFlow("vlan:100"));

        callManager.configure(PvcSettings.parse(List.of(), false));
        assertThat(isPending(made)).isTrue();
        vc.pendingActivation.run();

        assertThat(now(made).status()).isEqualTo(NdisStatus.VC_NOT_AVAILABLE);
        assertThat(vc.state).isEqualTo(VcState.INACTIVE);
        assertThat(vc.context.deleteVc()).isEqualTo(NdisStatus.SUCCESS);
    }

    @Test
    void familyThatIsTakenDeclinesTheAdapter() {
        final FakeNdis taken = new FakeNdis();
        taken.registration = NdisStatus.FAILURE;

        assertThat(callManager.bindAdapter(taken)).isEqualTo(NdisStatus.FAILURE);
    }

    @Test
    void unbindClosesEverything() {
        assertThat(now(callManager.unbindAdapter(ndis))).isEqualTo(NdisStatus.SUCCESS);
        assertThat(ndis.events).endsWith("closeAll");
    }
}
