// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.AddressFamily;
import dev.condis.api.AfState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Refusal;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.media.FlowLayer;
import dev.condis.api.media.FlowPattern;
import dev.condis.api.media.FlowSyntaxException;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.miniport.McmAdapter;
import dev.condis.api.miniport.McmVc;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.status.LinkState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of a {@link PcapMcm}, from initialize to halt: the SAPs of its clients, and the calls that frames of new flows become.
 *
 * <p>The capture thread makes incoming calls. Flows that no SAP matches, or whose call was refused or closed, are remembered as
 * such until the SAPs change, so that each costs one look at the table; when the table is full these are forgotten first.
 */
final class FlowDiscovery implements PcapLink.Owner, LinkOperations.Owner {

    private static final Logger LOG = LoggerFactory.getLogger(FlowDiscovery.class);
    private static final FlowReceiver IGNORED = (frame, from, to, epochNanos) -> {
        // counted where it was decided
    };

    private final McmAdapter adapter;
    private final LinkStatus status;
    private final LinkOperations operations;
    private final Set<Af> families = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService control;
    private final PcapLink link;
    private final FlowTable.Probe probe;
    private final AtomicInteger notOffered = new AtomicInteger();
    /** Calls whose flows are free again, and whose VCs are not deleted yet. */
    private final AtomicInteger ending = new AtomicInteger();

    private final AtomicBoolean signaling = new AtomicBoolean(true);
    private volatile List<SapEntry> saps = List.of();
    private final AtomicInteger generation = new AtomicInteger();

    private FlowDiscovery(
            final PcapSettings settings,
            final PcapHost host,
            final McmAdapter adapter,
            final ScheduledExecutorService control)
            throws CaptureException {
        this.adapter = adapter;
        this.status = host.status();
        this.control = control;
        this.link = PcapLink.open(settings, host, this);
        this.probe = link.table().new Probe();
        this.operations = new LinkOperations(link, control, adapter, host, this);
    }

    static FlowDiscovery open(final PcapSettings settings, final PcapHost host, final McmAdapter adapter)
            throws CaptureException {
        final ScheduledExecutorService control = ControlThread.create(settings.name());
        boolean complete = false;
        try {
            final FlowDiscovery discovery = new FlowDiscovery(settings, host, adapter, control);
            complete = true;
            return discovery;
        } finally {
            if (!complete) {
                control.shutdownNow();
            }
        }
    }

    /** A client's SAP. */
    private record SapEntry(FlowPattern pattern, CmSap sap, Af af, int requiredKinds) {

        static SapEntry of(final FlowPattern pattern, final CmSap sap, final Af af) {
            int kinds = 0;
            for (final FlowLayer.Kind kind : pattern.requiredKinds()) {
                kinds |= FlowKey.bit(kind);
            }
            return new SapEntry(pattern, sap, af, kinds);
        }

        boolean mayMatch(final int kinds) {
            return (requiredKinds & ~kinds) == 0;
        }
    }

    /** Stands for a flow that is not offered to anybody, as long as the SAPs stay as they are. */
    private final class NotOffered implements FlowReceiver {
        private final int since = generation.get();
        private final LinkCounters.Received counter;

        NotOffered(final LinkCounters.Received counter) {
            this.counter = counter;
        }

        boolean isStale() {
            return since != generation.get();
        }

        @Override
        public void receive(final byte[] frame, final int from, final int to, final long epochNanos) {
            if (counter == LinkCounters.Received.OF_NO_VC) {
                link.unclaimed();
            } else {
                link.counters().add(counter, 1);
            }
        }
    }

    PcapLink link() {
        return link;
    }

    LinkOperations operations() {
        return operations;
    }

    ScheduledExecutorService control() {
        return control;
    }

    NdisStatus register() {
        return adapter.registerAddressFamily(AddressFamily.PVC, this::openAf).status();
    }

    void startIfDue() {
        if (!link.isLive() && saps.size() >= link.settings().file().startAfter()) {
            link.start();
        }
    }

    void close() {
        operations.close();
    }

    /** The calls whose PDUs were held meanwhile get them. */
    @Override
    public void restarted() {
        calls().forEach(McmCall::resume);
    }

    /** Tells every client whether calls can be made and offered (rule R203). Calls that are up stay (R212). */
    @Override
    public void linkChanged(final LinkState state) {
        final boolean enabled = state.connect() == LinkState.MediaConnectState.CONNECTED;
        if (signaling.getAndSet(enabled) != enabled) {
            families.forEach(Af::tellSignaling);
        }
    }

    private List<McmCall> calls() {
        return link.table().receivers().stream()
                .filter(McmCall.class::isInstance)
                .map(McmCall.class::cast)
                .toList();
    }

    private CompletionStage<NdisResult<CmAfContext>> openAf(final CmAf af) {
        final Af family = new Af(af);
        families.add(family);
        return NdisResult.<CmAfContext>success(family).asStage();
    }

    @Override
    public void frame(final FrameParser parser, final byte[] frame, final long epochNanos) {
        final FlowReceiver wanted = probe.wanted(parser);
        final FlowKey canonical = probe.canonical(parser);
        if (canonical.length() > probe.depth() || parser.isEvidence()) {
            final FlowReceiver discovered = discovered(canonical);
            if (!parser.isEvidence() && discovered != null && (wanted == null || discovered instanceof McmCall)) {
                discovered.receive(frame, parser.canonicalStart(), parser.canonicalEnd(), epochNanos);
                return;
            }
        }
        if (wanted != null) {
            wanted.receive(frame, probe.from(), probe.to(), epochNanos);
        } else if (!parser.isEvidence()) {
            link.unclaimed();
        }
    }

    /** The receiver of a discovered flow, which is offered now if it is new; {@code null} if it cannot become one. */
    private FlowReceiver discovered(final FlowKey canonical) {
        FlowReceiver found = canonical.length() == 0 ? null : probe.discovered();
        if (found instanceof NotOffered old && old.isStale()) {
            link.table().release(canonical, old);
            notOffered.decrementAndGet();
            found = null;
        }
        return found == null && canonical.length() > 0 ? offer(canonical) : found;
    }

    private FlowReceiver offer(final FlowKey canonical) {
        FlowReceiver result = null;
        if (!link.table().isWanted(canonical) && mayMatch(canonical)) {
            result = makeRoom() ? offerNew(canonical.copy()) : overLimit();
        }
        return result;
    }

    private boolean mayMatch(final FlowKey canonical) {
        final int kinds = canonical.kindMask();
        final List<SapEntry> entries = saps;
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).mayMatch(kinds)) {
                return true;
            }
        }
        return false;
    }

    private boolean makeRoom() {
        final int limit = link.settings().limits().flows();
        if (link.table().size() >= limit && notOffered.get() > 0) {
            notOffered.set(0);
            link.table().releaseDiscovered(NotOffered.class::isInstance);
        }
        return link.table().size() < limit && mayOffer(limit);
    }

    /** Whoever refuses calls faster than their VCs can be deleted makes a file wait; of an interface no further calls are made. */
    private boolean mayOffer(final int limit) {
        return ending.get() < limit
                || link.await(() -> ending.get() < limit, link.settings().file().connectWaitMillis());
    }

    private FlowReceiver overLimit() {
        link.counters().add(LinkCounters.Received.FLOW_LIMIT, 1);
        return IGNORED;
    }

    private FlowReceiver offerNew(final FlowKey key) {
        final MediaFlow flow = key.toFlow();
        final Optional<SapEntry> match =
                saps.stream().filter(s -> s.pattern().matches(flow)).findFirst();
        if (match.isEmpty()) {
            return remember(key, LinkCounters.Received.OF_NO_VC);
        }
        final McmCall call = McmCall.incoming(this, key, flow);
        final SapEntry entry = match.get();
        final NdisResult<CmVc> vc = entry.af().af.createVc(call);
        if (!vc.isSuccess()) {
            LOG.debug("no VC for flow {}: {}", flow, vc);
            return remember(key, LinkCounters.Received.REFUSED);
        }
        call.attach((McmVc) vc.get());
        entry.af().calls.add(call);
        call.ended().thenRun(() -> entry.af().calls.remove(call));
        if (!link.table().discover(key, call)) {
            call.abandon();
            return IGNORED;
        }
        call.offer(entry.sap());
        return call;
    }

    private FlowReceiver remember(final FlowKey key, final LinkCounters.Received counter) {
        final NotOffered marker = new NotOffered(counter);
        if (link.table().discover(key, marker)) {
            notOffered.incrementAndGet();
        }
        return marker;
    }

    /** The call of a discovered flow is over: it is not offered again until the SAPs change. */
    void refuse(final FlowKey key, final McmCall call) {
        if (link.table().replace(key, call, new NotOffered(LinkCounters.Received.REFUSED))) {
            notOffered.incrementAndGet();
            ending.incrementAndGet();
            call.ended().thenRun(ending::decrementAndGet);
        }
    }

    @Override
    public void ended(final boolean stopped, final Optional<String> cause) {
        if (stopped) {
            return;
        }
        if (link.isLive()) {
            final String why = cause.orElse("the interface delivers no more frames");
            status.unavailable(why);
            adapter.removeMiniport(why);
            return;
        }
        final NdisStatus closeStatus = cause.isPresent() ? NdisStatus.FAILURE : NdisStatus.SUCCESS;
        final Octets closeData = Octets.ofText(cause.orElse(""));
        calls().forEach(call -> call.endOfCapture(closeStatus, closeData));
        status.ended(cause, link.counters());
    }

    private synchronized NdisResult<CmSapContext> registerSap(final CmSap sap, final Af af) {
        final FlowPattern pattern;
        try {
            final Optional<FlowPattern> read = FlowPattern.fromSap(sap.sap());
            if (read.isEmpty()) {
                return refuseSap(sap, "only SAPs that are patterns of flows are supported");
            }
            pattern = read.get();
        } catch (FlowSyntaxException e) {
            return refuseSap(sap, e.getMessage());
        }
        if (saps.stream().anyMatch(s -> s.pattern().equals(pattern) && s.af() != af)) {
            return refuseSap(sap, "another client has registered it");
        }
        final SapEntry entry = SapEntry.of(pattern, sap, af);
        final List<SapEntry> next = new ArrayList<>(saps);
        next.add(entry);
        next.sort(Comparator.comparingInt((SapEntry s) -> s.pattern().specificity())
                .reversed());
        changeSaps(next);
        if (next.size() == link.settings().file().startAfter()) {
            control.execute(link::start);
        }
        return NdisResult.success(() -> deregister(entry));
    }

    private static NdisResult<CmSapContext> refuseSap(final CmSap sap, final String why) {
        return NdisResult.refused(
                NdisStatus.INVALID_DATA,
                new Refusal("R50", sap.sap().toString(), "registering", why, Optional.empty()));
    }

    private synchronized CompletionStage<NdisStatus> deregister(final SapEntry entry) {
        final List<SapEntry> next = new ArrayList<>(saps);
        next.remove(entry);
        changeSaps(next);
        return NdisStatus.SUCCESS.asStage();
    }

    private void changeSaps(final List<SapEntry> next) {
        saps = List.copyOf(next);
        generation.incrementAndGet();
    }

    /** A client's open address family. */
    private final class Af implements CmAfContext {
        private final CmAf af;
        private final Set<McmCall> calls = ConcurrentHashMap.newKeySet();
        private final AtomicBoolean heardEnabled = new AtomicBoolean(true);

        Af(final CmAf af) {
            this.af = af;
        }

        @Override
        public NdisResult<CmVcContext> createVc(final CmVc vc) {
            tellSignaling();
            return NdisResult.success(McmCall.outgoing(FlowDiscovery.this, (McmVc) vc));
        }

        @Override
        public CompletionStage<NdisResult<CmSapContext>> registerSap(final CmSap sap) {
            tellSignaling();
            return FlowDiscovery.this.registerSap(sap, this).asStage();
        }

        /**
         * Once the address family is open; a client that opens it while the link is lost is told when it begins to
         * use it.
         */
        void tellSignaling() {
            final boolean enabled = signaling.get();
            if (af.state() == AfState.OPEN && heardEnabled.getAndSet(enabled) != enabled) {
                final Oid oid = enabled ? Oid.CO_SIGNALING_ENABLED : Oid.CO_SIGNALING_DISABLED;
                af.oidRequest(OidRequest.set(oid, Octets.EMPTY))
                        .thenAccept(result -> LOG.debug("{} to {}: {}", oid, af.clientName(), result));
            }
        }

        @Override
        public CompletionStage<NdisStatus> closeAf() {
            families.remove(this);
            final CompletableFuture<?>[] open = calls.stream()
                    .map(call -> call.ended().toCompletableFuture())
                    .toArray(CompletableFuture<?>[]::new);
            return CompletableFuture.allOf(open).thenApply(nothing -> NdisStatus.SUCCESS);
        }
    }
}
