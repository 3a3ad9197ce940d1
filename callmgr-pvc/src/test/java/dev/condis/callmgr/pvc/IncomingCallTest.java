// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import static dev.condis.callmgr.pvc.FakeNdis.isPending;
import static dev.condis.callmgr.pvc.FakeNdis.now;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.media.EthernetFlow;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IncomingCallTest {
    private static final PvcSettings TWO =
            PvcSettings.parse(List.of("a=vlan:1;incoming", "b=vlan:2", "c=vlan:3;incoming"), false);

    private final FakeNdis ndis = new FakeNdis();
    private final PvcCallManager callManager = new PvcCallManager(TWO);
    private FakeNdis.Af af;

    @BeforeEach
    void bind() {
        callManager.bindAdapter(ndis);
        af = ndis.open("client");
        ndis.events.clear();
    }

    private static CallParameters on(final int vlan) {
        return CallParameters.permanent(
                MediaParameters.duplex(EthernetFlow.vlan(vlan).toSpecificParameters()));
    }

    @Test
    void sapIsOfferedEveryMatchingCircuitThatIsIncoming() {
        assertThat(af.register(Sap.pvc("*")).isSuccess()).isTrue();

        assertThat(ndis.events)
                .containsExactly(
                        "create in1",
                        "activate in1",
                        "offer in1 on pvc:*",
                        "connected in1",
                        "create in2",
                        "activate in2",
                        "offer in2 on pvc:*",
                        "connected in2");
        assertThat(ndis.vcs.get(0).inForce).isEqualTo(on(1));
        assertThat(ndis.vcs.get(1).inForce).isEqualTo(on(3));
    }

    @Test
    void theMostSpecificSapGetsTheCall() {
        ndis.pendActivation = true;
        callManager.configure(PvcSettings.parse(List.of(), false));
        ndis.open("wild").register(Sap.pvc("*"));
        ndis.open("flows").register(Sap.pvc("vlan:*"));
        af.register(Sap.pvc("a"));

        callManager.configure(TWO);
        ndis.vcs.forEach(vc -> vc.pendingActivation.run());

        assertThat(ndis.events).contains("offer in1 on pvc:a", "offer in2 on pvc:vlan:*");
    }

    @Test
    void sapOfAnotherClientOrKindIsRefused() {
        af.register(Sap.pvc("a"));

        final NdisResult<CmSapContext> taken = ndis.open("other").register(Sap.pvc("a"));
        final NdisResult<CmSapContext> wrong = af.register(Sap.e164("1"));
        final NdisResult<CmSapContext> malformed = af.register(Sap.pvc("vlan:x"));

        for (final NdisResult<CmSapContext> result : List.of(taken, wrong, malformed)) {
            assertThat(result.status()).isEqualTo(NdisStatus.INVALID_DATA);
            assertThat(result.refusal().orElseThrow().rule()).isEqualTo("R50");
        }
    }

    @Test
    void aDeregisteredSapIsFree() {
        final CmSapContext sap = af.register(Sap.pvc("b")).get();

        assertThat(now(sap.deregisterSap())).isEqualTo(NdisStatus.SUCCESS);
        assertThat(ndis.open("other").register(Sap.pvc("b")).isSuccess()).isTrue();
    }

    @Test
    void deregistrationLeavesCallsAlone() {
        final CmSapContext sap = af.register(Sap.pvc("a")).get();
        ndis.events.clear();

        now(sap.deregisterSap());
        assertThat(ndis.events).isEmpty();

        assertThat(now(ndis.vcs.get(0).closeCall())).isEqualTo(NdisStatus.SUCCESS);
        assertThat(ndis.events).containsExactly("deactivate in1");
        assertThat(now(af.context.closeAf())).isEqualTo(NdisStatus.SUCCESS);
        assertThat(ndis.events).containsExactly("deactivate in1", "delete in1");
    }

    @Test
    void circuitOfAnOutgoingCallIsNotOfferedUntilItIsFree() {
        final FakeNdis.Vc out = af.createVc();
        now(out.makeCall(on(1)));
        ndis.open("other").register(Sap.pvc("a"));
        assertThat(ndis.events).containsExactly("activate out1");

        now(out.closeCall());

        assertThat(ndis.events)
                .containsExactly(
                        "activate out1",
                        "deactivate out1",
                        "create in2",
                        "activate in2",
                        "offer in2 on pvc:a",
                        "connected in2");
    }

    @Test
    void incomingCallHoldsTheCircuit() {
        af.register(Sap.pvc("a"));

        final NdisResult<CallParameters> made = now(af.createVc().makeCall(on(1)));

        assertThat(made.status()).isEqualTo(NdisStatus.RESOURCE_CONFLICT);
        assertThat(made.refusal().orElseThrow().explanation()).contains("an incoming call of client");
    }

    @Test
    void rejectedCallIsDeactivatedDeletedAndNotOfferedAgain() {
        ndis.answer = NdisStatus.NOT_SUPPORTED;
        af.register(Sap.pvc("a"));

        assertThat(ndis.events)
                .containsExactly("create in1", "activate in1", "offer in1 on pvc:a", "deactivate in1", "delete in1");
        assertThat(now(af.createVc().makeCall(on(1))).isSuccess()).isTrue();
    }

    @Test
    void rejectionByOneClientGoesToTheNext() {
        ndis.pendAnswer = true;
        ndis.open("next").register(Sap.pvc("vlan:1"));
        af.register(Sap.pvc("a"));
        ndis.answer = NdisStatus.NOT_SUPPORTED;
        ndis.vcs.get(0).pendingAnswer.run();

        assertThat(ndis.events).contains("offer in1 on pvc:vlan:1", "delete in1", "offer in2 on pvc:a");
    }

    @Test
    void clientThatTakesNoVcIsLeftAlone() {
        ndis.clientCreate = NdisStatus.RESOURCES;

        assertThat(af.register(Sap.pvc("*")).isSuccess()).isTrue();

        assertThat(ndis.events).isEmpty();
        assertThat(now(af.createVc().makeCall(on(1))).isSuccess()).isTrue();
        assertThat(now(af.context.closeAf())).isEqualTo(NdisStatus.SUCCESS);
    }

    @Test
    void failedActivationDeletesTheVc() {
        ndis.activation = NdisStatus.RESOURCES;
        af.register(Sap.pvc("a"));

        assertThat(ndis.events).containsExactly("create in1", "activate in1", "delete in1");
        ndis.activation = NdisStatus.SUCCESS;
        assertThat(now(af.createVc().makeCall(on(1))).isSuccess()).isTrue();
    }

    @Test
    void pendedStepsGoOnWhenTheyComplete() {
        ndis.pendActivation = true;
        ndis.pendAnswer = true;
        af.register(Sap.pvc("a"));
        final FakeNdis.Vc vc = ndis.vcs.get(0);
        assertThat(ndis.events).containsExactly("create in1", "activate in1");

        vc.pendingActivation.run();
        assertThat(ndis.events).endsWith("offer in1 on pvc:a");
        vc.pendingAnswer.run();
        assertThat(ndis.events).endsWith("connected in1");
    }

    @Test
    void changedParametersCannotBeHad() {
        ndis.changeAnswer = true;
        af.register(Sap.pvc("a"));

        assertThat(ndis.events).endsWith("close in1 NOT_SUPPORTED").doesNotContain("connected in1");
        assertThat(now(ndis.vcs.get(0).closeCall())).isEqualTo(NdisStatus.SUCCESS);
    }

    @Test
    void callThatCannotBeConnectedIsClosed() {
        ndis.connected = NdisStatus.NOT_ACCEPTED;
        af.register(Sap.pvc("a"));

        assertThat(ndis.events).endsWith("close in1 NOT_ACCEPTED");
    }

    @Test
    void closedCallKeepsItsVcForTheNext() {
        final CmSapContext sap = af.register(Sap.pvc("a")).get();
        now(ndis.vcs.get(0).closeCall());
        assertThat(ndis.events).endsWith("deactivate in1");
        now(sap.deregisterSap());
        assertThat(ndis.events).endsWith("delete in1");
    }

    @Test
    void newRegistrationOffersTheCircuitAgainOnTheKeptVc() {
        final CmSapContext sap = af.register(Sap.pvc("a")).get();
        af.register(Sap.pvc("vlan:1"));
        now(ndis.vcs.get(0).closeCall());

        assertThat(ndis.events).endsWith("deactivate in1", "activate in1", "offer in1 on pvc:vlan:1", "connected in1");
        now(sap.deregisterSap());
        assertThat(ndis.events).endsWith("connected in1");
    }

    @Test
    void closeIsCompleteAfterDeactivation() {
        af.register(Sap.pvc("a"));
        ndis.pendDeactivation = true;
        final FakeNdis.Vc vc = ndis.vcs.get(0);

        final CompletionStage<NdisStatus> closed = vc.closeCall();
        assertThat(isPending(closed)).isTrue();
        assertThat(now(vc.context.closeCall(Octets.EMPTY))).isEqualTo(NdisStatus.NOT_ACCEPTED);

        vc.pendingDeactivation.run();
        assertThat(now(closed)).isEqualTo(NdisStatus.SUCCESS);
    }

    @Test
    void failedDeactivationLeavesTheCallConnected() {
        af.register(Sap.pvc("a"));
        ndis.deactivation = NdisStatus.FAILURE;
        final FakeNdis.Vc vc = ndis.vcs.get(0);

        assertThat(now(vc.closeCall())).isEqualTo(NdisStatus.FAILURE);
        ndis.deactivation = NdisStatus.SUCCESS;
        assertThat(now(vc.closeCall())).isEqualTo(NdisStatus.SUCCESS);
    }

    @Test
    void failedDeactivationAfterARejectionLeavesTheVcToTheCore() {
        ndis.answer = NdisStatus.NOT_SUPPORTED;
        ndis.deactivation = NdisStatus.FAILURE;
        af.register(Sap.pvc("a"));

        assertThat(ndis.events).endsWith("deactivate in1");
        assertThat(now(af.context.closeAf())).isEqualTo(NdisStatus.SUCCESS);
    }

    @Test
    void clientNeitherMakesCallsNorDeletesOnThisVc() {
        af.register(Sap.pvc("a"));
        final FakeNdis.Vc vc = ndis.vcs.get(0);

        assertThat(now(vc.context.makeCall(on(2))).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(vc.context.deleteVc()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(now(vc.context.closeCall(Octets.ofText("bye")))).isEqualTo(NdisStatus.INVALID_DATA);
    }

    @Test
    void removedCircuitClosesItsCallAndDeletesTheVc() {
        af.register(Sap.pvc("*"));
        ndis.pendDeactivation = true;
        ndis.events.clear();

        callManager.configure(PvcSettings.parse(List.of("c=vlan:3;incoming"), false));

        assertThat(ndis.events).containsExactly("close in1 VC_NOT_AVAILABLE");
        final FakeNdis.Vc vc = ndis.vcs.get(0);
        final CompletionStage<NdisStatus> closed = vc.closeCall();
        vc.pendingDeactivation.run();
        assertThat(now(closed)).isEqualTo(NdisStatus.SUCCESS);
        assertThat(ndis.events).endsWith("deactivate in1", "delete in1");
    }

    @Test
    void circuitRemovedWhileActivatingIsGivenUp() {
        ndis.pendActivation = true;
        af.register(Sap.pvc("a"));

        callManager.configure(PvcSettings.parse(List.of(), false));
        assertThat(ndis.events).containsExactly("create in1", "activate in1");
        ndis.vcs.get(0).pendingActivation.run();

        assertThat(ndis.events).containsExactly("create in1", "activate in1", "deactivate in1", "delete in1");
    }

    @Test
    void circuitRemovedWhileTheClientRejectsIsGivenUpOnce() {
        ndis.pendAnswer = true;
        af.register(Sap.pvc("a"));
        final FakeNdis.Vc vc = ndis.vcs.get(0);
        vc.call = CallState.IDLE;

        callManager.configure(PvcSettings.parse(List.of(), false));
        ndis.answer = NdisStatus.NOT_SUPPORTED;
        vc.pendingAnswer.run();

        assertThat(ndis.events)
                .endsWith("offer in1 on pvc:a", "no call to close in1", "deactivate in1", "delete in1")
                .containsOnlyOnce("deactivate in1");
    }

    @Test
    void removedCircuitDeletesTheKeptVc() {
        af.register(Sap.pvc("a"));
        now(ndis.vcs.get(0).closeCall());

        callManager.configure(PvcSettings.parse(List.of(), false));

        assertThat(ndis.events).endsWith("deactivate in1", "delete in1");
    }

    @Test
    void addedCircuitIsOffered() {
        af.register(Sap.pvc("*"));
        ndis.events.clear();

        callManager.configure(
                PvcSettings.parse(List.of("a=vlan:1;incoming", "b=vlan:2;incoming", "c=vlan:3;incoming"), false));

        assertThat(ndis.events).containsExactly("create in3", "activate in3", "offer in3 on pvc:*", "connected in3");
    }

    @Test
    void closeOfTheAddressFamilyDeletesKeptVcsFirst() {
        af.register(Sap.pvc("a"));
        now(ndis.vcs.get(0).closeCall());

        assertThat(now(af.context.closeAf())).isEqualTo(NdisStatus.SUCCESS);
        assertThat(ndis.events).endsWith("delete in1");
    }

    @Test
    void closeOfTheAddressFamilyWaitsForCallsThatAreLeft() {
        ndis.pendActivation = true;
        af.register(Sap.pvc("*"));
        ndis.vcs.get(0).pendingActivation.run();
        ndis.events.clear();

        final CompletionStage<NdisStatus> closed = af.context.closeAf();
        assertThat(isPending(closed)).isTrue();
        assertThat(ndis.events).containsExactly("close in1 SUCCESS");
        ndis.pendDeactivation = true;
        final CompletionStage<NdisStatus> call = ndis.vcs.get(0).closeCall();
        ndis.vcs.get(0).pendingDeactivation.run();
        assertThat(now(call)).isEqualTo(NdisStatus.SUCCESS);
        assertThat(isPending(closed)).isTrue();

        ndis.pendDeactivation = false;
        ndis.vcs.get(1).pendingActivation.run();
        assertThat(now(closed)).isEqualTo(NdisStatus.SUCCESS);
        assertThat(ndis.events).contains("delete in1", "delete in2").doesNotContain("offer in2 on pvc:*");
    }

    @Test
    void closeOfTheAddressFamilyDoesNotHangOnAClientThatRefusesTheDelete() {
        af.register(Sap.pvc("a"));
        now(ndis.vcs.get(0).closeCall());
        ndis.deletion = NdisStatus.NOT_ACCEPTED;

        assertThat(now(af.context.closeAf())).isEqualTo(NdisStatus.SUCCESS);
    }

    @Test
    void unboundAdapterIsOfferedNothing() {
        now(callManager.unbindAdapter(ndis));
        ndis.events.clear();

        af.register(Sap.pvc("*"));

        assertThat(ndis.events).isEmpty();
    }
}
