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
 * NSAP addresses of simulated NICs: 13 octets of network prefix, which all simulated networks share, the NIC's address as
 * end system identifier, and a selector that tells the SAPs of one NIC apart.
 */
public final class NsapAddress {

    /** Octets of an NSAP address. */
    public static final int LENGTH = 20;

    private static final byte[] PREFIX = HexFormat.of().parseHex("47000580ffe100000000000000");

    private NsapAddress() {}

    /**
     * The SAP of a NIC and a selector.
     *
     * @param nic the NIC
     * @param selector 0 to 255
     * @return a SAP of type NSAP
     * @throws IllegalArgumentException if the selector is out of range
     */
    public static Sap of(MacAddress nic, int selector) {
        if (selector < 0 || selector > 255) {
            throw new IllegalArgumentException("a selector is 0..255: " + selector);
        }
        byte[] octets = Arrays.copyOf(PREFIX, LENGTH);
        nic.copyTo(octets, PREFIX.length);
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
        return Optional.of(MacAddress.of(octets, PREFIX.length));
    }
}
