// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.signaling;

import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A message between a NIC's signaling engine and the switch.
 *
 * @param type what it says
 * @param flags how the call is
 * @param reference the call, or the registration, on this link; 0 with RESTART
 * @param called the party that is called, the SAP that is registered, or the address of the user
 * @param calling the party that calls
 * @param label the circuit of the call on this link
 * @param cause why a call ends or a registration is refused
 * @param traffic traffic parameters of the call, as the receiver of the message has to see them
 * @param party which party of a point-to-multipoint call, not negative
 * @param closeData what the one who closes tells the other
 */
public record SignalMessage(
        MessageType type,
        Set<Flag> flags,
        int reference,
        Optional<Sap> called,
        Optional<Sap> calling,
        Optional<AtmLabel> label,
        Optional<NdisStatus> cause,
        Optional<CallManagerParameters> traffic,
        OptionalInt party,
        Octets closeData) {

    /** What is said by one bit. */
    public enum Flag {
        /** The network gave the call its reference. */
        NETWORK_REFERENCE(0x80),
        /** The call is point-to-multipoint: only its caller sends. */
        MULTIPOINT(0x40),
        /** The network may grant lower rates than asked for. */
        ROUND_DOWN(0x20);

        private final int bit;

        Flag(int bit) {
            this.bit = bit;
        }

        int bit() {
            return bit;
        }
    }

    /** Checks that nothing is missing. */
    public SignalMessage {
        Objects.requireNonNull(type, "type");
        flags = Set.copyOf(flags);
        Objects.requireNonNull(called, "called");
        Objects.requireNonNull(calling, "calling");
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(cause, "cause");
        Objects.requireNonNull(traffic, "traffic");
        Objects.requireNonNull(party, "party");
        Objects.requireNonNull(closeData, "closeData");
        requireNotNegative("reference", reference);
        party.ifPresent(number -> requireNotNegative("party", number));
    }

    private static void requireNotNegative(String name, int number) {
        if (number < 0) {
            throw new IllegalArgumentException(name + " must not be negative: " + number);
        }
    }

    /**
     * A message with nothing but its header.
     *
     * @param type what it says
     * @param networkReference whether the network gave the reference
     * @param reference the call
     * @return the message
     */
    public static SignalMessage of(MessageType type, boolean networkReference, int reference) {
        return new SignalMessage(
                type,
                networkReference ? Set.of(Flag.NETWORK_REFERENCE) : Set.of(),
                reference,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Octets.EMPTY);
    }

    /**
     * Whether the network gave the call its reference.
     *
     * @return false if the user did
     */
    public boolean networkReference() {
        return has(Flag.NETWORK_REFERENCE);
    }

    /**
     * Whether a flag is set.
     *
     * @param flag which
     * @return true if it is
     */
    public boolean has(Flag flag) {
        return flags.contains(flag);
    }

    /**
     * This message with a flag set or not.
     *
     * @param flag which
     * @param on whether it is to be set
     * @return a new message
     */
    public SignalMessage with(Flag flag, boolean on) {
        Set<Flag> changed = EnumSet.noneOf(Flag.class);
        changed.addAll(flags);
        if (on) {
            changed.add(flag);
        } else {
            changed.remove(flag);
        }
        return new SignalMessage(type, changed, reference, called, calling, label, cause, traffic, party, closeData);
    }

    /**
     * This message with a called party or SAP.
     *
     * @param sap the party
     * @return a new message
     */
    public SignalMessage withCalled(Sap sap) {
        return new SignalMessage(
                type, flags, reference, Optional.of(sap), calling, label, cause, traffic, party, closeData);
    }

    /**
     * This message with a calling party.
     *
     * @param caller the party, if known
     * @return a new message
     */
    public SignalMessage withCalling(Optional<Sap> caller) {
        return new SignalMessage(type, flags, reference, called, caller, label, cause, traffic, party, closeData);
    }

    /**
     * This message with a label.
     *
     * @param newLabel the label
     * @return a new message
     */
    public SignalMessage withLabel(AtmLabel newLabel) {
        return new SignalMessage(
                type, flags, reference, called, calling, Optional.of(newLabel), cause, traffic, party, closeData);
    }

    /**
     * This message with a cause.
     *
     * @param newCause the cause
     * @return a new message
     */
    public SignalMessage withCause(NdisStatus newCause) {
        return new SignalMessage(
                type, flags, reference, called, calling, label, Optional.of(newCause), traffic, party, closeData);
    }

    /**
     * This message with traffic parameters.
     *
     * @param parameters the parameters, if any
     * @return a new message
     */
    public SignalMessage withTraffic(Optional<CallManagerParameters> parameters) {
        return new SignalMessage(type, flags, reference, called, calling, label, cause, parameters, party, closeData);
    }

    /**
     * This message about a party of a point-to-multipoint call.
     *
     * @param number which party
     * @return a new message
     */
    public SignalMessage withParty(int number) {
        return new SignalMessage(
                type, flags, reference, called, calling, label, cause, traffic, OptionalInt.of(number), closeData);
    }

    /**
     * This message with close data.
     *
     * @param data the data, may be empty
     * @return a new message
     */
    public SignalMessage withCloseData(Octets data) {
        return new SignalMessage(type, flags, reference, called, calling, label, cause, traffic, party, data);
    }

    /**
     * The cause, or what stands for a missing one.
     *
     * @param fallback what to take if the message has none
     * @return a status
     */
    public NdisStatus causeOr(NdisStatus fallback) {
        return cause.orElse(fallback);
    }
}
