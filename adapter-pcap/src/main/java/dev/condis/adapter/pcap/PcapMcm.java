// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.McmAdapter;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
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
    private final PcapHost host;
    private volatile Optional<FlowDiscovery> running = Optional.empty();

    PcapMcm(final PcapSettings settings, final PcapHost host) {
        this.settings = settings;
        this.host = host;
    }

    @Override
    public NdisStatus initialize(final McmAdapter adapter) {
        final FlowDiscovery next;
        try {
            next = FlowDiscovery.open(settings, host, adapter);
        } catch (CaptureException e) {
            LOG.warn("adapter {} is unavailable: {}", settings.name(), e.getMessage());
            host.status().unavailable(e.getMessage());
            return NdisStatus.OPEN_FAILED;
        }
        final NdisStatus registered = next.register();
        if (!registered.isSuccess()) {
            next.close();
            return registered;
        }
        running = Optional.of(next);
        host.status().opened();
        next.startIfDue();
        return NdisStatus.SUCCESS;
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
        final Optional<FlowVc> vc = vcContext.map(context -> ((McmCall) context).data());
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
        final Optional<FlowDiscovery> last = running;
        running = Optional.empty();
        last.ifPresent(FlowDiscovery::close);
    }

    /** What is running now; empty before initialize and after halt. */
    Optional<PcapLink> link() {
        return running.map(FlowDiscovery::link);
    }
}
