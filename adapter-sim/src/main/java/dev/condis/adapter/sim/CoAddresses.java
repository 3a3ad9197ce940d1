// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.api.Octets;
import dev.condis.api.Sap;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/**
 * The octets of {@code CO_ADDRESS} and {@code CO_ADDRESS_LIST}, numbers little-endian. {@code CO_ADDRESS} is a length (4) and that
 * many octets: here an {@code ATM_ADDRESS}, which is a type (4; 0 NSAP, 1 E.164), the number of digits or octets (4) and 20 octets.
 * {@code CO_ADDRESS_LIST} is the number of addresses available (4), the number in the list (4), and the addresses.
 */
final class CoAddresses {

    private static final int ATM_NSAP = 0;
    private static final int ATM_E164 = 1;
    private static final int MAX_DIGITS = 15;
    private static final int ADDRESS = 20;
    private static final int ATM_ADDRESS = 2 * Integer.BYTES + ADDRESS;
    private static final int CO_ADDRESS = Integer.BYTES + ATM_ADDRESS;
    private static final int LIST_HEADER = 2 * Integer.BYTES;

    private CoAddresses() {}

    /** A {@code CO_ADDRESS}. */
    static Octets address(final Sap sap) {
        final byte[] octets = new byte[CO_ADDRESS];
        put(littleEndian(octets), sap);
        return Octets.of(octets);
    }

    /** A {@code CO_ADDRESS_LIST}. */
    static Octets list(final Collection<Sap> saps) {
        final byte[] octets = new byte[LIST_HEADER + saps.size() * CO_ADDRESS];
        final ByteBuffer out = littleEndian(octets);
        out.putInt(saps.size()).putInt(saps.size());
        saps.forEach(sap -> put(out, sap));
        return Octets.of(octets);
    }

    private static ByteBuffer littleEndian(final byte[] octets) {
        return ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void put(final ByteBuffer out, final Sap sap) {
        final byte[] octets = sap.address().toByteArray();
        out.putInt(ATM_ADDRESS).putInt(sap.type() == Sap.E164 ? ATM_E164 : ATM_NSAP);
        out.putInt(octets.length).put(Arrays.copyOf(octets, ADDRESS));
    }

    /** The address in a {@code CO_ADDRESS}; empty if it is none, or the octets are more or fewer. */
    static Optional<Sap> parse(final Octets octets) {
        final ByteBuffer in = littleEndian(octets.toByteArray());
        if (octets.length() != CO_ADDRESS || in.getInt() != ATM_ADDRESS) {
            return Optional.empty();
        }
        final int type = in.getInt();
        final int length = in.getInt();
        if (type == ATM_NSAP && length == ADDRESS) {
            return Optional.of(new Sap(Sap.NSAP, take(in, length)));
        }
        if (type != ATM_E164 || length < 1 || length > MAX_DIGITS) {
            return Optional.empty();
        }
        final Octets digits = take(in, length);
        return digits.toText().matches("[0-9]+") ? Optional.of(new Sap(Sap.E164, digits)) : Optional.empty();
    }

    private static Octets take(final ByteBuffer in, final int length) {
        final byte[] octets = new byte[length];
        in.get(octets);
        return Octets.of(octets);
    }
}
