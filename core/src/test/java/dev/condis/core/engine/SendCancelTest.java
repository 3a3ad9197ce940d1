// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.NdisStatus;
import dev.condis.api.client.ClientVc;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.core.engine.TestStack.Form;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Cancellation of sends: sequence S28. */
class SendCancelTest {
    private static NetBufferList marked(final TestStack stack, final long cancelId) {
        final NetBufferList nbl = stack.nbl(1);
        nbl.setCancelId(cancelId);
        return nbl;
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void s28SendsThatAreMarkedComeBackAborted(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        final NetBufferList kept = marked(stack, 1);
        final NetBufferList cancelled = marked(stack, 2);
        vc.sendNetBufferLists(kept, 0);
        vc.sendNetBufferLists(cancelled, 0);

        stack.client.binding.cancelSendNetBufferLists(2);

        assertThat(stack.miniport.cancelledSends).containsExactly(2L);
        assertThat(stack.client.vc.completed)
                .as("the miniport decides what it can still cancel")
                .isEmpty();
        stack.miniport.sent.stream().filter(nbl -> nbl.cancelId() == 2).forEach(nbl -> {
            nbl.setStatus(NdisStatus.SEND_ABORTED);
            stack.wire().sendNetBufferListsComplete(nbl, 0);
        });
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SEND_ABORTED);
        assertThat(stack.vcs().get(0).sendsCompleted()).isEqualTo(1);
        stack.wire().sendNetBufferListsComplete(kept, 0);
        assertThat(stack.pool.outstanding()).isZero();
        assertThat(stack.pool.allocate().cancelId())
                .as("a mark is for one send")
                .isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void s28AnAdapterThatIsHaltedIsNotAsked(final Form form) {
        final TestStack stack = form.start();
        stack.miniportRegistration.unregister();

        stack.client.binding.cancelSendNetBufferLists(2);

        assertThat(stack.miniport.cancelledSends).isEmpty();
    }
}
