// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.WirePdu;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.FlowLayer;
import dev.condis.api.media.MacAddress;
import dev.condis.api.media.MediaFlow;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Circuits by tags, peer and EtherType. A frame belongs to the circuit that says most: more tags before fewer, then a type
 * before none, then a peer before none. Circuits without a peer send to everybody.
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
    /** Circuits with the same tags that a frame can fit: with a type or without, with a peer or without. */
    private static final int FITS = 4;

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
        private final boolean llc;

        private Framed(Key key, byte[] header, boolean llc) {
            this.key = key;
            this.header = header;
            this.llc = llc;
        }

        @Override
        public void begin(WirePdu pdu, int payloadLength) {
            if (llc) {
                byte[] withLength = header.clone();
                putShort(withLength, header.length - TYPE, payloadLength);
                pdu.append(withLength, 0, withLength.length);
            } else {
                pdu.append(header, 0, header.length);
            }
        }

        @Override
        public int headerLength() {
            return header.length;
        }

        @Override
        public int payloadLength(WirePdu pdu) {
            int rest = pdu.length() - header.length;
            return llc && rest >= 0 ? Math.min(rest, shortAt(pdu, header.length - TYPE)) : rest;
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
        boolean known = layers.stream()
                .allMatch(layer -> layer.kind().isTag()
                        || layer.kind() == FlowLayer.Kind.PEER
                        || layer.kind() == FlowLayer.Kind.TYPE);
        return known && tagCount <= MAX_TAGS ? Optional.of(framed(layers, ethernet.peer())) : Optional.empty();
    }

    private Circuit framed(List<FlowLayer> layers, Optional<MacAddress> peer) {
        byte[] header = new byte[ADDRESSES + TAG * MAX_TAGS + TYPE];
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
            } else if (layer.kind() == FlowLayer.Kind.TYPE) {
                type = (int) layer.value();
                putShort(header, length, type);
                length += TYPE;
            }
        }
        Key key = new Key().set(tags, peer.map(MacAddress::value).orElse(ANY_PEER), type);
        return new Framed(key, Arrays.copyOf(header, length), type == FlowLayer.LLC);
    }

    @Override
    public boolean bind(Circuit circuit, SimVc vc) {
        return vcs.computeIfAbsent(((Framed) circuit).key, key -> vc) == vc;
    }

    @Override
    public void unbind(Circuit circuit, SimVc vc) {
        vcs.remove(((Framed) circuit).key, vc);
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
            int fit = fit(tagsUpTo[i], peer, typeAt(pdu, ADDRESSES + i * TAG));
            if (fit > 0) {
                return i * FITS + fit;
            }
        }
        return 0;
    }

    private int fit(long tags, long peer, int type) {
        if (vcs.containsKey(probe.set(tags, peer, type))) {
            return FITS;
        }
        if (vcs.containsKey(probe.set(tags, ANY_PEER, type))) {
            return FITS - 1;
        }
        if (vcs.containsKey(probe.set(tags, peer, ANY_TYPE))) {
            return FITS - 2;
        }
        return vcs.containsKey(probe.set(tags, ANY_PEER, ANY_TYPE)) ? 1 : 0;
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
