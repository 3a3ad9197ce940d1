// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.Refusal;
import dev.condis.api.TapiCallId;
import dev.condis.api.VcState;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.StatusIndication;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client's binding to an adapter. */
final class ClientEdge implements ClientBinding {
    private static final Logger LOG = LoggerFactory.getLogger(ClientEdge.class);

    private final Adapter adapter;
    private final Drivers.Registered<CoClient> registered;
    private final EngineOptions options;
    private final Set<AddressFamilyInstance> instances = ConcurrentHashMap.newKeySet();
    private final Set<Advertisement> announced = ConcurrentHashMap.newKeySet();
    private final Binding binding;
    private volatile boolean closing;

    ClientEdge(final Adapter adapter, final Drivers.Registered<CoClient> registered, final EngineOptions options) {
        this.adapter = adapter;
        this.registered = registered;
        this.options = options;
        binding = adapter.binding(toString(), new Protocol());
    }

    Binding binding() {
        return binding;
    }

    String name() {
        return registered.descriptor().name();
    }

    CoClient client() {
        return registered.driver();
    }

    boolean isOf(final Drivers.Registered<?> driver) {
        return registered == driver;
    }

    /** Once for each advertisement (R27): the bind and the registration may both come to announce it. */
    boolean isNews(final Advertisement advertisement) {
        return announced.add(advertisement);
    }

    void forget(final List<Advertisement> withdrawn) {
        announced.removeAll(withdrawn);
    }

    /** What it knows of some it knows of those that have taken their place. */
    void knows(final List<Advertisement> before, final List<Advertisement> next) {
        before.stream()
                .filter(announced::contains)
                .flatMap(known ->
                        next.stream().filter(other -> other.addressFamily().sameFamily(known.addressFamily())))
                .forEach(announced::add);
        forget(before);
    }

    RequestGate beginnings() {
        return adapter.beginnings();
    }

    RequestGate endings() {
        return adapter.endings();
    }

    @Override
    public AdapterInfo adapter() {
        return adapter.info();
    }

    @Override
    public CompletionStage<NdisResult<ClientAf>> openAddressFamily(
            final AddressFamily addressFamily, final ClientAfContext context) {
        Objects.requireNonNull(addressFamily, "addressFamily");
        Objects.requireNonNull(context, "context");
        return beginnings().pass(() -> open(addressFamily, context));
    }

    private CompletionStage<NdisResult<ClientAf>> open(
            final AddressFamily addressFamily, final ClientAfContext context) {
        final Optional<Advertisement> advertisement = adapter.announced(addressFamily);
        if (closing || advertisement.isEmpty() || advertisement.get().owner().isClosing()) {
            return this.<ClientAf>refused(addressFamily).asStage();
        }
        return new AddressFamilyInstance(this, advertisement.get(), context, options).open();
    }

    private <T> NdisResult<T> refused(final AddressFamily addressFamily) {
        return NdisResult.refused(
                NdisStatus.FAILURE,
                new Refusal(
                        "R32",
                        toString(),
                        closing ? "closing" : "open",
                        closing ? "the binding is closing" : addressFamily + " is not registered on this adapter",
                        Optional.empty()));
    }

    @Override
    public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
        if (nbls.sourceHandle().orElse(null) instanceof ClientCircuit circuit
                && circuit.addressFamily().isOf(this)) {
            circuit.returnReceived(nbls, flags);
        } else {
            LOG.error("R185: {} returned {} NBLs that were not indicated to it: {}", this, nbls.chainLength(), nbls);
        }
    }

    @Override
    public CompletionStage<NdisResult<Void>> closeAll() {
        return Stages.all(
                instances.stream().map(AddressFamilyInstance::closeAll).toList());
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final OidRequest request) {
        return binding.requests().submit(Objects.requireNonNull(request, "request"));
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final NdisVcHandle vc, final OidRequest request) {
        Objects.requireNonNull(vc, "vc");
        Objects.requireNonNull(request, "request");
        final boolean own =
                vc instanceof ClientCircuit circuit && circuit.addressFamily().isOf(this);
        return binding.requests().submit(vc, own, request);
    }

    @Override
    public void cancelOidRequest(final long requestId) {
        binding.requests().cancel(requestId);
    }

    @Override
    public void cancelSendNetBufferLists(final long cancelId) {
        adapter.cancelSend(cancelId);
    }

    @Override
    public NdisResult<ClientVcContext> vcContext(final TapiCallId tapiCallId) {
        Objects.requireNonNull(tapiCallId, "tapiCallId");
        return instances.stream()
                .flatMap(instance -> instance.circuits().stream())
                .filter(circuit -> circuit.state() != VcState.NONE)
                .filter(circuit ->
                        circuit.tapiCallId().value().filter(tapiCallId::equals).isPresent())
                .findFirst()
                .map(circuit -> NdisResult.success(circuit.clientContext()))
                .orElseGet(() -> NdisResult.failure(NdisStatus.FAILURE));
    }

    void added(final AddressFamilyInstance instance) {
        instances.add(instance);
    }

    void removed(final AddressFamilyInstance instance) {
        instances.remove(instance);
    }

    void beginClosing() {
        closing = true;
    }

    boolean isClosing() {
        return closing;
    }

    void removeLeftovers() {
        for (final AddressFamilyInstance instance : List.copyOf(instances)) {
            LOG.warn("R213: {} left {} open; it is removed", this, instance);
            instance.remove(NdisStatus.CLOSING, false);
        }
    }

    @Override
    public String toString() {
        return "client '" + name() + "' on " + adapter;
    }

    /** What the binding asks of the client. */
    private final class Protocol implements Binding.Protocol {
        @Override
        public CompletionStage<NdisStatus> pause() {
            return client().pause(ClientEdge.this);
        }

        @Override
        public CompletionStage<NdisStatus> restart() {
            return client().restart(ClientEdge.this);
        }

        @Override
        public void status(final StatusIndication indication) {
            client().status(ClientEdge.this, indication);
        }

        @Override
        public Stream<VirtualCircuit> circuits() {
            return Stream.concat(instances.stream().flatMap(instance -> instance.circuits().stream()), strays());
        }

        /** VCs that are gone while the client's packets on them are still on their way (R214). */
        private Stream<VirtualCircuit> strays() {
            return adapter.vcFactory().strays().stream()
                    .filter(stray -> stray instanceof ClientCircuit circuit
                            && circuit.addressFamily().isOf(ClientEdge.this));
        }
    }
}
