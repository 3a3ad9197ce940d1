// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.done;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Sap;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientVc;
import dev.condis.core.engine.TestStack.Form;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Registering and deregistering SAPs: rules R50 to R59. */
class SapTest {
    private static final Sap SAP = Sap.e164("1");

    @ParameterizedTest
    @EnumSource(Form.class)
    void r50r54ARegistrationThatTheCallManagerRejectsLeavesNothing(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.registerSap.answer(NdisResult.failure(NdisStatus.INVALID_DATA));

        final NdisResult<ClientSap> rejected = done(stack.client.af.registerSap(SAP, stack.client));

        assertThat(rejected.status()).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(rejected.value()).isEmpty();
        final CmVc vc = stack.incomingVc().get();
        stack.refusesStage(
                NdisStatus.INVALID_SAP, "R129", () -> vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        succeeds(stack.client.af.close());
        assertThat(stack.calls).doesNotContain("CmDeregisterSap");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r54APendedRegistrationThatFailsLeavesNothing(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.registerSap.hold();
        final CompletionStage<NdisResult<ClientSap>> registering = stack.client.af.registerSap(SAP, stack.client);
        assertThat(isPending(registering)).isTrue();

        stack.callManager.registerSap.release(NdisResult.failure(NdisStatus.SAP_IN_USE));

        assertThat(done(registering).status()).isEqualTo(NdisStatus.SAP_IN_USE);
        succeeds(stack.client.af.close());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r51AClientRegistersAsManySapsAsItLikes(final Form form) {
        final TestStack stack = form.start();
        final ClientSap first =
                done(stack.client.af.registerSap(SAP, stack.client)).get();
        final CmSap firstOfCm = stack.callManager.sap;
        final ClientSap second =
                done(stack.client.af.registerSap(Sap.e164("2"), stack.client)).get();

        succeeds(second.deregister());

        assertThat(first.sap()).isEqualTo(SAP).isEqualTo(firstOfCm.sap());
        assertThat(firstOfCm.addressFamily()).isSameAs(stack.callManager.af);
        stack.incomingVc().get();
        succeeds(stack.callManager.vc.dispatchIncomingCall(firstOfCm, PARAMETERS));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r53CallsComeInWhileTheRegistrationIsPending(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.registerSap.hold();
        final CompletionStage<NdisResult<ClientSap>> registering = stack.client.af.registerSap(SAP, stack.client);
        stack.incomingVc().get();

        succeeds(stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));

        assertThat(isPending(registering)).isTrue();
        assertThat(stack.client.offered).containsExactly(stack.client.vc);
        assertThat(stack.client.vc.incoming.callState()).isEqualTo(CallState.ACCEPTED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r56r57TheHandleIsDeadOnceDeregisterWasCalled(final Form form) {
        final TestStack stack = form.start();
        final ClientSap sap = stack.client.register();
        final CmVc vc = stack.incomingVc().get();
        stack.callManager.deregisterSap.hold();

        final CompletionStage<NdisResult<Void>> deregistering = sap.deregister();

        assertThat(isPending(deregistering)).isTrue();
        stack.refusesStage(NdisStatus.FAILURE, "R57", sap::deregister);
        stack.refusesStage(
                NdisStatus.INVALID_SAP, "R129", () -> vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
        stack.refusesStage(NdisStatus.FAILURE, "R38", stack.client.af::close);

        stack.callManager.deregisterSap.release(NdisStatus.SUCCESS);
        succeeds(deregistering);
        stack.refusesStage(NdisStatus.FAILURE, "R56", sap::deregister);
        stack.refusesStage(
                NdisStatus.INVALID_SAP, "R129", () -> vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r57DeregisteringOnAFamilyThatClosesFails(final Form form) {
        final TestStack stack = form.start();
        final ClientSap sap = stack.client.register();
        succeeds(sap.deregister());
        stack.callManager.closeAf.hold();
        final CompletionStage<NdisResult<Void>> close = stack.client.af.close();

        stack.refusesStage(NdisStatus.FAILURE, "R57", sap::deregister);

        stack.callManager.closeAf.release(NdisStatus.SUCCESS);
        succeeds(close);
        stack.refusesStage(NdisStatus.FAILURE, "R39", sap::deregister);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r58ACallManagerCannotKeepASapAlive(final Form form) {
        final TestStack stack = form.start();
        final ClientSap sap = stack.client.register();
        stack.callManager.deregisterSap.answer(NdisStatus.RESOURCES);

        assertThat(done(sap.deregister()).status()).as("C20: passed on").isEqualTo(NdisStatus.RESOURCES);

        final CmVc vc = stack.incomingVc().get();
        stack.refusesStage(
                NdisStatus.INVALID_SAP, "R129", () -> vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
        stack.refusesStage(NdisStatus.FAILURE, "R56", sap::deregister);
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        succeeds(stack.client.af.close());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r59CallsReceivedOnASapOutliveIt(final Form form) {
        final TestStack stack = form.start();
        final ClientSap sap = stack.client.register();
        stack.incomingVc().get();
        stack.client.incomingCall.hold();
        final CompletionStage<?> offered = stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS);

        succeeds(sap.deregister());

        assertThat(isPending(offered)).isTrue();
        stack.client.incomingCall.release(NdisResult.success(PARAMETERS));
        succeeds(stack.callManager.vc.activateVc(PARAMETERS));
        succeeds(stack.callManager.vc.dispatchCallConnected());
        final ClientVc vc = stack.client.vc.incoming;
        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
        succeeds(vc.closeCall());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r9ARegistrationThatSucceedsWhenTheClientIsGoneIsTakenBack(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.registerSap.hold();
        final CompletionStage<NdisResult<ClientSap>> registering = stack.client.af.registerSap(SAP, stack.client);
        stack.client.leavesEverything = true;
        stack.clientRegistration.unregister();
        assertThat(done(registering).status()).isEqualTo(NdisStatus.CLOSING);
        assertThat(stack.calls).doesNotContain("CmDeregisterSap");

        stack.callManager.registerSap.release(NdisResult.success(stack.callManager.sapContext()));

        assertThat(stack.calls).endsWith("CmDeregisterSap");
    }
}
