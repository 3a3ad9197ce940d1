// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.adapter.sim.net.SimTime;
import dev.condis.adapter.sim.signaling.SignalCodec;
import dev.condis.adapter.sim.signaling.SignalMessage;
import dev.condis.api.CallParameters;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.callmgr.SignalingVcContext;
import dev.condis.api.media.AtmConnection;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signaling VC of a call manager: messages out and in. Messages that cannot be sent yet wait, in order; what a pause or a reset
 * has aborted is sent again, in order too (rule R211). Suspended until it is resumed for the first time. Confined to the loop of its
 * time, except for the callbacks of the VC.
 */
final class SignalingChannel implements SignalingVcContext {

    private static final Logger LOG = LoggerFactory.getLogger(SignalingChannel.class);
    private static final int BUFFERS = 64;
    private static final int MAX_BACKLOG = 65_536;
    private static final Duration PAUSE_BEFORE_RETRY = Duration.ofMillis(10);
    private static final Set<NdisStatus> SEND_AGAIN =
            Set.of(NdisStatus.PAUSED, NdisStatus.RESET_IN_PROGRESS, NdisStatus.REQUEST_ABORTED);

    private final SimTime time;
    private final Consumer<SignalMessage> receiver;
    private final NetBufferListPool pool;
    private final Deque<byte[]> backlog = new ArrayDeque<>();
    private final Deque<byte[]> again = new ArrayDeque<>();
    private boolean suspended = true;
    private int underWay;
    private boolean waitingForRest;
    private final AtomicLong malformed = new AtomicLong();
    private volatile Optional<SignalingVc> active = Optional.empty();

    SignalingChannel(SimTime time, String name, Consumer<SignalMessage> receiver) {
        this.time = time;
        this.receiver = receiver;
        this.pool = new NetBufferListPool(name + " signaling", BUFFERS, SignalCodec.MAX_LENGTH);
    }

    /** Creates the VC and begins to activate it; what is sent meanwhile waits. */
    NdisStatus open(CmBinding binding) {
        NdisResult<SignalingVc> created = binding.createSignalingVc(this);
        if (!created.isSuccess()) {
            return created.status();
        }
        SignalingVc vc = created.get();
        AtmConnection label = new AtmConnection(AtmLabel.SIGNALING.vpi(), AtmLabel.SIGNALING.vci());
        CallParameters parameters = new CallParameters(
                Set.of(), Optional.empty(), Optional.of(MediaParameters.duplex(label.toSpecificParameters())));
        vc.activateVc(parameters).thenAccept(result -> activated(vc, result.status()));
        return NdisStatus.SUCCESS;
    }

    private void activated(SignalingVc vc, NdisStatus status) {
        if (status.isSuccess()) {
            active = Optional.of(vc);
            time.execute(this::flush);
        } else {
            LOG.warn("The signaling VC {} cannot be activated: {}; no calls are possible", vc.handle(), status);
        }
    }

    void suspend() {
        suspended = true;
    }

    void resume() {
        suspended = false;
        flush();
    }

    /** Says and hears nothing any more. Completes when the VC is inactive. */
    CompletionStage<?> giveUp() {
        Optional<SignalingVc> last = active;
        close();
        return last.<CompletionStage<?>>map(SignalingVc::deactivateVc)
                .orElseGet(() -> CompletableFuture.completedStage(null));
    }

    void close() {
        active = Optional.empty();
        backlog.clear();
        again.clear();
    }

    long malformed() {
        return malformed.get();
    }

    /** False if the message is too long. */
    boolean send(SignalMessage message) {
        Optional<byte[]> octets = SignalCodec.encode(message);
        if (octets.isEmpty()) {
            return false;
        }
        if (backlog.size() < MAX_BACKLOG) {
            backlog.add(octets.get());
        }
        flush();
        return true;
    }

    private void flush() {
        while (active.isPresent() && !suspended && !waitingForRest && !(again.isEmpty() && backlog.isEmpty())) {
            NetBufferList nbl = pool.allocate();
            if (nbl == null) {
                return;
            }
            nbl.fill(again.isEmpty() ? backlog.poll() : again.poll());
            underWay++;
            active.get().sendNetBufferLists(nbl, NblFlags.NONE);
        }
    }

    @Override
    public void sendNetBufferListsComplete(SignalingVc vc, NetBufferList nbls, int flags) {
        int count = nbls.chainLength();
        List<byte[]> aborted = new ArrayList<>();
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            if (SEND_AGAIN.contains(nbl.status())) {
                aborted.add(nbl.toByteArray());
            }
        }
        nbls.freeChain();
        time.execute(() -> completed(count, aborted));
    }

    /** What was aborted goes again when all that is under way has come back: so the order is kept. */
    private void completed(int count, List<byte[]> aborted) {
        underWay -= count;
        again.addAll(aborted);
        waitingForRest |= !aborted.isEmpty();
        if (waitingForRest && underWay == 0) {
            time.schedule(PAUSE_BEFORE_RETRY, () -> {
                waitingForRest = false;
                flush();
            });
        } else {
            flush();
        }
    }

    @Override
    public void receiveNetBufferLists(SignalingVc vc, NetBufferList nbls, int flags) {
        NetBufferList nbl = nbls;
        while (nbl != null) {
            byte[] octets = nbl.toByteArray();
            if (time.isLoopThread()) {
                received(octets);
            } else {
                time.execute(() -> received(octets));
            }
            nbl = nbl.next();
        }
        if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
            vc.returnNetBufferLists(nbls, NblFlags.NONE);
        }
    }

    private void received(byte[] octets) {
        Optional<SignalMessage> message = SignalCodec.parse(octets);
        if (message.isPresent()) {
            receiver.accept(message.get());
        } else {
            malformed.incrementAndGet();
        }
    }
}
