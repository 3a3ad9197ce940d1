// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.adapter.sim.net.LinkProfile;
import dev.condis.adapter.sim.net.NicDriver;
import dev.condis.adapter.sim.net.NicPort;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.WirePdu;
import dev.condis.api.Octets;
import dev.condis.api.media.MacAddress;
import dev.condis.api.pppoe.PppoeTag;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** A station without a driver, which sends whatever the test likes and keeps what it gets. */
final class Stranger implements NicDriver {
    private static final int ADDRESSES = 12;
    private static final int TYPE_AT = 12;
    private static final int SESSION_TYPE = 0x8864;
    private static final int SESSION_HEADER = 6;

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
        sendAs(own, to, packet);
    }

    /** Sends a packet in the name of another station. */
    void sendAs(final MacAddress from, final MacAddress to, final DiscoveryPacket packet) {
        final byte[] pdu = DiscoveryCodec.write(to, packet);
        from.copyTo(pdu, 6);
        sendRaw(DiscoveryPacket.ETHER_TYPE, pdu);
    }

    /** Sends a PPP frame in a session. */
    void sendSession(final MacAddress to, final int sessionId, final Octets ppp) {
        final byte[] pdu = new byte[ADDRESSES + SESSION_HEADER + ppp.length()];
        to.copyTo(pdu, 0);
        own.copyTo(pdu, 6);
        ByteBuffer.wrap(pdu, ADDRESSES, SESSION_HEADER + ppp.length())
                .put((byte) 0x11)
                .put((byte) 0)
                .putShort((short) sessionId)
                .putShort((short) ppp.length())
                .put(ppp.toByteArray());
        sendRaw(SESSION_TYPE, pdu);
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
