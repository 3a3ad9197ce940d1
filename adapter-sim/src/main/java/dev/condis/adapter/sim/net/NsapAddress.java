// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.media.MacAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * NSAP addresses of simulated NICs: 11 octets of network prefix, which all simulated networks share, 2 octets for the port of the
 * switch, the NIC's address as end system identifier, and a selector that tells the SAPs of one NIC apart.
 */
public final class NsapAddress {

    /** Octets of an NSAP address. */
    public static final int LENGTH = 20;

    private static final byte[] PREFIX = HexFormat.of().parseHex("47000580ffe10000000000");
    private static final int ATTACHMENT = PREFIX.length;
    private static final int END_SYSTEM = ATTACHMENT + 2;
    private static final int MAX_ATTACHMENT = 0xFFFF;

    private NsapAddress() {}

    /**
     * The SAP of a NIC that was never moved, and a selector.
     *
     * @param nic the NIC
     * @param selector 0 to 255
     * @return a SAP of type NSAP
     * @throws IllegalArgumentException if the selector is out of range
     */
    public static Sap of(MacAddress nic, int selector) {
        return of(0, nic, selector);
    }

    /**
     * The SAP of a NIC at a port of the switch, and a selector.
     *
     * @param attachmentPoint the port of the switch, 0 to 65535
     * @param nic the NIC
     * @param selector 0 to 255
     * @return a SAP of type NSAP
     * @throws IllegalArgumentException if a number is out of range
     */
    public static Sap of(int attachmentPoint, MacAddress nic, int selector) {
        if (selector < 0 || selector > 255) {
            throw new IllegalArgumentException("a selector is 0..255: " + selector);
        }
        if (attachmentPoint < 0 || attachmentPoint > MAX_ATTACHMENT) {
            throw new IllegalArgumentException("a port of the switch is 0..65535: " + attachmentPoint);
        }
        byte[] octets = Arrays.copyOf(PREFIX, LENGTH);
        octets[ATTACHMENT] = (byte) (attachmentPoint >>> 8);
        octets[ATTACHMENT + 1] = (byte) attachmentPoint;
        nic.copyTo(octets, END_SYSTEM);
        octets[LENGTH - 1] = (byte) selector;
        return new Sap(Sap.NSAP, Octets.of(octets));
    }

    /**
     * The NIC in an NSAP address.
     *
     * @param sap any SAP
     * @return the NIC; empty if it is no NSAP address of a simulated network
     */
    public static Optional<MacAddress> nicOf(Sap sap) {
        if (sap.type() != Sap.NSAP || sap.address().length() != LENGTH) {
            return Optional.empty();
        }
        byte[] octets = sap.address().toByteArray();
        if (!Arrays.equals(octets, 0, PREFIX.length, PREFIX, 0, PREFIX.length)) {
            return Optional.empty();
        }
        return Optional.of(MacAddress.of(octets, END_SYSTEM));
    }

    /** Whether the address is one of this NIC at this port of the switch. */
    static boolean isAt(Sap sap, MacAddress nic, int attachmentPoint) {
        if (nicOf(sap).filter(nic::equals).isEmpty()) {
            return false;
        }
        byte[] octets = sap.address().toByteArray();
        return ((octets[ATTACHMENT] & 0xFF) << 8 | octets[ATTACHMENT + 1] & 0xFF) == attachmentPoint;
    }
}
