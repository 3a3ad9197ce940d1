// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.LinkState;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A plain miniport on an interface or capture file: a call manager above it says, in the media parameters, which flow each VC is.
 */
final class PcapMiniport implements CoMiniport {

    private static final Logger LOG = LoggerFactory.getLogger(PcapMiniport.class);

    private final PcapSettings settings;
    private final PcapHost host;
    private volatile Optional<Running> running = Optional.empty();
    private volatile Consumer<LinkState> linkListener = state -> {};

    PcapMiniport(final PcapSettings settings, final PcapHost host) {
        this.settings = settings;
        this.host = host;
    }

    /** Who hears, beside the protocols, that the state of the link has changed: the other half of an MCM, which is none. */
    void tellOfLink(final Consumer<LinkState> listener) {
        linkListener = listener;
    }

    @Override
    public NdisStatus initialize(final MiniportAdapter adapter) {
        final Running next = new Running(adapter);
        try {
            next.open();
        } catch (CaptureException e) {
            next.control.shutdownNow();
            LOG.warn("adapter {} is unavailable: {}", settings.name(), e.getMessage());
            host.status().unavailable(e.getMessage());
            return NdisStatus.OPEN_FAILED;
        }
        running = Optional.of(next);
        host.status().opened();
        next.startIfDue();
        return NdisStatus.SUCCESS;
    }

    @Override
    public NdisResult<MiniportVcContext> createVc(final MiniportVc vc) {
        return running.map(r -> NdisResult.<MiniportVcContext>success(r.new Flow(vc)))
                .orElseGet(() -> NdisResult.failure(NdisStatus.ADAPTER_NOT_READY));
    }

    @Override
    public CompletionStage<Void> flushReceives() {
        return running.map(r -> r.link().flush()).orElseGet(() -> CompletableFuture.completedStage(null));
    }

    @Override
    public CompletionStage<NdisStatus> restart() {
        return running.map(r -> r.operations().restart()).orElseGet(NdisStatus.ADAPTER_NOT_READY::asStage);
    }

    @Override
    public CompletionStage<NdisStatus> pause() {
        return running.map(r -> r.operations().pause()).orElseGet(NdisStatus.SUCCESS::asStage);
    }

    @Override
    public CompletionStage<NdisResult<AddressingReset>> reset() {
        return running.map(r -> r.operations().reset())
                .orElseGet(() -> NdisResult.<AddressingReset>failure(NdisStatus.ADAPTER_NOT_READY)
                        .asStage());
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vcContext, final OidRequest request) {
        final Optional<FlowVc> vc = vcContext.map(context -> ((Running.Flow) context).data);
        return running.map(r -> r.operations().oidRequest(vc, request))
                .orElseGet(() -> OidResult.failure(NdisStatus.NOT_ACCEPTED))
                .asStage();
    }

    @Override
    public void surpriseRemoved() {
        running.ifPresent(r -> r.link().remove());
    }

    @Override
    public void halt(final HaltAction action) {
        final Optional<Running> last = running;
        running = Optional.empty();
        last.ifPresent(Running::close);
    }

    /** What is running now; empty before initialize and after halt. */
    Optional<PcapLink> link() {
        return running.map(Running::link);
    }

    /** One life of the adapter, from initialize to halt. */
    private final class Running implements PcapLink.Owner, LinkOperations.Owner {
        private final MiniportAdapter adapter;
        private final ScheduledExecutorService control = ControlThread.create(settings.name());
        private final AtomicInteger activations = new AtomicInteger();
        private volatile Optional<Future<?>> pendingStart = Optional.empty();
        private Optional<PcapLink> link = Optional.empty();
        private Optional<FlowTable.Probe> probe = Optional.empty();
        private Optional<LinkOperations> operations = Optional.empty();

        Running(final MiniportAdapter adapter) {
            this.adapter = adapter;
        }

        void open() throws CaptureException {
            final PcapLink opened = PcapLink.open(settings, host, this);
            link = Optional.of(opened);
            probe = Optional.of(opened.table().new Probe());
            operations = Optional.of(new LinkOperations(opened, control, adapter, host, this));
        }

        LinkOperations operations() {
            return operations.orElseThrow();
        }

        PcapLink link() {
            return link.orElseThrow();
        }

        void startIfDue() {
            if (!link().isLive() && settings.file().startAfter() == 0) {
                link().start();
            }
        }

        void activated() {
            final boolean due = activations.incrementAndGet() == settings.file().startAfter();
            if (due && !link().isLive()) {
                pendingStart = Optional.of(
                        control.schedule(link()::start, settings.file().startDelayMillis(), TimeUnit.MILLISECONDS));
            }
        }

        void close() {
            pendingStart.ifPresent(start -> start.cancel(false));
            operations().close();
        }

        @Override
        public void restarted() {
            // nothing is held here
        }

        @Override
        public void linkChanged(final LinkState state) {
            // a call manager above hears of it as every protocol does
            linkListener.accept(state);
        }

        @Override
        public void frame(final FrameParser parser, final byte[] frame, final long epochNanosOfFrame) {
            final FlowTable.Probe lookup = probe.orElseThrow();
            final FlowReceiver receiver = lookup.wanted(parser);
            if (receiver == null) {
                link().unclaimed();
            } else {
                receiver.receive(frame, lookup.from(), lookup.to(), epochNanosOfFrame);
            }
        }

        @Override
        public void ended(final boolean stopped, final Optional<String> cause) {
            if (stopped) {
                return;
            }
            if (link().isLive()) {
                final String why = cause.orElse("the interface delivers no more frames");
                host.status().unavailable(why);
                adapter.removeMiniport(why);
            } else {
                host.status().ended(cause, link().counters());
            }
        }

        /** One VC. */
        private final class Flow implements MiniportVcContext, FlowReceiver {
            private final FlowVc data;

            Flow(final MiniportVc vc) {
                this.data = new FlowVc(link(), this, vc);
            }

            @Override
            public CompletionStage<NdisResult<CallParameters>> activateVc(final CallParameters parameters) {
                final boolean first = !data.isOpen();
                final NdisResult<CallParameters> result = data.activate(parameters);
                if (first && result.isSuccess()) {
                    activated();
                }
                return result.asStage();
            }

            @Override
            public Optional<String> boundAddress() {
                return data.boundAddress();
            }

            @Override
            public CompletionStage<NdisStatus> deactivateVc() {
                return data.deactivate().thenApply(nothing -> NdisStatus.SUCCESS);
            }

            @Override
            public NdisStatus deleteVc() {
                return data.isOpen() ? NdisStatus.NOT_ACCEPTED : NdisStatus.SUCCESS;
            }

            @Override
            public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
                data.send(nbls, flags);
            }

            @Override
            public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
                data.returned(nbls);
            }

            @Override
            public void receive(final byte[] frame, final int from, final int to, final long stamp) {
                final NetBufferList nbl = data.fill(frame, from, to, stamp);
                if (nbl != null) {
                    data.indicate(nbl);
                }
            }
        }
    }
}
