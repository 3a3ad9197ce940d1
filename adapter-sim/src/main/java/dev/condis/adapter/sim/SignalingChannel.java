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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signaling VC of a call manager: messages out and in. Messages that cannot be sent yet wait, in order. Confined to
 * the loop of its time, except for the callbacks of the VC.
 */
final class SignalingChannel implements SignalingVcContext {

    private static final Logger LOG = LoggerFactory.getLogger(SignalingChannel.class);
    private static final int BUFFERS = 64;
    private static final int MAX_BACKLOG = 65_536;

    private final SimTime time;
    private final Consumer<SignalMessage> receiver;
    private final NetBufferListPool pool;
    private final Deque<byte[]> backlog = new ArrayDeque<>();
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

    void close() {
        active = Optional.empty();
        backlog.clear();
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
        while (active.isPresent() && !backlog.isEmpty()) {
            NetBufferList nbl = pool.allocate();
            if (nbl == null) {
                return;
            }
            nbl.fill(backlog.poll());
            active.get().sendNetBufferLists(nbl, NblFlags.NONE);
        }
    }

    @Override
    public void sendNetBufferListsComplete(SignalingVc vc, NetBufferList nbls, int flags) {
        nbls.freeChain();
        time.execute(this::flush);
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
