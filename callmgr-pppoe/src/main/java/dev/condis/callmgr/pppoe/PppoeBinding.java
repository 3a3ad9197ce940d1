// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.AddressFamily;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CmAddressFamily;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.media.FlowLayer;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.StatusCode;
import dev.condis.api.status.StatusIndication;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signaling of one adapter: its links, both roles, the sessions, and the loop to which all of that is confined.
 */
final class PppoeBinding implements CmAddressFamily, DiscoveryLink.Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(PppoeBinding.class);

    private final CmBinding binding;
    private final Supplier<PppoeSettings> settings;
    private final SignalingLoop loop;
    private final DiscoveryCounters counters = new DiscoveryCounters();
    private final List<DiscoveryLink> links = new CopyOnWriteArrayList<>();
    private final SessionTable sessions;
    private final HostRole host;
    private final AccessConcentrator concentrator;

    // confined to the loop
    private final List<PppoeClient> clients = new ArrayList<>();
    private boolean signaling = true;
    private boolean stopping;

    PppoeBinding(
            final CmBinding binding,
            final Supplier<PppoeSettings> settings,
            final SignalingLoop loop,
            final RandomGenerator random) {
        this.binding = binding;
        this.settings = settings;
        this.loop = loop;
        this.sessions = new SessionTable(() -> settings().limits(), random);
        this.host = new HostRole(random, loop, counters);
        this.concentrator = new AccessConcentrator(this, random);
        settings.get().links().forEach(tags -> links.add(newLink(tags)));
    }

    private DiscoveryLink newLink(final List<FlowLayer> tags) {
        return new DiscoveryLink(tags, loop, counters, this);
    }

    // --- life

    /** Opens the signaling VCs and offers the address family. */
    NdisStatus start() {
        for (final DiscoveryLink link : links) {
            final NdisStatus opened = link.open(binding);
            if (!opened.isSuccess()) {
                return opened;
            }
        }
        return binding.registerAddressFamily(AddressFamily.PPPOE, this).status();
    }

    /**
     * The settings have changed. All but the links are looked up when they are needed. A link that is new is opened; one that is not wanted any more
     * begins no calls, and stays for the sessions that it has, as long as the adapter is bound.
     */
    void settingsChanged() {
        loop.execute(() -> {
            if (!stopping) {
                final List<List<FlowLayer>> wanted = settings().links();
                links.forEach(link -> link.use(wanted.stream().anyMatch(link::hasTags)));
                wanted.stream()
                        .filter(tags -> links.stream().noneMatch(link -> link.hasTags(tags)))
                        .forEach(this::addLink);
            }
        });
    }

    private void addLink(final List<FlowLayer> tags) {
        final DiscoveryLink link = newLink(tags);
        final NdisStatus opened = link.open(binding);
        if (opened.isSuccess()) {
            links.add(link);
        } else {
            LOG.warn("PPPoE on {}: no signaling on '{}': {}", this, link, opened);
        }
    }

    /** Ends what is being made and has every client close what is there, by the book (S5, S37). */
    CompletionStage<NdisResult<Void>> stop() {
        loop.execute(() -> {
            stopping = true;
            host.abandon();
        });
        return Outcomes.settled(binding.closeAll());
    }

    /** Nothing is signaled any more. Ends the loop. */
    void end() {
        links.forEach(DiscoveryLink::close);
        loop.close();
        LOG.info("PPPoE on {} has ended: {}", this, counters);
    }

    // --- what is here; confined to the loop where the class says so

    SignalingLoop loop() {
        return loop;
    }

    PppoeSettings settings() {
        return settings.get();
    }

    DiscoveryCounters counters() {
        return counters;
    }

    SessionTable sessions() {
        return sessions;
    }

    HostRole host() {
        return host;
    }

    AccessConcentrator concentrator() {
        return concentrator;
    }

    List<DiscoveryLink> linksInUse() {
        return links.stream().filter(DiscoveryLink::isInUse).toList();
    }

    Optional<DiscoveryLink> link(final List<FlowLayer> tags) {
        return links.stream()
                .filter(link -> link.isInUse() && link.hasTags(tags))
                .findFirst();
    }

    boolean isStopping() {
        return stopping;
    }

    /** Whether calls can be made, as far as the miniport tells. */
    boolean isSignaling() {
        return signaling;
    }

    // --- clients

    @Override
    public CompletionStage<NdisResult<CmAfContext>> openAf(final CmAf af) {
        final PppoeClient client = new PppoeClient(this, af);
        loop.execute(() -> clients.add(client));
        return NdisResult.<CmAfContext>success(client).asStage();
    }

    /** The client closes the address family: no call is offered to it any more. */
    void remove(final PppoeClient client) {
        clients.remove(client);
        concentrator.deregisterAll(client);
    }

    // --- the wire

    @Override
    public boolean receivedNow(final DiscoveryLink link, final SignalFrame frame) {
        return frame.packet().code() == DiscoveryPacket.Code.PADS && host.confirmedNow(link, frame);
    }

    @Override
    public void received(final DiscoveryLink link, final SignalFrame frame) {
        switch (frame.packet().code()) {
            case PADI -> concentrator.initiated(link, frame);
            case PADO -> host.offered(link, frame);
            case PADR -> concentrator.requested(link, frame);
            case PADS -> host.confirmed(link, frame);
            case PADT -> terminated(link, frame);
        }
    }

    /** Believed only if it comes from the peer of the session: the peer is part of what names it. */
    private void terminated(final DiscoveryLink link, final SignalFrame frame) {
        final SessionKey key =
                new SessionKey(link, frame.source(), frame.packet().sessionId());
        final Optional<PppoeSession> session = sessions.find(key);
        if (session.isEmpty()) {
            counters.dropped(Dropped.UNKNOWN_SESSION);
        }
        session.ifPresent(ended -> ended.endedByPeer(ErrorTags.closeData(frame.packet())));
    }

    /**
     * The miniport tells something: whether there is a link decides whether calls can be made (R203), and closes none (R212).
     */
    void status(final StatusIndication indication) {
        connected(indication)
                .ifPresent(connected -> loop.execute(() -> {
                    signaling = connected;
                    List.copyOf(clients).forEach(PppoeClient::tellSignaling);
                }));
    }

    private static Optional<Boolean> connected(final StatusIndication indication) {
        if (indication.code().equals(StatusCode.LINK_STATE)) {
            return LinkState.ofOctets(indication.buffer())
                    .filter(state -> state.connect() != LinkState.MediaConnectState.UNKNOWN)
                    .map(state -> state.connect() == LinkState.MediaConnectState.CONNECTED);
        }
        if (indication.code().equals(StatusCode.MEDIA_CONNECT)) {
            return Optional.of(true);
        }
        return indication.code().equals(StatusCode.MEDIA_DISCONNECT) ? Optional.of(false) : Optional.empty();
    }

    @Override
    public String toString() {
        return binding.adapter().name();
    }
}
