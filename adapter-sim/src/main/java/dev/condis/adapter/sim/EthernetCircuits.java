// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.WirePdu;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.FlowLayer;
import dev.condis.api.media.MacAddress;
import dev.condis.api.media.MediaFlow;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Circuits by tags, peer and EtherType, PPPoE sessions, and the stations of an EtherType. A frame belongs to the circuit that says most:
 * more tags before fewer, then a session before a type, a type before its stations, these before none, then a peer before none. Circuits
 * without a peer send to everybody, those of stations to whom the PDU names.
 */
final class EthernetCircuits implements Circuits {

    private static final int ADDRESSES = 12;
    private static final int SOURCE = 6;
    private static final int TAG = 4;
    private static final int TYPE = 2;
    private static final int MAX_TAGS = 2;
    private static final int VLAN_TPID = 0x8100;
    private static final int SVLAN_TPID = 0x88A8;
    private static final int VLAN9100_TPID = 0x9100;
    private static final int VLAN_ID = 0x0FFF;
    private static final int FIRST_ETHER_TYPE = 0x0600;
    private static final long ANY_PEER = -1;
    private static final int ANY_TYPE = -1;
    /** In a key: the type is that of stations, or a session of PPPoE. */
    private static final int STATIONS = 1 << 16;

    private static final int SESSION = 2 << 16;
    private static final int PPPOE_TYPE = 0x8864;
    private static final int PPPOE_VERSION_AND_CODE = 0x1100;
    private static final int PPPOE = 6;
    /** Circuits with the same tags that a frame can fit: a session, with a type and a peer, with a type, stations, with a peer, none. */
    private static final int FITS = 6;

    /** Mutable, so that one key serves all look-ups; equal by value. Keys in the map are never changed. */
    private static final class Key {
        private long tags;
        private long peer;
        private int type;

        private Key set(long newTags, long newPeer, int newType) {
            tags = newTags;
            peer = newPeer;
            type = newType;
            return this;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && tags == key.tags && peer == key.peer && type == key.type;
        }

        @Override
        public int hashCode() {
            return Long.hashCode((tags * 31 + peer) * 31 + type);
        }
    }

    private static final class Framed implements Circuit {
        private final Key key;
        private final byte[] header;
        /** The header ends with the length of what follows. */
        private final boolean counted;

        private Framed(Key key, byte[] header, boolean counted) {
            this.key = key;
            this.header = header;
            this.counted = counted;
        }

        @Override
        public boolean write(WirePdu pdu, ByteBuffer data) {
            if (counted) {
                byte[] withLength = header.clone();
                putShort(withLength, header.length - TYPE, data.remaining());
                pdu.append(withLength, 0, withLength.length);
            } else {
                pdu.append(header, 0, header.length);
            }
            pdu.append(data, data.position(), data.remaining());
            return true;
        }

        @Override
        public int headerLength() {
            return header.length;
        }

        @Override
        public int payloadLength(WirePdu pdu) {
            int rest = pdu.length() - header.length;
            return counted && rest >= 0 ? Math.min(rest, shortAt(pdu, header.length - TYPE)) : rest;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Framed framed && key.equals(framed.key);
        }

        @Override
        public int hashCode() {
            return Objects.hash(key);
        }
    }

    /** The PDU begins with the addresses of both stations; the sender's is not believed. */
    private static final class WithStations implements Circuit {
        private final Key key;
        /** All of the header but the receiver's address. */
        private final byte[] header;

        private WithStations(Key key, byte[] header) {
            this.key = key;
            this.header = header;
        }

        @Override
        public boolean write(WirePdu pdu, ByteBuffer data) {
            if (data.remaining() < ADDRESSES) {
                return false;
            }
            pdu.append(data, data.position(), SOURCE);
            pdu.append(header, 0, header.length);
            pdu.append(data, data.position() + ADDRESSES, data.remaining() - ADDRESSES);
            return true;
        }

        @Override
        public int headerLength() {
            return header.length - SOURCE;
        }

        @Override
        public int payloadLength(WirePdu pdu) {
            return pdu.length() - headerLength();
        }

        @Override
        public void read(WirePdu pdu, ByteBuffer target, int length) {
            pdu.copyTo(0, target, 0, ADDRESSES);
            pdu.copyTo(ADDRESSES + headerLength(), target, ADDRESSES, length - ADDRESSES);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof WithStations circuit && key.equals(circuit.key);
        }

        @Override
        public int hashCode() {
            return Objects.hash(key);
        }
    }

    private static final Set<FlowLayer.Kind> KNOWN =
            Set.of(FlowLayer.Kind.PEER, FlowLayer.Kind.TYPE, FlowLayer.Kind.PPPOE, FlowLayer.Kind.STATIONS);

    private final MacAddress own;
    private final ConcurrentMap<Key, SimVc> vcs = new ConcurrentHashMap<>();

    /** Confined to the network's thread. */
    private final Key probe = new Key();

    private final long[] tagsUpTo = new long[MAX_TAGS + 1];

    EthernetCircuits(MacAddress own) {
        this.own = own;
    }

    @Override
    public Optional<Circuit> circuitOf(MediaFlow flow) {
        if (!(flow instanceof EthernetFlow ethernet) || !ethernet.sendProblems().isEmpty()) {
            return Optional.empty();
        }
        List<FlowLayer> layers = ethernet.layers();
        long tagCount = layers.stream().filter(layer -> layer.kind().isTag()).count();
        boolean known = layers.stream().allMatch(layer -> layer.kind().isTag() || KNOWN.contains(layer.kind()));
        return known && tagCount <= MAX_TAGS ? Optional.of(framed(layers, ethernet.peer())) : Optional.empty();
    }

    private Circuit framed(List<FlowLayer> layers, Optional<MacAddress> peer) {
        byte[] header = new byte[ADDRESSES + TAG * MAX_TAGS + TYPE + PPPOE];
        peer.orElse(MacAddress.BROADCAST).copyTo(header, 0);
        own.copyTo(header, SOURCE);
        int length = ADDRESSES;
        long tags = 0;
        int type = ANY_TYPE;
        for (FlowLayer layer : layers) {
            if (layer.kind().isTag()) {
                putShort(header, length, tpid(layer.kind()));
                putShort(header, length + TYPE, (int) layer.value());
                tags = withTag(tags, tpid(layer.kind()), (int) layer.value());
                length += TAG;
            } else if (layer.kind() != FlowLayer.Kind.PEER) {
                type = keyType(layer);
                length += putType(header, length, layer);
            }
        }
        Key key = new Key().set(tags, peer.map(MacAddress::value).orElse(ANY_PEER), type);
        return type >= STATIONS && type < SESSION
                ? new WithStations(key, Arrays.copyOfRange(header, SOURCE, length))
                : new Framed(key, Arrays.copyOf(header, length), type == FlowLayer.LLC || type >= SESSION);
    }

    private static int keyType(FlowLayer layer) {
        int value = (int) layer.value();
        return switch (layer.kind()) {
            case STATIONS -> STATIONS | value;
            case PPPOE -> SESSION | value;
            default -> value;
        };
    }

    private static int putType(byte[] header, int at, FlowLayer layer) {
        if (layer.kind() != FlowLayer.Kind.PPPOE) {
            putShort(header, at, (int) layer.value());
            return TYPE;
        }
        putShort(header, at, PPPOE_TYPE);
        putShort(header, at + 2, PPPOE_VERSION_AND_CODE);
        putShort(header, at + 4, (int) layer.value());
        return TYPE + PPPOE;
    }

    @Override
    public boolean bind(Circuit circuit, SimVc vc) {
        return vcs.computeIfAbsent(keyOf(circuit), key -> vc) == vc;
    }

    @Override
    public void unbind(Circuit circuit, SimVc vc) {
        vcs.remove(keyOf(circuit), vc);
    }

    private static Key keyOf(Circuit circuit) {
        return circuit instanceof WithStations stations ? stations.key : ((Framed) circuit).key;
    }

    @Override
    public SimVc lookup(WirePdu pdu, SimVc fallback) {
        int fit = fit(pdu);
        SimVc vc = fit == 0 ? fallback : vcs.get(probe);
        return vc == null ? fallback : vc;
    }

    /** Leaves the key of the circuit in the probe. */
    @Override
    public int fit(WirePdu pdu) {
        long peer = pdu.address(SOURCE);
        int depth = readTags(pdu);
        for (int i = depth; i >= 0; i--) {
            int fit = fit(pdu, tagsUpTo[i], peer, ADDRESSES + i * TAG);
            if (fit > 0) {
                return i * FITS + fit;
            }
        }
        return 0;
    }

    private int fit(WirePdu pdu, long tags, long peer, int at) {
        int type = typeAt(pdu, at);
        if (type == PPPOE_TYPE && vcs.containsKey(probe.set(tags, peer, sessionAt(pdu, at + TYPE)))) {
            return FITS;
        }
        if (vcs.containsKey(probe.set(tags, peer, type))) {
            return FITS - 1;
        }
        if (vcs.containsKey(probe.set(tags, ANY_PEER, type))) {
            return FITS - 2;
        }
        if (type >= FIRST_ETHER_TYPE && isForHere(pdu) && vcs.containsKey(probe.set(tags, ANY_PEER, STATIONS | type))) {
            return FITS - 3;
        }
        if (vcs.containsKey(probe.set(tags, peer, ANY_TYPE))) {
            return FITS - 4;
        }
        return vcs.containsKey(probe.set(tags, ANY_PEER, ANY_TYPE)) ? 1 : 0;
    }

    private boolean isForHere(WirePdu pdu) {
        return (pdu.octet(0) & 1) != 0 || pdu.address(0) == own.value();
    }

    /** The type of a key for data of a session, or a type that no key has. */
    private static int sessionAt(WirePdu pdu, int at) {
        boolean data = at + PPPOE <= pdu.length() && shortAt(pdu, at) == PPPOE_VERSION_AND_CODE;
        return data ? SESSION | shortAt(pdu, at + 2) : SESSION;
    }

    /** Fills tagsUpTo and returns how many tags the frame begins with. */
    private int readTags(WirePdu pdu) {
        int depth = 0;
        int at = ADDRESSES;
        tagsUpTo[0] = 0;
        while (depth < MAX_TAGS && at + TAG <= pdu.length() && isTpid(shortAt(pdu, at))) {
            tagsUpTo[depth + 1] = withTag(tagsUpTo[depth], shortAt(pdu, at), shortAt(pdu, at + TYPE) & VLAN_ID);
            depth++;
            at += TAG;
        }
        return depth;
    }

    private static int typeAt(WirePdu pdu, int at) {
        if (at + TYPE > pdu.length()) {
            return ANY_TYPE;
        }
        int type = shortAt(pdu, at);
        return type < FIRST_ETHER_TYPE ? FlowLayer.LLC : type;
    }

    private static long withTag(long tags, int tpid, int id) {
        return tags << 28 | (long) tpid << 12 | id;
    }

    private static boolean isTpid(int type) {
        return type == VLAN_TPID || type == SVLAN_TPID || type == VLAN9100_TPID;
    }

    private static int tpid(FlowLayer.Kind kind) {
        return switch (kind) {
            case SVLAN -> SVLAN_TPID;
            case VLAN9100 -> VLAN9100_TPID;
            default -> VLAN_TPID;
        };
    }

    private static int shortAt(WirePdu pdu, int index) {
        return pdu.octet(index) << 8 | pdu.octet(index + 1);
    }

    private static void putShort(byte[] octets, int index, int value) {
        octets[index] = (byte) (value >>> 8);
        octets[index + 1] = (byte) value;
    }
}
