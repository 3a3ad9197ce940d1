// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.callmgr.SignalingVcContext;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.FlowLayer;
import dev.condis.api.media.MacAddress;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Discovery within one stack of VLAN tags: a signaling VC with the flow {@code …/stations:0x8863} (sequence S11). Its callbacks come on any thread;
 * they read the packets there and hand them to the loop, of each kind only so many at a time: strangers' PADIs cannot hold up what sessions need.
 *
 * <p>A packet that cannot be sent is lost, as on a wire; whoever waits for an answer asks again.
 */
final class DiscoveryLink implements SignalingVcContext {
    private static final Logger LOG = LoggerFactory.getLogger(DiscoveryLink.class);
    private static final int BUFFERS = 256;
    private static final int MAX_WAITING_STRANGERS = 512;
    private static final int MAX_WAITING_OTHERS = 16_384;

    /** Takes what was received. */
    interface Receiver {
        /** On the loop. */
        void received(DiscoveryLink link, SignalFrame frame);

        /** Takes it before, where it was received, if it cannot wait. Whether it did; then the loop does not see it. */
        boolean receivedNow(DiscoveryLink link, SignalFrame frame);
    }

    private final List<FlowLayer> tags;
    private final byte[] name;
    private final SignalingLoop loop;
    private final DiscoveryCounters counters;
    private final Receiver receiver;
    private final NetBufferListPool pool;
    private final AtomicInteger waitingStrangers = new AtomicInteger();
    private final AtomicInteger waitingOthers = new AtomicInteger();
    private volatile Optional<SignalingVc> active = Optional.empty();
    private volatile boolean inUse = true;

    DiscoveryLink(
            final List<FlowLayer> tags,
            final SignalingLoop loop,
            final DiscoveryCounters counters,
            final Receiver receiver) {
        this.tags = tags;
        this.name = tags.toString().getBytes(StandardCharsets.US_ASCII);
        this.loop = loop;
        this.counters = counters;
        this.receiver = receiver;
        this.pool = new NetBufferListPool(
                "pppoe discovery", BUFFERS, DiscoveryCodec.HEADER + DiscoveryCodec.MAX_TAG_OCTETS);
    }

    /** The octets by which it differs from other links. */
    byte[] name() {
        return name.clone();
    }

    /**
     * Creates the VC and begins to activate it.
     *
     * @return success, also while the activation pends; or the status with which the miniport has refused
     */
    NdisStatus open(final CmBinding binding) {
        final NdisResult<SignalingVc> created = binding.createSignalingVc(this);
        if (!created.isSuccess()) {
            return created.status();
        }
        final SignalingVc vc = created.get();
        final CallParameters parameters = new CallParameters(
                Set.of(),
                Optional.empty(),
                Optional.of(flow(new FlowLayer(FlowLayer.Kind.STATIONS, DiscoveryPacket.ETHER_TYPE))
                        .toMediaParameters()));
        final CompletionStage<NdisStatus> activated =
                Outcomes.settled(vc.activateVc(parameters)).thenApply(result -> activated(binding, vc, result));
        // R2: a stage that is complete already is the synchronous return
        return activated.toCompletableFuture().getNow(NdisStatus.SUCCESS);
    }

    private NdisStatus activated(
            final CmBinding binding, final SignalingVc vc, final NdisResult<CallParameters> result) {
        if (result.isSuccess()) {
            active = Optional.of(vc);
        } else {
            LOG.warn(
                    "PPPoE on {}: {} cannot be activated, no calls are possible there: {}",
                    binding.adapter().name(),
                    this,
                    result);
        }
        return result.status();
    }

    void close() {
        active = Optional.empty();
    }

    boolean isUp() {
        return active.isPresent();
    }

    /** Whether calls begin here. Sessions that are there go on in any case. */
    boolean isInUse() {
        return inUse;
    }

    /** The operator wants calls here, or no more of them. */
    void use(final boolean wanted) {
        inUse = wanted;
    }

    boolean hasTags(final List<FlowLayer> others) {
        return tags.equals(others);
    }

    /** The flow of a session with a station. */
    EthernetFlow session(final MacAddress peer, final int id) {
        return flow(new FlowLayer(FlowLayer.Kind.PEER, peer.value()), new FlowLayer(FlowLayer.Kind.PPPOE, id));
    }

    /** A station on this link. */
    EthernetFlow station(final MacAddress peer) {
        return flow(new FlowLayer(FlowLayer.Kind.PEER, peer.value()));
    }

    private EthernetFlow flow(final FlowLayer... inner) {
        final List<FlowLayer> layers = new ArrayList<>(tags);
        layers.addAll(List.of(inner));
        return new EthernetFlow(layers);
    }

    /** Sends a packet, or loses it. */
    void send(final MacAddress to, final DiscoveryPacket packet) {
        final Optional<SignalingVc> vc = active;
        final NetBufferList nbl = vc.isPresent() && DiscoveryCodec.fits(packet.tags()) ? pool.allocate() : none();
        if (nbl == null) {
            counters.dropped(Dropped.NOT_SENT);
            return;
        }
        counters.sent(packet.code());
        vc.orElseThrow().sendNetBufferLists(nbl.fill(DiscoveryCodec.write(to, packet)), NblFlags.NONE);
    }

    private static NetBufferList none() {
        final NetBufferList nothing = null;
        return nothing;
    }

    @Override
    public void sendNetBufferListsComplete(final SignalingVc vc, final NetBufferList nbls, final int flags) {
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            if (!nbl.status().isSuccess()) {
                counters.dropped(Dropped.NOT_SENT);
            }
        }
        nbls.freeChain();
    }

    @Override
    public void receiveNetBufferLists(final SignalingVc vc, final NetBufferList nbls, final int flags) {
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            received(nbl);
        }
        if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
            vc.returnNetBufferLists(nbls, NblFlags.NONE);
        }
    }

    private void received(final NetBufferList nbl) {
        if (nbl.length() > DiscoveryCodec.MAX_PDU) {
            counters.dropped(Dropped.TOO_LONG);
            return;
        }
        final DiscoveryCodec.Reading reading = DiscoveryCodec.read(nbl.toByteArray());
        reading.problem().ifPresent(counters::dropped);
        reading.frame().ifPresent(this::admit);
    }

    private void admit(final SignalFrame frame) {
        counters.received(frame.packet().code());
        if (receiver.receivedNow(this, frame)) {
            return;
        }
        final boolean stranger = frame.packet().code() == DiscoveryPacket.Code.PADI;
        final AtomicInteger waiting = stranger ? waitingStrangers : waitingOthers;
        if (waiting.incrementAndGet() > (stranger ? MAX_WAITING_STRANGERS : MAX_WAITING_OTHERS)) {
            waiting.decrementAndGet();
            counters.dropped(Dropped.OVERLOAD);
            return;
        }
        loop.execute(() -> {
            waiting.decrementAndGet();
            receiver.received(this, frame);
        });
    }

    @Override
    public String toString() {
        return tags.isEmpty() ? PppoeSettings.UNTAGGED : new EthernetFlow(tags).text();
    }
}
