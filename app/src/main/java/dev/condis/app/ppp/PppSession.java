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
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.MacAddress;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.pppoe.PppoeParameters;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

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

    private static final String NOTHING = "-";

    private final long number;
    private final NetBufferListPool pool;
    private final Clock clock;
    private final Consumer<PppSession> changed;
    private final LinkControl link = new LinkControl();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong receivedOctets = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong sentOctets = new AtomicLong();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private volatile State state = State.CALLING;
    private volatile Optional<EthernetFlow> flow = Optional.empty();
    private volatile Optional<Instant> began = Optional.empty();
    private volatile Optional<Instant> ended = Optional.empty();
    private volatile Optional<NdisStatus> failure = Optional.empty();
    private volatile String service = "";
    private volatile String why = "";

    PppSession(final long number, final NetBufferListPool pool, final Clock clock, final Consumer<PppSession> changed) {
        this.number = number;
        this.pool = pool;
        this.clock = clock;
        this.changed = changed;
    }

    void accepted(final CallParameters parameters) {
        flow = parameters
                .media()
                .flatMap(MediaParameters::specific)
                .flatMap(MediaFlow::fromSpecificParameters)
                .filter(EthernetFlow.class::isInstance)
                .map(EthernetFlow.class::cast);
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
            fail(result.status(), result.toString());
        }
        return result;
    }

    void fail(final NdisStatus status, final String reason) {
        failure = Optional.of(status);
        end(State.FAILED, reason);
    }

    private void begin(final ClientVc vc) {
        began = Optional.of(clock.instant());
        state = State.UP;
        final byte[] first;
        synchronized (link) {
            first = link.configureRequest();
        }
        send(vc, first);
        changed.accept(this);
    }

    void end(final State last, final String reason) {
        if (state != State.FAILED && state != State.CLOSED) {
            ended = Optional.of(clock.instant());
            why = reason;
            state = last;
            changed.accept(this);
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
            receivedOctets.addAndGet(nbl.length());
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
            changed.accept(this);
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
                sentOctets.addAndGet(nbl.length());
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
     * Why its call failed.
     *
     * @return the status, empty when it has not failed
     */
    public Optional<NdisStatus> failure() {
        return failure;
    }

    /**
     * How long it is, or was, up.
     *
     * @return the time from the confirmation to the end, or to now; zero when it was never confirmed
     */
    public Duration up() {
        return began.map(from -> Duration.between(from, ended.orElseGet(clock::instant)))
                .orElse(Duration.ZERO);
    }

    /**
     * What has just become of it, in a line.
     *
     * @return number, peer, session id, state, and the service or the reason of the end
     */
    public String event() {
        final String about = why.isEmpty() ? service : why;
        return "session #" + number + " with " + peer() + ", id " + id() + ": " + stateName()
                + (about.isEmpty() ? "" : ", " + about);
    }

    /**
     * The cells of its row.
     *
     * @return number, session id, peer, service, state, seconds up, PDUs and octets received, PDUs and octets sent, reason
     */
    public Object[] row() {
        return new Object[] {
            number,
            id(),
            peer(),
            service.isEmpty() ? NOTHING : service,
            stateName(),
            up().toSeconds(),
            received.get(),
            receivedOctets.get(),
            sent.get(),
            sentOctets.get(),
            Optional.of(why).filter(text -> !text.isEmpty()).orElse(NOTHING)
        };
    }

    private String stateName() {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private String id() {
        return flow.map(session -> Long.toString(session.innermost().value())).orElse(NOTHING);
    }

    private String peer() {
        return flow.flatMap(EthernetFlow::peer).map(MacAddress::toString).orElse(NOTHING);
    }
}
