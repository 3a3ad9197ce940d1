// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientVc;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.nbl.NetBufferListQueue;
import dev.condis.core.engine.TestStack.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Loopback of sends: rule R188. */
class LoopbackTest {
    private static final int FLAG = NblFlags.SEND_CHECK_FOR_LOOPBACK;

    private static NetBufferList chain(final TestStack stack, final int... pdus) {
        final NetBufferListQueue queue = new NetBufferListQueue();
        for (final int pdu : pdus) {
            final NetBufferList nbl = stack.pool.allocate();
            nbl.fill(new byte[] {(byte) pdu, (byte) (pdu + 1)});
            queue.add(nbl);
        }
        return queue.takeAll();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r188AFlaggedSendIsSeenByItsSenderBeforeItGoesDown(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        final List<Integer> seenWhenSent = new ArrayList<>();
        stack.miniport.whenSent = () -> seenWhenSent.add(stack.client.vc.received.size());

        vc.sendNetBufferLists(chain(stack, 10, 20, 30), FLAG | NblFlags.SEND_DISPATCH_LEVEL);

        assertThat(seenWhenSent).containsExactly(3);
        assertThat(stack.client.vc.looked)
                .containsExactly(new byte[] {10, 11}, new byte[] {20, 21}, new byte[] {30, 31});
        assertThat(stack.miniport.sendFlags)
                .as("the miniport is not to do it once more")
                .containsExactly(NblFlags.SEND_DISPATCH_LEVEL);
        assertThat(stack.miniport.returned).as("it lent nothing").isEmpty();
        assertThat(stack.client.vc.statuses).hasSize(3).containsOnly(NdisStatus.SUCCESS);
        final VcSnapshot vcNow = stack.vcs().get(0);
        assertThat(vcNow.receivesIndicated()).isEqualTo(3);
        assertThat(vcNow.receivesReturned()).isEqualTo(3);
        assertThat(vcNow.sendsCompleted()).isEqualTo(3);
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r188NothingIsLoopedBackUnasked(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();

        vc.sendNetBufferLists(chain(stack, 10), NblFlags.NONE);
        vc.sendNetBufferLists(chain(stack, 10), NblFlags.SEND_DISPATCH_LEVEL);

        assertThat(stack.client.vc.received).isEmpty();
        assertThat(stack.client.vc.statuses).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r188ASendThatIsRefusedIsNotLoopedBack(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        succeeds(stack.engine.pause("test0"));

        vc.sendNetBufferLists(chain(stack, 10), FLAG);

        assertThat(stack.client.vc.received).isEmpty();
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.PAUSED);
    }

    @Test
    void r188WhatIsSentBeforeTheReceiverIsReadyIsOnlySent() {
        final TestStack stack = TestStack.standAlone();
        stack.client.vc.whenConnected = () -> stack.client.vc.incoming.sendNetBufferLists(chain(stack, 10), FLAG);

        stack.connectedIncomingVc();

        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
        assertThat(stack.client.vc.received)
                .as("the gate for receives opens when the callback has returned")
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r188TheCopyIsNotWhatIsSent(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        stack.client.vc.whenReceived =
                () -> stack.client.vc.received.get(0).data().put(0, (byte) 99).position(1);

        vc.sendNetBufferLists(chain(stack, 10), FLAG);

        assertThat(stack.miniport.sent.get(0).toByteArray()).containsExactly(10, 11);
        stack.wire().sendNetBufferListsComplete(stack.miniport.sent.get(0), 0);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r188AClientMaySendFlaggedFromWhatItSees(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        final AtomicInteger depth = new AtomicInteger();
        stack.client.vc.whenReceived = () -> {
            // deeper than there are copies
            if (depth.incrementAndGet() <= Loopback.COPIES + 2) {
                vc.sendNetBufferLists(chain(stack, depth.get()), FLAG);
            }
        };

        vc.sendNetBufferLists(chain(stack, 0), FLAG);

        assertThat(stack.client.vc.received)
                .as("best effort: there are no more copies")
                .hasSize(Loopback.COPIES);
        assertThat(stack.client.vc.statuses)
                .as("every send goes down all the same")
                .hasSize(Loopback.COPIES + 1)
                .containsOnly(NdisStatus.SUCCESS);
        assertThat(stack.vcs().get(0).receivesRefused()).isEqualTo(1);
        stack.client.vc.received.clear();
        stack.client.vc.whenReceived = () -> {};
        vc.sendNetBufferLists(chain(stack, 0), FLAG);
        assertThat(stack.client.vc.received).as("the copies are back").hasSize(1);
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r188APduThatIsLongerThanACopyIsOnlySent(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        final NetBufferListPool large = new NetBufferListPool("large", 2, Loopback.LONGEST_PDU + 1);
        final NetBufferList longest = large.allocate().fill(new byte[Loopback.LONGEST_PDU]);
        final NetBufferList tooLong = large.allocate().fill(new byte[Loopback.LONGEST_PDU + 1]);

        vc.sendNetBufferLists(longest, FLAG);
        vc.sendNetBufferLists(tooLong, FLAG);

        assertThat(stack.client.vc.looked).hasSize(1);
        assertThat(stack.client.vc.looked.get(0)).hasSize(Loopback.LONGEST_PDU);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS, NdisStatus.SUCCESS);
        assertThat(stack.vcs().get(0).receivesRefused()).isEqualTo(1);
        assertThat(large.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r188AClientThatThrowsHasSentAllTheSame(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.whenReceived = () -> {
            throw new TestStack.DriverBug("client");
        };

        vc.sendNetBufferLists(chain(stack, 10), FLAG);

        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
        assertThat(stack.vcs().get(0).receivesReturned()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r188ADeactivationFromTheLoopedBackPduWaitsForTheSend(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.whenReceived = vc::closeCall;

        vc.sendNetBufferLists(chain(stack, 10), FLAG);

        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
        TestStack.idle(vc);
    }

    @Test
    void r188ACallManagersSignalingIsLoopedBackToIt() {
        final TestStack stack = TestStack.standAlone();
        final TestStack.TestSignaling context = new TestStack.TestSignaling();
        final SignalingVc vc =
                stack.callManager.binding.createSignalingVc(context).get();
        succeeds(vc.activateVc(PARAMETERS));

        vc.sendNetBufferLists(chain(stack, 10), FLAG);

        assertThat(context.received).hasSize(1);
        assertThat(context.statuses).containsExactly(NdisStatus.SUCCESS);
    }
}
