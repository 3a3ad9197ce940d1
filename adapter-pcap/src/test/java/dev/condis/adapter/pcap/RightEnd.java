// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.adapter.pcap.FakeNdis.VcFake;
import dev.condis.api.CallParameters;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.tck.subject.RemoteEnd;
import dev.condis.tck.subject.Specimen;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The right end of a veth pair, for a driver that is under test on the left one. A call is a PDU on a flow that nobody has used. */
final class RightEnd implements RemoteEnd {
    private static final int FIRST_CALL = 1000;
    private static final String PDU = "a PDU on a flow that is new, long enough that it needs no padding";

    private final NetworkNamespace namespace;
    private final PcapMiniport miniport;
    private final Map<MediaFlow, VcFake> vcs = new ConcurrentHashMap<>();
    private final AtomicInteger calls = new AtomicInteger();

    private RightEnd(final NetworkNamespace namespace, final PcapMiniport miniport) {
        this.namespace = namespace;
        this.miniport = miniport;
    }

    /** Starts this end with what the left one will send on, and has it end with the specimen. */
    static Specimen opposite(final NetworkNamespace namespace, final Specimen left, final String... flows) {
        namespace.ip("link", "set", "right", "up");
        final PcapSettings.Live usual = PcapSettings.Live.DEFAULT;
        final PcapSettings settings = PcapSettings.of("right", "right", PcapSettings.Mode.MINIPORT)
                .with(new PcapSettings.Live(
                        usual.profile(),
                        usual.snaplen(),
                        1 << 20,
                        usual.timeoutMillis(),
                        usual.promiscuous(),
                        usual.direction(),
                        usual.filter(),
                        usual.precision()));
        final PcapMiniport miniport =
                new PcapMiniport(settings, new PcapHost(() -> 0L, LinkStatus.IGNORED, LinkProbe.UNKNOWN));
        final FakeNdis ndis = new FakeNdis();
        final NdisStatus started = namespace.call(() -> miniport.initialize(ndis));
        if (!started.isSuccess()) {
            throw new IllegalStateException("the right end cannot be opened: " + started);
        }
        namespace.call(() -> miniport.restart().toCompletableFuture().join());
        final RightEnd right = new RightEnd(namespace, miniport);
        Stream.of(flows).map(MediaFlow::parse).forEach(right::vc);
        return left.withRemote(right).closing(() -> miniport.halt(HaltAction.DEVICE_DISABLED));
    }

    private Optional<VcFake> vc(final CallParameters parameters) {
        return parameters
                .media()
                .flatMap(MediaParameters::specific)
                .flatMap(MediaFlow::fromSpecificParameters)
                .map(this::vc);
    }

    private VcFake vc(final MediaFlow flow) {
        return vcs.computeIfAbsent(flow, first -> {
            final VcFake vc = VcFake.on(miniport);
            final Optional<String> refusal = vc.activate(CallParameters.permanent(flow.toMediaParameters()))
                    .refusal()
                    .map(r -> r.explanation());
            if (refusal.isPresent()) {
                throw new IllegalStateException("the right end cannot carry " + flow + ": " + refusal.get());
            }
            return vc;
        });
    }

    private static void send(final VcFake vc, final Octets pdu) {
        final NetBufferList nbl =
                new NetBufferListPool("right", 1, pdu.length()).allocate().fill(pdu.toByteArray());
        vc.context().sendNetBufferLists(nbl, NblFlags.NONE);
    }

    @Override
    public boolean transmit(final CallParameters vc, final Octets pdu) {
        final Optional<VcFake> here = vc(vc);
        here.ifPresent(there -> send(there, pdu));
        return here.isPresent();
    }

    @Override
    public Optional<List<Octets>> received(final CallParameters vc) {
        return vc(vc).map(here ->
                here.received().stream().map(pdu -> Octets.of(pdu.bytes())).toList());
    }

    @Override
    public boolean call(final Sap sap) {
        send(vc(MediaFlow.parse("vlan:" + (FIRST_CALL + calls.getAndIncrement()))), Octets.ofText(PDU));
        return true;
    }

    @Override
    public boolean link(final boolean up) {
        namespace.ip("link", "set", "right", up ? "up" : "down");
        return true;
    }
}
