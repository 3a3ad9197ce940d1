// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

/**
 * An address family, {@code CO_ADDRESS_FAMILY}: the signaling protocol that a call manager offers on an adapter.
 *
 * @param family the family's number
 * @param majorVersion major version of the signaling protocol
 * @param minorVersion minor version of the signaling protocol
 */
public record AddressFamily(int family, int majorVersion, int minorVersion) {
    /** ATM UNI signaling, {@code CO_ADDRESS_FAMILY_Q2931}. */
    public static final AddressFamily Q2931 = new AddressFamily(0x1, 3, 1);
    /** Packet scheduler, {@code CO_ADDRESS_FAMILY_PSCHED}. */
    public static final AddressFamily PSCHED = new AddressFamily(0x2, 1, 0);
    /** Layer 2 tunneling, {@code CO_ADDRESS_FAMILY_L2TP}. */
    public static final AddressFamily L2TP = new AddressFamily(0x3, 1, 0);
    /** IrDA, {@code CO_ADDRESS_FAMILY_IRDA}. */
    public static final AddressFamily IRDA = new AddressFamily(0x4, 1, 0);
    /** IEEE 1394, {@code CO_ADDRESS_FAMILY_1394}. */
    public static final AddressFamily IEEE1394 = new AddressFamily(0x5, 1, 0);
    /** Point-to-point protocol, {@code CO_ADDRESS_FAMILY_PPP}. */
    public static final AddressFamily PPP = new AddressFamily(0x6, 1, 0);
    /** InfiniBand, {@code CO_ADDRESS_FAMILY_INFINIBAND}. */
    public static final AddressFamily INFINIBAND = new AddressFamily(0x7, 1, 0);
    /** TAPI, {@code CO_ADDRESS_FAMILY_TAPI}. */
    public static final AddressFamily TAPI = new AddressFamily(0x800, 1, 0);
    /** TAPI proxy, {@code CO_ADDRESS_FAMILY_TAPI_PROXY}. */
    public static final AddressFamily TAPI_PROXY = new AddressFamily(0x801, 1, 0);
    /**
     * Permanent circuits without signaling (sequence S33). The DDI has no number for a call manager that does nothing else,
     * because there each signaling protocol keeps a list of PVCs of its own; this number is Condis' own.
     */
    public static final AddressFamily PVC = new AddressFamily(0x0C0D_0001, 1, 0);
    /**
     * PPP over Ethernet (RFC 2516). Windows offers it to telephony only, as {@link #TAPI_PROXY}, and has no number for the signaling itself; this
     * one is Condis' own.
     */
    public static final AddressFamily PPPOE = new AddressFamily(0x0C0D_0002, 1, 0);

    /** The flag of a proxied family, {@code CO_ADDRESS_FAMILY_PROXY}. */
    public static final int PROXY = 0x8000_0000;

    /**
     * Tells whether another value names the same family, whatever its version: an adapter has at most one call manager for a
     * family (rule R22).
     *
     * @param other the other value
     * @return {@code true} when the numbers are equal
     */
    public boolean sameFamily(final AddressFamily other) {
        return family == other.family;
    }

    @Override
    public String toString() {
        return "af 0x" + Integer.toHexString(family) + " v" + majorVersion + "." + minorVersion;
    }
}
