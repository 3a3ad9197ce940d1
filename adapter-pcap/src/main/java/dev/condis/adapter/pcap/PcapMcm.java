// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.McmAdapter;
import dev.condis.api.miniport.MiniportCallManager;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A miniport call manager for permanent circuits on an interface or capture file. Each flow that is seen and that a client's SAP
 * matches becomes an incoming call: a VC is created and activated, the call is dispatched, and when the client has accepted it
 * and was told that it is connected, the PDUs follow, those held meanwhile first. An outgoing call names a flow in its media
 * parameters and gets it. At the end of a capture file every call is closed from this side, with {@code SUCCESS} or, if the
 * capture broke off, with {@code FAILURE} and the cause as close data.
 */
final class PcapMcm implements MiniportCallManager {

    private static final Logger LOG = LoggerFactory.getLogger(PcapMcm.class);

    private final PcapSettings settings;
    private final LongSupplier epochNanos;
    private final LinkStatus status;
    private volatile Optional<FlowDiscovery> running = Optional.empty();

    PcapMcm(final PcapSettings settings, final LongSupplier epochNanos, final LinkStatus status) {
        this.settings = settings;
        this.epochNanos = epochNanos;
        this.status = status;
    }

    @Override
    public NdisStatus initialize(final McmAdapter adapter) {
        final FlowDiscovery next;
        try {
            next = FlowDiscovery.open(settings, epochNanos, adapter, status);
        } catch (CaptureException e) {
            LOG.warn("adapter {} is unavailable: {}", settings.name(), e.getMessage());
            status.unavailable(e.getMessage());
            return NdisStatus.OPEN_FAILED;
        }
        final NdisStatus registered = next.register();
        if (!registered.isSuccess()) {
            next.close();
            return registered;
        }
        running = Optional.of(next);
        status.opened();
        next.startIfDue();
        return NdisStatus.SUCCESS;
    }

    @Override
    public void surpriseRemoved() {
        running.ifPresent(r -> r.link().remove());
    }

    @Override
    public void halt(final HaltAction action) {
        final Optional<FlowDiscovery> last = running;
        running = Optional.empty();
        last.ifPresent(FlowDiscovery::close);
    }

    /** What is running now; empty before initialize and after halt. */
    Optional<PcapLink> link() {
        return running.map(FlowDiscovery::link);
    }
}
