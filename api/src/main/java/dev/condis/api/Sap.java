// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

import java.util.Objects;

/**
 * A service access point, {@code CO_SAP}: where a client takes incoming calls. Its format belongs to the call manager of the
 * address family; Condis does not interpret it.
 *
 * @param type {@link #NSAP}, {@link #E164}, or a type of the call manager's own
 * @param address the address, in the format of the type
 */
public record Sap(int type, Octets address) {
    /** A 20-octet OSI address, {@code SAP_TYPE_NSAP}. */
    public static final int NSAP = 1;
    /** Up to 15 digits of an E.164 number, {@code SAP_TYPE_E164}. */
    public static final int E164 = 2;
    /**
     * A pattern of permanent circuits as text, for {@link AddressFamily#PVC}: the name of a PVC, or {@code *}. Condis' own type.
     */
    public static final int PVC = 0x0C0D_0001;
    /**
     * The name of a PPPoE service as text, for {@link AddressFamily#PPPOE}; {@code *} for every name that nobody else has registered. Condis' own
     * type.
     */
    public static final int PPPOE = 0x0C0D_0002;

    /** Checks that the address is there. */
    public Sap {
        Objects.requireNonNull(address, "address");
    }

    /**
     * A SAP of an E.164 number.
     *
     * @param digits 1 to 15 digits
     * @return the SAP
     * @throws IllegalArgumentException if the text is not 1 to 15 digits
     */
    public static Sap e164(final String digits) {
        if (!digits.matches("[0-9]{1,15}")) {
            throw new IllegalArgumentException("an E.164 number has 1 to 15 digits: '" + digits + "'");
        }
        return new Sap(E164, Octets.ofText(digits));
    }

    /**
     * A SAP of permanent circuits.
     *
     * @param pattern the name of a PVC, or a pattern that the call manager understands
     * @return the SAP
     */
    public static Sap pvc(final String pattern) {
        return new Sap(PVC, Octets.ofText(pattern));
    }

    /**
     * A SAP of a PPPoE service: its owner takes calls as an access concentrator (RFC 2516).
     *
     * @param service the name of the service, 1 to 255 octets in UTF-8; {@code *} for every name that nobody else has registered
     * @return the SAP
     */
    public static Sap pppoe(final String service) {
        return new Sap(PPPOE, Octets.ofText(service));
    }

    @Override
    public String toString() {
        return switch (type) {
            case E164 -> "e164:" + address.toText();
            case PVC -> "pvc:" + address.toText();
            case PPPOE -> "pppoe:" + address.toText();
            case NSAP -> "nsap:" + address;
            default -> "sap-type-" + type + ":" + address;
        };
    }
}
