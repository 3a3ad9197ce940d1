// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.client.ClientVc;
import dev.condis.api.miniport.MiniportDriver.AddressingReset;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.core.engine.TestStack.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The order of the last things that an adapter's drivers are called with, when other things happen in between (contract S36 to S40). */
class LastThingsTest {
    private static final String HALT = "HaltEx DEVICE_DISABLED";

    @Test
    void aRequesterThatAsksAgainWhenItsRequestIsAbortedIsNotHeardByAMiniportThatIsBeingHalted() {
        final TestStack stack = TestStack.integrated();
        stack.miniport.oidRequest.hold();
        final OidRequest query = OidRequest.query(Oid.GEN_CO_LINK_SPEED, 8);
        final List<OidResult> again = new ArrayList<>();
        stack.callManager.binding.oidRequest(query).thenAccept(aborted -> stack.callManager
                .binding
                .oidRequest(query)
                .thenAccept(again::add));

        assertThat(isPending(stack.miniportRegistration.unregister())).isFalse();

        assertThat(stack.calls).endsWith(HALT).containsOnlyOnce("MCoOidRequest");
        assertThat(again).hasSize(1);
        assertThat(again.get(0).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(again.get(0).refusal().orElseThrow().rule()).isEqualTo("R219");
        assertThat(stack.deadlines).isEmpty();
    }

    @Test
    void aHaltWaitsForTheSendsOfAVcThatWasRemovedBefore() {
        final TestStack stack = TestStack.standAlone();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        vc.sendNetBufferLists(stack.nbl(1), 0);
        stack.callManager.leavesEverything = true;
        stack.client.notifyCloseAf.answer(NdisStatus.NOT_ACCEPTED);
        stack.callManagerRegistration.orElseThrow().unregister();
        assertThat(stack.vcs()).isEmpty();

        final CompletionStage<Void> gone = stack.miniportRegistration.unregister();

        assertThat(stack.calls).doesNotContain("client UnbindAdapter", HALT);
        final NetBufferList sent = stack.miniport.sent.get(0);
        sent.setChainStatus(NdisStatus.SUCCESS);
        stack.wire().sendNetBufferListsComplete(sent, 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
        assertThat(stack.calls).endsWith("client UnbindAdapter", HALT);
        assertThat(isPending(gone)).isFalse();
        assertThat(stack.deadlines).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void aHaltWaitsForAVcThatIsBeingCreatedAndNobodyElseHearsOfIt(final Form form) {
        final TestStack stack = form.start();
        stack.client.leavesEverything = true;
        final List<CompletionStage<Void>> gone = new ArrayList<>();
        stack.miniport.createVc.whenCalled = () -> gone.add(stack.miniportRegistration.unregister());

        final NdisResult<ClientVc> created = stack.client.af.createVc(stack.client.vc);

        assertThat(created.status()).isEqualTo(NdisStatus.CLOSING);
        assertThat(stack.calls)
                .containsSubsequence("MCoCreateVc", "MCoDeleteVc", HALT)
                .doesNotContain("cm CoCreateVc", "cm CoDeleteVc");
        assertThat(gone).hasSize(1).allMatch(stage -> !isPending(stage));
    }

    @Test
    void aMiniportThatIsGoneIsNotToldWhatAResetHasLost() {
        final TestStack stack = TestStack.standAlone();
        stack.miniport.oidRequest.answer(OidResult.success());
        final OidRequest set = OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, Octets.of(new byte[] {1, 0, 0, 0}));
        assertThat(stack.client
                        .binding
                        .oidRequest(set)
                        .toCompletableFuture()
                        .getNow(null)
                        .isSuccess())
                .isTrue();
        stack.miniport.reset.hold();
        final CompletionStage<NdisResult<Void>> reset = stack.engine.reset("test0");
        stack.client.unbindAdapter.hold();
        final CompletionStage<Void> gone = stack.miniportRegistration.surpriseRemoved("unplugged");
        stack.calls.clear();

        stack.miniport.reset.release(NdisResult.success(AddressingReset.LOST));

        succeeds(reset);
        assertThat(stack.calls).doesNotContain("MCoOidRequest");
        stack.client.unbindAdapter.release(NdisStatus.SUCCESS);
        assertThat(isPending(gone)).isFalse();
        assertThat(stack.calls).endsWith("HaltEx SURPRISE_REMOVED");
    }

    @Test
    void aDriverThatGoesWhileItIsBeingBoundToABackendThatGoesTooIsUnboundBeforeItIsThrough() {
        final TestStack stack = Form.STAND_ALONE.prepare();
        stack.holdsPassiveTasks = true;
        stack.start();
        final List<CompletionStage<Void>> gone = new ArrayList<>();
        final List<Boolean> through = new ArrayList<>();
        stack.client.bindAdapter.whenCalled = () -> {
            stack.miniportRegistration.unregister();
            gone.add(stack.clientRegistration.unregister());
            through.add(!isPending(gone.get(0)));
        };

        stack.runPassiveTasks();

        assertThat(through).as("its binding has not ended").containsExactly(false);
        assertThat(stack.calls).containsSubsequence("client BindAdapter", "client UnbindAdapter", HALT);
        assertThat(gone).hasSize(1).allMatch(stage -> !isPending(stage));
    }
}
