// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.callmgr.SignalingVcContext;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.MacAddress;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A call manager that only sends the discovery packets that a test makes, and keeps what comes. */
final class Prober implements CallManager, SignalingVcContext {
    private static final int LONGEST = 1600;

    private final NetBufferListPool pool = new NetBufferListPool("prober", 256, LONGEST);
    private final Queue<SignalFrame> heard = new ConcurrentLinkedQueue<>();
    private volatile Optional<SignalingVc> vc = Optional.empty();
    private volatile Optional<CmBinding> bound = Optional.empty();

    /** A session that it has, whoever gave it. */
    final class Session implements SignalingVcContext {
        private final SignalingVc data;

        private Session(final MacAddress peer, final int id) {
            data = bound.orElseThrow().createSignalingVc(this).get();
            VethLab.join(data.activateVc(with(EthernetFlow.parse("peer:" + peer.toString() + "/pppoe:" + id))));
        }

        void send(final Octets ppp) {
            data.sendNetBufferLists(pool.allocate().fill(ppp.toByteArray()), NblFlags.NONE);
        }

        void close() {
            VethLab.join(data.deactivateVc());
            assertThat(data.deleteVc().isSuccess()).isTrue();
        }

        @Override
        public void receiveNetBufferLists(final SignalingVc on, final NetBufferList nbls, final int flags) {
            on.returnNetBufferLists(nbls, NblFlags.NONE);
        }

        @Override
        public void sendNetBufferListsComplete(final SignalingVc on, final NetBufferList nbls, final int flags) {
            nbls.freeChain();
        }
    }

    Session session(final MacAddress peer, final int id) {
        return new Session(peer, id);
    }

    private static CallParameters with(final EthernetFlow flow) {
        return new CallParameters(Set.of(), Optional.empty(), Optional.of(flow.toMediaParameters()));
    }

    @Override
    public NdisStatus bindAdapter(final CmBinding binding) {
        bound = Optional.of(binding);
        final SignalingVc made = binding.createSignalingVc(this).get();
        final NdisResult<CallParameters> activated =
                VethLab.join(made.activateVc(with(EthernetFlow.stations(DiscoveryPacket.ETHER_TYPE))));
        vc = Optional.of(made);
        return activated.status();
    }

    void send(final MacAddress to, final DiscoveryPacket packet) {
        sendRaw(DiscoveryCodec.write(to, packet));
    }

    void sendRaw(final byte[] pdu) {
        vc.orElseThrow().sendNetBufferLists(pool.allocate().fill(pdu), NblFlags.NONE);
    }

    /** What came since the last time. */
    List<SignalFrame> heard() {
        final List<SignalFrame> all = List.copyOf(heard);
        heard.removeAll(all);
        return all;
    }

    @Override
    public void receiveNetBufferLists(final SignalingVc on, final NetBufferList nbls, final int flags) {
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            final DiscoveryCodec.Reading reading = DiscoveryCodec.read(nbl.toByteArray());
            assertThat(reading.problem()).isEmpty();
            reading.frame().ifPresent(heard::add);
        }
        on.returnNetBufferLists(nbls, NblFlags.NONE);
    }

    @Override
    public void sendNetBufferListsComplete(final SignalingVc on, final NetBufferList nbls, final int flags) {
        nbls.freeChain();
    }
}
