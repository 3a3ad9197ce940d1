// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.signaling;

import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import java.util.Objects;
import java.util.Optional;

/**
 * A message between a NIC's signaling engine and the switch.
 *
 * @param type what it says
 * @param networkReference whether the network gave the call its reference
 * @param reference the call, or the registration, on this link; 0 with RESTART
 * @param called the party that is called, or the SAP that is registered
 * @param calling the party that calls
 * @param label the circuit of the call on this link
 * @param cause why a call ends or a registration is refused
 * @param traffic traffic parameters of the call, as the receiver of the message has to see them
 * @param closeData what the one who closes tells the other
 */
public record SignalMessage(
        MessageType type,
        boolean networkReference,
        int reference,
        Optional<Sap> called,
        Optional<Sap> calling,
        Optional<AtmLabel> label,
        Optional<NdisStatus> cause,
        Optional<CallManagerParameters> traffic,
        Octets closeData) {

    /** Checks that nothing is missing. */
    public SignalMessage {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(called, "called");
        Objects.requireNonNull(calling, "calling");
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(cause, "cause");
        Objects.requireNonNull(traffic, "traffic");
        Objects.requireNonNull(closeData, "closeData");
        if (reference < 0) {
            throw new IllegalArgumentException("reference must not be negative: " + reference);
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
                networkReference,
                reference,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Octets.EMPTY);
    }

    /**
     * This message with a called party or SAP.
     *
     * @param sap the party
     * @return a new message
     */
    public SignalMessage withCalled(Sap sap) {
        return new SignalMessage(
                type, networkReference, reference, Optional.of(sap), calling, label, cause, traffic, closeData);
    }

    /**
     * This message with a calling party.
     *
     * @param party the party, if known
     * @return a new message
     */
    public SignalMessage withCalling(Optional<Sap> party) {
        return new SignalMessage(type, networkReference, reference, called, party, label, cause, traffic, closeData);
    }

    /**
     * This message with a label.
     *
     * @param newLabel the label
     * @return a new message
     */
    public SignalMessage withLabel(AtmLabel newLabel) {
        return new SignalMessage(
                type, networkReference, reference, called, calling, Optional.of(newLabel), cause, traffic, closeData);
    }

    /**
     * This message with a cause.
     *
     * @param newCause the cause
     * @return a new message
     */
    public SignalMessage withCause(NdisStatus newCause) {
        return new SignalMessage(
                type, networkReference, reference, called, calling, label, Optional.of(newCause), traffic, closeData);
    }

    /**
     * This message with traffic parameters.
     *
     * @param parameters the parameters, if any
     * @return a new message
     */
    public SignalMessage withTraffic(Optional<CallManagerParameters> parameters) {
        return new SignalMessage(
                type, networkReference, reference, called, calling, label, cause, parameters, closeData);
    }

    /**
     * This message with close data.
     *
     * @param data the data, may be empty
     * @return a new message
     */
    public SignalMessage withCloseData(Octets data) {
        return new SignalMessage(type, networkReference, reference, called, calling, label, cause, traffic, data);
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
