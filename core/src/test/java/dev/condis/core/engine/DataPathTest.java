// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientVc;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.miniport.VcIndications;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListQueue;
import dev.condis.core.engine.TestStack.Form;
import dev.condis.core.engine.TestStack.TestClientVc;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sends, completions, indications and returns: rules R176 to R190. */
class DataPathTest {
    /** A connected VC with a context and a wire of its own. */
    private record Line(ClientVc vc, TestClientVc context, VcIndications wire) {}

    private static Line line(final TestStack stack, final TestStack.TestClient client) {
        final TestClientVc context = stack.new TestClientVc();
        final ClientVc vc = client.af.createVc(context).get();
        succeeds(vc.makeCall(PARAMETERS));
        return new Line(vc, context, stack.wire());
    }

    private static void nothingIsOnItsWay(final TestStack stack) {
        for (final VcSnapshot vc : stack.vcs()) {
            assertThat(vc.sendsCompleted()).as("%s", vc).isEqualTo(vc.sendsAccepted());
            assertThat(vc.receivesReturned()).as("%s", vc).isEqualTo(vc.receivesIndicated());
        }
        assertThat(stack.pool.outstanding()).isZero();
    }

    // --- sends

    @ParameterizedTest
    @EnumSource(Form.class)
    void r176EveryNblOfAChainNamesItsVc(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        stack.client.vc.returnsAtOnce = false;

        vc.sendNetBufferLists(stack.chain(3), 0);
        stack.wire().indicateReceiveNetBufferLists(stack.chain(3), 0);

        assertThat(namedOnTheWay(stack.miniport.sent.get(0), vc)).isEqualTo(3);
        assertThat(namedOnTheWay(stack.client.vc.received.get(0), vc)).isEqualTo(3);
    }

    private static int namedOnTheWay(final NetBufferList chain, final ClientVc vc) {
        int named = 0;
        NetBufferList nbl = chain;
        while (nbl != null) {
            final NetBufferList rest = nbl.detach();
            assertThat(nbl.sourceHandle()).containsSame(vc.handle());
            named++;
            nbl = rest;
        }
        return named;
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r177SendsReachTheMiniportInTheirOrder(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        final List<NetBufferList> submitted = new ArrayList<>();

        for (int i = 1; i <= 10; i++) {
            final NetBufferList nbl = stack.nbl(i);
            submitted.add(nbl);
            vc.sendNetBufferLists(nbl, NblFlags.NONE);
        }

        assertThat(stack.miniport.sent).isEqualTo(submitted);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r177r179r180CompletionsComeInAnyOrderAndGrouping(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        stack.client.vc.freesCompleted = false;
        final NetBufferList chain = stack.chain(3);
        final NetBufferList single = stack.nbl(1);
        vc.sendNetBufferLists(chain, 0);
        vc.sendNetBufferLists(single, 0);

        final NetBufferList rest = chain.detach();
        final NetBufferListQueue regrouped = new NetBufferListQueue();
        regrouped.add(single);
        regrouped.add(chain);
        stack.wire().sendNetBufferListsComplete(regrouped.takeAll(), 0);
        stack.wire().sendNetBufferListsComplete(rest, 0);

        assertThat(stack.client.vc.completed).containsExactly(single, rest);
        assertThat(single.chainLength()).isEqualTo(2);
        assertThat(stack.vcs().get(0).sendsCompleted()).isEqualTo(4);
        single.freeChain();
        rest.freeChain();
        nothingIsOnItsWay(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r179r181TheClientGetsTheStatusThatTheMiniportSet(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        vc.sendNetBufferLists(stack.chain(2), 0);
        final NetBufferList chain = stack.miniport.sent.get(0);
        chain.setStatus(NdisStatus.SEND_ABORTED);
        chain.next().setStatus(NdisStatus.SUCCESS);

        stack.wire().sendNetBufferListsComplete(chain, NblFlags.SEND_COMPLETE_DISPATCH_LEVEL);

        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SEND_ABORTED, NdisStatus.SUCCESS);
        nothingIsOnItsWay(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r179ACompletionOfWhatIsNotOnItsWayIsIgnored(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        stack.client.vc.freesCompleted = false;
        final NetBufferList neverSent = stack.nbl(1);
        stack.wire().sendNetBufferListsComplete(neverSent, 0);
        assertThat(stack.client.vc.completed).isEmpty();
        final NetBufferList sent = stack.nbl(1);
        vc.sendNetBufferLists(sent, 0);
        stack.wire().sendNetBufferListsComplete(sent, 0);

        stack.wire().sendNetBufferListsComplete(sent, 0);

        assertThat(stack.client.vc.completed).containsExactly(sent);
        assertThat(stack.vcs().get(0).sendsAccepted()).isEqualTo(1);
        assertThat(stack.vcs().get(0).sendsCompleted()).isEqualTo(1);
        neverSent.freeChain();
        sent.freeChain();
        nothingIsOnItsWay(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r178ASendThatTheMiniportThrowsBackIsCompletedAsFailed(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.whenSent = () -> {
            throw new TestStack.DriverBug("miniport");
        };

        vc.sendNetBufferLists(stack.chain(2), 0);

        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.FAILURE, NdisStatus.FAILURE);
        nothingIsOnItsWay(stack);
        stack.miniport.whenSent = () -> {};
        succeeds(vc.closeCall());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r183SendsComeBackOnlyOnTheVcOnWhichTheyWereSent(final Form form) {
        final TestStack stack = form.start();
        final TestStack.TestClient another = stack.anotherClient("another");
        final Line mine = line(stack, stack.client);
        stack.miniport.completesAtOnce = false;
        mine.vc.sendNetBufferLists(stack.nbl(1), 0);
        final Line theirs = line(stack, another);
        final NetBufferList sent = stack.miniport.sent.get(0);

        theirs.wire.sendNetBufferListsComplete(sent, 0);
        assertThat(theirs.context.completed).isEmpty();
        assertThat(mine.context.completed).isEmpty();

        mine.wire.sendNetBufferListsComplete(sent, 0);
        assertThat(mine.context.completed).containsExactly(sent);
        assertThat(theirs.context.completed).isEmpty();
        nothingIsOnItsWay(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r183AClientThatThrowsInItsCompletionDoesNotStopTheOthers(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        stack.client.vc.freesCompleted = false;
        vc.sendNetBufferLists(stack.nbl(1), 0);
        stack.client.vc.whenCompleted = () -> {
            throw new TestStack.DriverBug("client");
        };

        stack.wire().sendNetBufferListsComplete(stack.miniport.sent.get(0), 0);

        stack.miniport.sent.get(0).freeChain();
        nothingIsOnItsWay(stack);
        stack.client.vc.whenCompleted = () -> {};
        succeeds(vc.closeCall());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void e9AClientMaySendFromItsCompletionAndCloseFromIt(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        final List<CompletionStage<NdisResult<Void>>> closes = new ArrayList<>();
        stack.client.vc.whenCompleted = () -> {
            if (stack.client.vc.statuses.size() < 4) {
                vc.sendNetBufferLists(stack.nbl(1), 0);
            } else if (closes.isEmpty()) {
                closes.add(vc.closeCall());
            }
        };

        vc.sendNetBufferLists(stack.nbl(1), 0);

        assertThat(stack.client.vc.statuses).hasSize(4).containsOnly(NdisStatus.SUCCESS);
        succeeds(closes.get(0));
        TestStack.idle(vc);
        nothingIsOnItsWay(stack);
    }

    // --- receives

    @ParameterizedTest
    @EnumSource(Form.class)
    void r184ReceivedNblsGoToTheContextOfTheirVcOnly(final Form form) {
        final TestStack stack = form.start();
        final TestStack.TestClient another = stack.anotherClient("another");
        final Line first = line(stack, stack.client);
        final Line second = line(stack, stack.client);
        final Line theirs = line(stack, another);

        first.wire.indicateReceiveNetBufferLists(stack.chain(2), 0);
        theirs.wire.indicateReceiveNetBufferLists(stack.nbl(1), 0);

        assertThat(first.context.received).hasSize(1);
        assertThat(second.context.received).isEmpty();
        assertThat(theirs.context.received).hasSize(1);
        nothingIsOnItsWay(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r185ReceivedNblsAreReturnedThroughVcOrBindingInAnyOrder(final Form form) {
        final TestStack stack = form.start();
        final Line first = line(stack, stack.client);
        final Line second = line(stack, stack.client);
        first.context.returnsAtOnce = false;
        second.context.returnsAtOnce = false;
        first.wire.indicateReceiveNetBufferLists(stack.chain(3), 0);
        second.wire.indicateReceiveNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.miniport.returned).isEmpty();

        stack.client.binding.returnNetBufferLists(second.context.received.get(0), 0);
        final NetBufferList chain = first.context.received.get(0);
        final NetBufferList rest = chain.detach();
        stack.client.binding.returnNetBufferLists(rest, 0);
        first.vc.returnNetBufferLists(chain, 0);

        assertThat(stack.miniport.returned).containsExactly(second.context.received.get(0), rest, chain);
        nothingIsOnItsWay(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r185WhatWasNotIndicatedHereIsNotTakenBack(final Form form) {
        final TestStack stack = form.start();
        final TestStack.TestClient another = stack.anotherClient("another");
        final Line mine = line(stack, stack.client);
        final Line theirs = line(stack, another);
        mine.context.returnsAtOnce = false;
        mine.wire.indicateReceiveNetBufferLists(stack.nbl(1), 0);
        final NetBufferList received = mine.context.received.get(0);
        final NetBufferList own = stack.nbl(1);

        stack.client.binding.returnNetBufferLists(own, 0);
        mine.vc.returnNetBufferLists(own, 0);
        theirs.vc.returnNetBufferLists(received, 0);
        another.binding.returnNetBufferLists(received, 0);

        assertThat(stack.miniport.returned).isEmpty();
        mine.vc.returnNetBufferLists(received, 0);
        assertThat(stack.miniport.returned).containsExactly(received);
        mine.vc.returnNetBufferLists(received, 0);
        assertThat(stack.miniport.returned).as("once").hasSize(1);
        own.freeChain();
        nothingIsOnItsWay(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r185WhatAClientThatThrowsWasGivenIsReturnedForIt(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.whenReceived = () -> {
            throw new TestStack.DriverBug("client");
        };

        stack.wire().indicateReceiveNetBufferLists(stack.chain(2), 0);

        assertThat(stack.miniport.returned).hasSize(1);
        nothingIsOnItsWay(stack);
        succeeds(vc.closeCall());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r186r187LentNblsAreTheMiniportsAgainWhenTheIndicationReturns(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.returnsAtOnce = false;
        final NetBufferList lent = stack.chain(2);
        final List<Long> onTheWay = new ArrayList<>();
        stack.client.vc.whenReceived = () -> onTheWay.add(
                stack.vcs().get(0).receivesIndicated() - stack.vcs().get(0).receivesReturned());

        stack.wire().indicateReceiveNetBufferLists(lent, NblFlags.RECEIVE_RESOURCES);

        assertThat(stack.client.vc.received).containsExactly(lent);
        assertThat(onTheWay).containsExactly(2L);
        assertThat(stack.miniport.returned).as("no return call").isEmpty();
        lent.freeChain();
        nothingIsOnItsWay(stack);
        succeeds(vc.closeCall());
        final NetBufferList late = stack.nbl(1);
        stack.wire().indicateReceiveNetBufferLists(late, NblFlags.RECEIVE_RESOURCES);
        assertThat(stack.miniport.returned)
                .as("nor for what the VC does not take")
                .isEmpty();
        late.freeChain();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r186TheDeactivationWaitsForTheIndicationOfLentNbls(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.returnsAtOnce = false;
        final List<CompletionStage<NdisResult<Void>>> closes = new ArrayList<>();
        final List<Boolean> pendingInside = new ArrayList<>();
        stack.client.vc.whenReceived = () -> {
            closes.add(vc.closeCall());
            pendingInside.add(isPending(closes.get(0)));
        };
        final NetBufferList lent = stack.nbl(1);
        stack.callManager.deactivates = form != Form.MCM;

        stack.wire().indicateReceiveNetBufferLists(lent, NblFlags.RECEIVE_RESOURCES);

        assertThat(pendingInside).containsExactly(true);
        if (form == Form.MCM) {
            succeeds(stack.callManager.vc.deactivateVc());
        }
        succeeds(closes.get(0));
        lent.freeChain();
        nothingIsOnItsWay(stack);
    }

    // --- signaling

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void r189r190ACallManagerSignalsOnAVcOfItsOwn(final Form form) {
        final TestStack stack = form.start();
        final TestStack.TestSignaling signaling = new TestStack.TestSignaling();
        final SignalingVc vc =
                stack.callManager.binding.createSignalingVc(signaling).get();
        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(signaling.statuses).containsExactly(NdisStatus.VC_NOT_ACTIVATED);
        succeeds(vc.activateVc(PARAMETERS));

        vc.sendNetBufferLists(stack.chain(2), 0);
        stack.miniport.vc.indicateReceiveNetBufferLists(stack.nbl(1), 0);

        assertThat(signaling.statuses)
                .containsExactly(NdisStatus.VC_NOT_ACTIVATED, NdisStatus.SUCCESS, NdisStatus.SUCCESS);
        assertThat(signaling.received).hasSize(1);
        assertThat(stack.miniport.returned).hasSize(1);
        assertThat(stack.client.vc.received).isEmpty();
        succeeds(vc.deactivateVc());
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        nothingIsOnItsWay(stack);
    }

    // --- chains

    @ParameterizedTest
    @EnumSource(Form.class)
    void anNblFromTheMiddleOfAChainIsNoChain(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        final NetBufferList chain = stack.chain(3);
        final NetBufferList middle = chain.next();

        assertThatIllegalArgumentException().isThrownBy(() -> vc.sendNetBufferLists(middle, 0));
        assertThat(stack.miniport.sent).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> stack.wire().indicateReceiveNetBufferLists(middle, 0));
        assertThat(stack.client.vc.received).isEmpty();
        assertThat(stack.vcs().get(0).sendsAccepted()).isZero();
        assertThat(stack.vcs().get(0).receivesIndicated()).isZero();

        vc.sendNetBufferLists(chain, 0);
        assertThatIllegalArgumentException().isThrownBy(() -> stack.wire().sendNetBufferListsComplete(middle, 0));
        assertThat(stack.client.vc.completed).isEmpty();
        stack.wire().sendNetBufferListsComplete(chain, 0);
        assertThat(stack.client.vc.statuses).hasSize(3);

        stack.client.vc.returnsAtOnce = false;
        final NetBufferList indicated = stack.chain(2);
        stack.wire().indicateReceiveNetBufferLists(indicated, 0);
        assertThatIllegalArgumentException().isThrownBy(() -> vc.returnNetBufferLists(indicated.next(), 0));
        assertThat(stack.miniport.returned).isEmpty();
        vc.returnNetBufferLists(indicated, 0);
        nothingIsOnItsWay(stack);
    }

    @Test
    void aFreedNblKeepsNothing() {
        final TestStack stack = TestStack.standAlone();
        final ClientVc vc = stack.connectedVc();
        final NetBufferList nbl = stack.nbl(9);
        nbl.setContext("mine");
        nbl.setTimestampNanos(7);
        stack.miniport.completesAtOnce = false;
        vc.sendNetBufferLists(nbl, 0);
        nbl.setStatus(NdisStatus.RESOURCES);

        stack.wire().sendNetBufferListsComplete(nbl, 0);

        assertThat(nbl.context()).isEmpty();
        assertThat(nbl.sourceHandle()).isEmpty();
        assertThat(nbl.timestampNanos()).isZero();
        assertThat(nbl.status()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(nbl.chainLength()).isEqualTo(1);
        assertThat(stack.pool.outstanding()).isZero();
    }
}
