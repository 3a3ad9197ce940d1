// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Refusal;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.miniport.McmVc;
import dev.condis.api.miniport.McmVcContext;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListQueue;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One VC of the call manager and its call. PDUs that arrive before the call is connected are held, within bounds, and
 * indicated first when it is; the order is kept.
 *
 * <p>Phases: HOLDING, CONNECTED, CLOSED. HOLDING to CONNECTED when the client was told and nothing is held any more,
 * which has to wait while the adapter is paused; any to CLOSED when the call is refused or closed. An outgoing call
 * may start again from CLOSED. {@code phase} and {@code held} are guarded by {@code lock}; {@code phase} is read
 * without it where a stale value does no harm.
 */
final class McmCall implements McmVcContext, FlowReceiver {

    private static final Logger LOG = LoggerFactory.getLogger(McmCall.class);
    private static final int RETRY_MILLIS = 1;
    private static final int RETRIES = 10_000;

    private enum Phase {
        HOLDING,
        CONNECTED,
        CLOSED
    }

    private record CloseNotice(NdisStatus status, Octets data) {}

    private final FlowDiscovery discovery;
    private final PcapLink link;
    private final Optional<FlowKey> discoveredKey;
    private final Optional<MediaFlow> discoveredFlow;
    private final Object lock = new Object();
    private final NetBufferListQueue held = new NetBufferListQueue();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile Phase phase = Phase.CLOSED;
    private Optional<CloseNotice> notice = Optional.empty();
    private boolean told;
    private boolean flushing;
    private boolean waitedOut;
    private Optional<McmVc> vc = Optional.empty();
    private Optional<FlowVc> data = Optional.empty();

    private McmCall(
            final FlowDiscovery discovery, final Optional<FlowKey> discoveredKey, final Optional<MediaFlow> flow) {
        this.discovery = discovery;
        this.link = discovery.link();
        this.discoveredKey = discoveredKey;
        this.discoveredFlow = flow;
    }

    /** The call of a discovered flow; the VC is attached when it was created. */
    static McmCall incoming(final FlowDiscovery discovery, final FlowKey key, final MediaFlow flow) {
        return new McmCall(discovery, Optional.of(key), Optional.of(flow));
    }

    /** A VC that a client created. */
    static McmCall outgoing(final FlowDiscovery discovery, final McmVc vc) {
        final McmCall call = new McmCall(discovery, Optional.empty(), Optional.empty());
        call.attach(vc);
        return call;
    }

    void attach(final McmVc attached) {
        vc = Optional.of(attached);
        data = Optional.of(new FlowVc(link, this, attached));
    }

    private McmVc vc() {
        return vc.orElseThrow();
    }

    /** The data path of the VC. */
    FlowVc data() {
        return data.orElseThrow();
    }

    /** Completes when a VC that this side created is deleted. */
    CompletionStage<Void> ended() {
        return ended;
    }

    // --- incoming call
    // ---------------------------------------------------------------------------------------------------

    /** Activates the VC and offers the call. Capture thread. */
    void offer(final CmSap sap) {
        phase = Phase.HOLDING;
        final CallParameters parameters = CallParameters.permanent(mediaOf(discoveredFlow.orElseThrow()));
        final NdisResult<FlowBinding> bound = data().activateDiscovered(parameters);
        if (!bound.isSuccess()) {
            refused(bound.status());
            return;
        }
        vc().activateVc(parameters).whenComplete((result, failure) -> {
            if (failure == null && result.isSuccess()) {
                dispatch(sap, parameters);
            } else {
                refused(failure == null ? result.status() : NdisStatus.FAILURE);
            }
        });
    }

    private MediaParameters mediaOf(final MediaFlow flow) {
        final Set<MediaParameters.Flag> flags = EnumSet.of(MediaParameters.Flag.RECEIVE_VC);
        if (link.canSend() && flow.sendProblems().isEmpty()) {
            flags.add(MediaParameters.Flag.TRANSMIT_VC);
        }
        return new MediaParameters(flags, 0, 0, Optional.of(flow.toSpecificParameters()));
    }

    private void dispatch(final CmSap sap, final CallParameters parameters) {
        vc().dispatchIncomingCall(sap, parameters).whenComplete((answer, failure) -> {
            if (failure == null && answer.isSuccess()) {
                vc().dispatchCallConnected()
                        .whenComplete((told, trouble) -> connectedIf(trouble == null && told.isSuccess()));
            } else {
                refused(failure == null ? answer.status() : NdisStatus.FAILURE);
            }
        });
    }

    private void connectedIf(final boolean told) {
        if (told) {
            connected();
        } else {
            LOG.debug("call on {} was over before it was connected", vc().handle());
        }
    }

    private void refused(final NdisStatus why) {
        LOG.debug("call on {} was refused: {}", vc().handle(), why);
        closeFlow();
        data().deactivate().thenRun(() -> later(this::deactivated, () -> later(this::deleted, () -> {})));
    }

    /** Gives a VC back that came too late: somebody else has the flow. */
    void abandon() {
        later(this::deleted, () -> {});
    }

    // --- both
    // ------------------------------------------------------------------------------------------------------------

    private void connected() {
        synchronized (lock) {
            told = true;
        }
        resume();
    }

    /**
     * Indicates what is held, if the client was told of the call and the adapter is not paused; then the rest follows
     * directly.
     */
    void resume() {
        NetBufferList chain = nextHeld(false);
        while (chain != null) {
            data().deliver(chain);
            chain = nextHeld(true);
        }
        link.wake();
        final Optional<CloseNotice> pending;
        synchronized (lock) {
            pending = phase == Phase.CONNECTED ? notice : Optional.empty();
            notice = pending.isPresent() ? Optional.empty() : notice;
        }
        pending.ifPresent(this::tell);
    }

    /** What is to be indicated next; {@code null} when that is nothing, or another thread is at it. */
    private NetBufferList nextHeld(final boolean mine) {
        NetBufferList chain = null;
        synchronized (lock) {
            if (told && phase == Phase.HOLDING && (mine || !flushing)) {
                if (held.isEmpty()) {
                    phase = Phase.CONNECTED;
                } else if (data().enter(held.size())) {
                    chain = takeHeld();
                }
                flushing = chain != null;
            } else if (mine) {
                flushing = false;
            }
        }
        return chain;
    }

    /** Under the lock. */
    private NetBufferList takeHeld() {
        final NetBufferList chain = held.takeAll();
        if (chain != null) {
            link.held().addAndGet(-chain.chainLength());
        }
        return chain;
    }

    /** The capture file has been read: closes the call, once it is connected and has got everything. */
    void endOfCapture(final NdisStatus closeStatus, final Octets closeData) {
        synchronized (lock) {
            notice = Optional.of(new CloseNotice(closeStatus, closeData));
        }
        resume();
    }

    private void tell(final CloseNotice end) {
        final NdisResult<Void> told = vc().dispatchIncomingCloseCall(end.status(), end.data());
        if (!told.isSuccess()) {
            LOG.debug("call on {} is closing already: {}", vc().handle(), told);
        }
    }

    private void closeFlow() {
        final NetBufferList chain;
        synchronized (lock) {
            phase = Phase.CLOSED;
            told = false;
            chain = takeHeld();
        }
        if (chain != null) {
            link.free(chain);
        }
        discoveredKey.ifPresent(key -> discovery.refuse(key, this));
        link.wake();
    }

    @Override
    public void receive(final byte[] frame, final int from, final int to, final long epochNanos) {
        if (phase == Phase.CONNECTED) {
            final NetBufferList nbl = data().fill(frame, from, to, epochNanos);
            if (nbl != null) {
                data().indicate(nbl);
            }
        } else {
            hold(frame, from, to, epochNanos);
        }
    }

    private void hold(final byte[] frame, final int from, final int to, final long epochNanos) {
        if (!waitForRoom()) {
            link.counters().add(LinkCounters.Received.NOT_CONNECTED, 1);
            data().counters().noBuffer();
            return;
        }
        if (phase == Phase.CLOSED) {
            link.counters().add(LinkCounters.Received.REFUSED, 1);
            return;
        }
        final NetBufferList nbl = data().fill(frame, from, to, epochNanos);
        if (nbl != null && !held(nbl)) {
            data().indicate(nbl);
        }
    }

    private boolean held(final NetBufferList nbl) {
        synchronized (lock) {
            final boolean holding = phase == Phase.HOLDING;
            if (holding) {
                held.add(nbl);
                link.held().incrementAndGet();
            }
            return holding;
        }
    }

    /** A client that let one wait run out does not make the capture thread wait again. */
    private boolean waitForRoom() {
        final int millis = waitedOut ? 0 : link.settings().file().connectWaitMillis();
        final boolean room = link.await(this::hasRoom, millis);
        waitedOut |= !room;
        return room;
    }

    private boolean hasRoom() {
        if (phase != Phase.HOLDING) {
            return true;
        }
        synchronized (lock) {
            return held.size() < link.settings().limits().heldPdus()
                    && link.held().get() < link.maxHeld();
        }
    }

    @Override
    public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
        data().send(nbls, flags);
    }

    @Override
    public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
        data().returned(nbls);
    }

    // --- the client's calls
    // ----------------------------------------------------------------------------------------------

    @Override
    public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
        final NdisResult<FlowBinding> named =
                FlowBinding.of(parameters, link, vc().handle().toString());
        if (!named.isSuccess()) {
            return unusable(named).asStage();
        }
        synchronized (lock) {
            phase = Phase.HOLDING;
            notice = Optional.empty();
        }
        final NdisResult<CallParameters> bound = data().activate(parameters);
        if (!bound.isSuccess()) {
            closeFlow();
            return bound.asStage();
        }
        final CompletableFuture<NdisResult<CallParameters>> outcome = new CompletableFuture<>();
        vc().activateVc(parameters).whenComplete((active, failure) -> {
            if (failure == null && active.isSuccess()) {
                control(() -> made(outcome, parameters));
            } else {
                notMade(outcome, failure == null ? active.status() : NdisStatus.FAILURE);
            }
        });
        return outcome;
    }

    /** What no activation could use, a call has no other status for (R119). */
    private static NdisResult<CallParameters> unusable(final NdisResult<FlowBinding> refused) {
        return new NdisResult<>(
                NdisStatus.NOT_SUPPORTED,
                Optional.empty(),
                refused.refusal()
                        .map(why ->
                                new Refusal("R119", why.object(), why.state(), why.explanation(), Optional.empty())));
    }

    private void made(final CompletableFuture<NdisResult<CallParameters>> outcome, final CallParameters parameters) {
        outcome.complete(NdisResult.success(parameters));
        later(() -> vc().callState() != CallState.MAKING, () -> connectedIf(vc().callState() == CallState.CONNECTED));
    }

    private void notMade(final CompletableFuture<NdisResult<CallParameters>> outcome, final NdisStatus why) {
        closeFlow();
        data().deactivate().thenRun(() -> outcome.complete(NdisResult.failure(why)));
    }

    @Override
    public CompletionStage<NdisStatus> closeCall(final Octets closeData) {
        if (closeData.length() > 0) {
            return NdisStatus.INVALID_DATA.asStage();
        }
        closeFlow();
        final CompletableFuture<NdisStatus> outcome = new CompletableFuture<>();
        data().deactivate()
                .thenRun(() -> later(this::deactivated, () -> {
                    outcome.complete(NdisStatus.SUCCESS);
                    if (discoveredKey.isPresent()) {
                        later(this::deleted, () -> {});
                    }
                }));
        return outcome;
    }

    /**
     * Another service for what is sent, which is another priority on the wire; there is nobody to negotiate with (rules R141, R142).
     */
    @Override
    public CompletionStage<NdisResult<CallParameters>> modifyCallQoS(final CallParameters asked) {
        final Optional<CallParameters> before = vc().callParameters();
        final CallParameters next = before.flatMap(CallParameters::media)
                .filter(media -> asked.media().isEmpty())
                .map(asked::withMedia)
                .orElse(asked);
        final NdisResult<CallParameters> changed = data().change(next);
        if (!changed.isSuccess()) {
            return changed.asStage();
        }
        return vc().activateVc(next).thenApply(active -> {
            if (!active.isSuccess()) {
                before.ifPresent(data()::change);
                return NdisResult.failure(NdisStatus.FAILURE);
            }
            return NdisResult.success(next);
        });
    }

    @Override
    public NdisStatus deleteVc() {
        return data().isOpen() ? NdisStatus.NOT_ACCEPTED : NdisStatus.SUCCESS;
    }

    // --- after the drain
    // -------------------------------------------------------------------------------------------------

    /** The core may still be counting an NBL that has reached us already, so its answer can be "not yet". */
    private boolean deactivated() {
        if (vc().state() != VcState.ACTIVE) {
            return true;
        }
        final Optional<NdisResult<Void>> answer =
                Optional.ofNullable(vc().deactivateVc().toCompletableFuture().getNow(null));
        return answer.map(NdisResult::isSuccess).orElse(false) || vc().state() != VcState.ACTIVE;
    }

    /** The call is closed for the client when its completion has gone through: before that there is no delete (R107). */
    private boolean deleted() {
        if (vc().callState() != CallState.IDLE && vc().state() != VcState.DELETED) {
            return false;
        }
        final NdisStatus answer = vc().deleteVc().status();
        final boolean gone = answer != NdisStatus.NOT_ACCEPTED && answer != NdisStatus.CLOSING;
        if (gone) {
            ended.complete(null);
        }
        return gone;
    }

    /** Does something on the control thread, again and again until it succeeds, then something else. */
    private void later(final BooleanSupplier attempt, final Runnable then) {
        control(() -> attempt(attempt, then, RETRIES));
    }

    private void attempt(final BooleanSupplier attempt, final Runnable then, final int left) {
        if (attempt.getAsBoolean()) {
            then.run();
        } else if (left == 0 || !retry(() -> attempt(attempt, then, left - 1))) {
            LOG.warn("{} stays {} with its call {}", vc().handle(), vc().state(), vc().callState());
            ended.complete(null);
            then.run();
        }
    }

    private boolean retry(final Runnable work) {
        try {
            return !discovery
                    .control()
                    .schedule(work, RETRY_MILLIS, TimeUnit.MILLISECONDS)
                    .isCancelled();
        } catch (RejectedExecutionException e) {
            LOG.debug("adapter is halted", e);
            return false;
        }
    }

    private void control(final Runnable work) {
        try {
            discovery.control().execute(work);
        } catch (RejectedExecutionException e) {
            LOG.debug("adapter is halted, control work of {} is done at once", vc().handle(), e);
            work.run();
        }
    }
}
