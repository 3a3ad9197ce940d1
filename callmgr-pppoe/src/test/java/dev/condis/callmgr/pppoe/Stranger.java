// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.adapter.sim.net.LinkProfile;
import dev.condis.adapter.sim.net.NicDriver;
import dev.condis.adapter.sim.net.NicPort;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.WirePdu;
import dev.condis.api.media.MacAddress;
import dev.condis.api.pppoe.PppoeTag;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** A station without a driver, which sends whatever the test likes and keeps what it gets. */
final class Stranger implements NicDriver {
    private static final int ADDRESSES = 12;
    private static final int TYPE_AT = 12;

    private final MacAddress own;
    private final NicPort port;
    private final Deque<byte[]> toSend = new ArrayDeque<>();
    private final List<SignalFrame> heard = new ArrayList<>();

    Stranger(final SimNetwork network, final MacAddress own) {
        this.own = own;
        this.port = network.attach(own, LinkProfile.ideal(), this).orElseThrow();
    }

    /** What came since the last time. */
    List<SignalFrame> heard() {
        final List<SignalFrame> all = List.copyOf(heard);
        heard.clear();
        return all;
    }

    void send(final MacAddress to, final DiscoveryPacket.Code code, final int sessionId, final PppoeTag... tags) {
        send(to, new DiscoveryPacket(code, sessionId, List.of(tags)));
    }

    void send(final MacAddress to, final DiscoveryPacket packet) {
        final byte[] pdu = DiscoveryCodec.write(to, packet);
        own.copyTo(pdu, 6);
        sendRaw(DiscoveryPacket.ETHER_TYPE, pdu);
    }

    /** Sends a frame of a type, whose first octets are the addresses. */
    void sendRaw(final int type, final byte[] addressesAndPayload) {
        final byte[] frame = new byte[addressesAndPayload.length + 2];
        System.arraycopy(addressesAndPayload, 0, frame, 0, ADDRESSES);
        frame[TYPE_AT] = (byte) (type >>> 8);
        frame[TYPE_AT + 1] = (byte) type;
        System.arraycopy(addressesAndPayload, ADDRESSES, frame, TYPE_AT + 2, addressesAndPayload.length - ADDRESSES);
        toSend.add(frame);
        port.requestTransmit();
    }

    @Override
    public boolean nextToTransmit(final WirePdu pdu) {
        final byte[] frame = toSend.poll();
        if (frame != null) {
            pdu.append(frame, 0, frame.length);
        }
        return frame != null;
    }

    @Override
    public void transmitted(final boolean sent) {
        // nobody waits for it
    }

    @Override
    public void transmitBatchEnded() {
        // nothing is reported in batches
    }

    @Override
    public void received(final WirePdu pdu) {
        final byte[] frame = pdu.toBytes();
        if ((frame[TYPE_AT] & 0xff) != 0x88 || (frame[TYPE_AT + 1] & 0xff) != 0x63) {
            return;
        }
        final byte[] signaling = Arrays.copyOf(frame, frame.length - 2);
        System.arraycopy(frame, TYPE_AT + 2, signaling, ADDRESSES, frame.length - TYPE_AT - 2);
        DiscoveryCodec.read(signaling).frame().ifPresent(heard::add);
    }

    @Override
    public void receiveBatchEnded() {
        // nothing is indicated in batches
    }

    @Override
    public void linkChanged(final boolean up) {
        // it is always in
    }
}
