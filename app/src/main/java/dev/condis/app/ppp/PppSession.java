// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.ppp;

import dev.condis.api.CallParameters;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.pppoe.PppoeParameters;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/** One session: a VC, what is known of its call, and the end of a PPP link on it. Thread safe. */
public final class PppSession implements ClientVcContext {
    /** What a session is. */
    public enum State {
        /** Being set up. */
        CALLING,
        /** Established; the peer says nothing of PPP, or not yet. */
        UP,
        /** Established, and link control is opened at both ends. */
        OPENED,
        /** Was never established. */
        FAILED,
        /** Is over. */
        CLOSED
    }

    private final NetBufferListPool pool;
    private final Runnable changed;
    private final LinkControl link = new LinkControl();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private volatile State state = State.CALLING;
    private volatile String flow = "";
    private volatile String service = "";
    private volatile String why = "";

    PppSession(final NetBufferListPool pool, final Runnable changed) {
        this.pool = pool;
        this.changed = changed;
    }

    void accepted(final CallParameters parameters) {
        flow = parameters
                .media()
                .flatMap(MediaParameters::specific)
                .flatMap(MediaFlow::fromSpecificParameters)
                .map(MediaFlow::text)
                .orElse("");
        service = PppoeParameters.of(parameters).map(PppSession::described).orElse("");
    }

    private static String described(final PppoeParameters agreed) {
        final String name = agreed.serviceName().isEmpty() ? "(any)" : agreed.serviceName();
        return name + agreed.acName().map(ac -> " of " + ac).orElse("");
    }

    /** The outcome of an outgoing call. */
    NdisResult<CallParameters> made(final ClientVc vc, final NdisResult<CallParameters> result) {
        if (result.isSuccess()) {
            accepted(result.get());
            begin(vc);
        } else {
            end(State.FAILED, result.toString());
        }
        return result;
    }

    private void begin(final ClientVc vc) {
        state = State.UP;
        final byte[] first;
        synchronized (link) {
            first = link.configureRequest();
        }
        send(vc, first);
        changed.run();
    }

    void end(final State last, final String reason) {
        if (state != State.FAILED && state != State.CLOSED) {
            state = last;
            why = reason;
            changed.run();
        }
        over.complete(null);
    }

    @Override
    public void callConnected(final ClientVc vc) {
        begin(vc);
    }

    @Override
    public void incomingCloseCall(final ClientVc vc, final NdisStatus closeStatus, final Octets closeData) {
        final String said = closeData.length() == 0 ? "" : ": " + printable(closeData.toText());
        end(State.CLOSED, (closeStatus.isSuccess() ? "by the peer" : closeStatus.name()) + said);
        vc.closeCall();
    }

    /** What a peer says goes to a terminal. */
    private static String printable(final String text) {
        return text.replaceAll("[^\\p{Print}]", "?");
    }

    @Override
    public void receiveNetBufferLists(final ClientVc vc, final NetBufferList nbls, final int flags) {
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            received.incrementAndGet();
            answer(vc, nbl.toByteArray());
        }
        if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
            vc.returnNetBufferLists(nbls, NblFlags.NONE);
        }
    }

    private void answer(final ClientVc vc, final byte[] pdu) {
        final List<byte[]> answers;
        final boolean opened;
        synchronized (link) {
            answers = link.received(pdu);
            opened = link.isOpened();
        }
        answers.forEach(each -> send(vc, each));
        final State before = state;
        if (opened != (before == State.OPENED) && (before == State.UP || before == State.OPENED)) {
            state = opened ? State.OPENED : State.UP;
            changed.run();
        }
    }

    private void send(final ClientVc vc, final byte[] pdu) {
        final NetBufferList nbl = pool.allocate();
        if (nbl != null) {
            vc.sendNetBufferLists(nbl.fill(pdu), NblFlags.NONE);
        }
    }

    @Override
    public void sendNetBufferListsComplete(final ClientVc vc, final NetBufferList nbls, final int flags) {
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            if (nbl.status().isSuccess()) {
                sent.incrementAndGet();
            }
        }
        nbls.freeChain();
    }

    @Override
    public NdisStatus deleteVc(final ClientVc vc) {
        end(State.CLOSED, "");
        return NdisStatus.SUCCESS;
    }

    /**
     * What the session is now.
     *
     * @return the state
     */
    public State state() {
        return state;
    }

    /**
     * Whether the session is established now.
     *
     * @return {@code true} from the confirmation to the end
     */
    public boolean isUp() {
        return state == State.UP || state == State.OPENED;
    }

    /**
     * Why it is what it is.
     *
     * @return the reason of the end, empty text before that
     */
    public String why() {
        return why;
    }

    /**
     * Completes with the end of the session.
     *
     * @return completes when it failed or was closed
     */
    public CompletionStage<Void> over() {
        return over;
    }

    /**
     * The cells of its row.
     *
     * @return flow, service, state, PDUs received, PDUs sent, reason
     */
    public Object[] row() {
        return new Object[] {
            flow.isEmpty() ? "-" : flow,
            service.isEmpty() ? "-" : service,
            state.name().toLowerCase(java.util.Locale.ROOT),
            received.get(),
            sent.get(),
            Optional.of(why).filter(text -> !text.isEmpty()).orElse("-")
        };
    }
}
