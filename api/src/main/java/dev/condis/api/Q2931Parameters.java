// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * The call manager specific parameters of a call in the address family Q.2931: whom to call. The octets are those of
 * {@code Q2931_CALLMGR_PARAMETERS}: two {@code ATM_ADDRESS} (type, number of digits, 20 octets), then the number of
 * information elements and their octets; numbers are little-endian.
 *
 * @param called who is called
 * @param calling who calls; empty leaves it to the network to say
 * @param infoElements octets that travel unread to the other side, at most {@value #MAX_INFO}
 */
public record Q2931Parameters(Sap called, Optional<Sap> calling, Octets infoElements) {

    /** The parameter type, {@code CALLMGR_SPECIFIC_Q2931}. */
    public static final int PARAM_TYPE = 1;

    /** The most octets of information elements. */
    public static final int MAX_INFO = 1024;

    private static final int ATM_NSAP = 0;
    private static final int ATM_E164 = 1;
    private static final int ADDRESS = 20;
    private static final int ATM_ADDRESS = 2 * Integer.BYTES + ADDRESS;
    private static final int FIXED = 2 * ATM_ADDRESS + Integer.BYTES;

    /**
     * Checks the addresses.
     *
     * @throws IllegalArgumentException if an address is neither E.164 digits nor NSAP, or there are too many octets
     */
    public Q2931Parameters {
        Objects.requireNonNull(called, "called");
        Objects.requireNonNull(calling, "calling");
        Objects.requireNonNull(infoElements, "infoElements");
        requireAddress(called);
        calling.ifPresent(Q2931Parameters::requireAddress);
        if (infoElements.length() > MAX_INFO) {
            throw new IllegalArgumentException("too many octets of information elements: " + infoElements.length());
        }
    }

    /**
     * The parameters of a best-effort call.
     *
     * @param called who is called
     * @return call parameters for {@code makeCall}
     */
    public static CallParameters call(Sap called) {
        return call(called, FlowSpec.bestEffort(), FlowSpec.bestEffort());
    }

    /**
     * The parameters of a call with traffic parameters.
     *
     * @param called who is called
     * @param transmit what the caller sends
     * @param receive what the called party sends
     * @return call parameters for {@code makeCall}
     */
    public static CallParameters call(Sap called, FlowSpec transmit, FlowSpec receive) {
        Q2931Parameters parameters = new Q2931Parameters(called, Optional.empty(), Octets.EMPTY);
        return CallParameters.of(new CallManagerParameters(transmit, receive, Optional.of(parameters.toSpecific())));
    }

    /**
     * The octets of these parameters.
     *
     * @return parameters of type {@link #PARAM_TYPE}
     */
    public SpecificParameters toSpecific() {
        ByteBuffer out = ByteBuffer.allocate(FIXED + infoElements.length()).order(ByteOrder.LITTLE_ENDIAN);
        put(out, Optional.of(called));
        put(out, calling);
        out.putInt(infoElements.length() == 0 ? 0 : 1).put(infoElements.toByteArray());
        return new SpecificParameters(PARAM_TYPE, Octets.of(out.array()));
    }

    /**
     * Reads parameters back.
     *
     * @param specific any parameters
     * @return the parameters; empty if they are of another type or malformed
     */
    public static Optional<Q2931Parameters> parse(SpecificParameters specific) {
        byte[] octets = specific.parameters().toByteArray();
        if (specific.paramType() != PARAM_TYPE || octets.length < FIXED || octets.length > FIXED + MAX_INFO) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        Optional<Sap> called = read(in, 0);
        int callingDigits = in.getInt(ATM_ADDRESS + Integer.BYTES);
        Optional<Sap> calling = read(in, ATM_ADDRESS);
        if (called.isEmpty() || (callingDigits != 0 && calling.isEmpty())) {
            return Optional.empty();
        }
        Octets info = Octets.of(Arrays.copyOfRange(octets, FIXED, octets.length));
        return Optional.of(new Q2931Parameters(called.get(), calling, info));
    }

    private static void put(ByteBuffer out, Optional<Sap> party) {
        byte[] octets = party.map(sap -> sap.address().toByteArray()).orElseGet(() -> new byte[0]);
        out.putInt(party.filter(sap -> sap.type() == Sap.E164).isPresent() ? ATM_E164 : ATM_NSAP);
        out.putInt(octets.length).put(Arrays.copyOf(octets, ADDRESS));
    }

    private static Optional<Sap> read(ByteBuffer in, int offset) {
        int type = in.getInt(offset);
        int digits = in.getInt(offset + Integer.BYTES);
        if (digits < 1 || digits > ADDRESS || (type != ATM_NSAP && type != ATM_E164)) {
            return Optional.empty();
        }
        byte[] octets = new byte[digits];
        in.get(offset + 2 * Integer.BYTES, octets);
        Sap sap = new Sap(type == ATM_E164 ? Sap.E164 : Sap.NSAP, Octets.of(octets));
        return isAddress(sap) ? Optional.of(sap) : Optional.empty();
    }

    private static void requireAddress(Sap sap) {
        if (!isAddress(sap)) {
            throw new IllegalArgumentException("neither E.164 digits nor an NSAP address: " + sap);
        }
    }

    private static boolean isAddress(Sap sap) {
        return switch (sap.type()) {
            case Sap.NSAP -> sap.address().length() == ADDRESS;
            case Sap.E164 -> sap.address().toText().matches("[0-9]{1,15}");
            default -> false;
        };
    }
}
