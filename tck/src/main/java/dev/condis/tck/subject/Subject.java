// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.subject;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.Medium;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * What is tested, and what the kit has to know of it. Make one with {@link #builder}; what an author leaves out only makes checks not
 * applicable.
 */
public final class Subject {
    private final String name;
    private final Kind kind;
    private final Optional<Supplier<Specimen>> specimens;
    private final Builder settings;

    private Subject(final Builder builder) {
        name = builder.name;
        kind = builder.kind;
        specimens = builder.specimens;
        settings = builder;
    }

    /**
     * Begins a description.
     *
     * @param name the name in the report
     * @param kind the role
     * @param specimens makes a fresh driver for each check
     * @return a builder
     */
    public static Builder builder(final String name, final Kind kind, final Supplier<Specimen> specimens) {
        return new Builder(name, kind, Optional.of(specimens));
    }

    /**
     * Begins the description of an adapter that runs already: the kit puts its partners above it, and does what can be done without
     * standing between it and the library.
     *
     * @param adapter the name of the adapter
     * @param kind the role
     * @return a builder
     */
    public static Builder live(final String adapter, final Kind kind) {
        return new Builder(adapter, kind, Optional.empty());
    }

    /**
     * The name in the report.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * The role.
     *
     * @return the role
     */
    public Kind kind() {
        return kind;
    }

    /**
     * Makes fresh drivers.
     *
     * @return makes one for each check; empty for an adapter that runs already
     */
    public Optional<Supplier<Specimen>> specimens() {
        return specimens;
    }

    /**
     * What the adapter is attached to, or a call manager's adapter.
     *
     * @return the medium
     */
    public Medium medium() {
        return settings.medium;
    }

    /**
     * Service properties of the adapter.
     *
     * @return the properties
     */
    public Map<String, Object> properties() {
        return settings.properties;
    }

    /**
     * The address family of a call manager, an MCM or a client.
     *
     * @return the family
     */
    public AddressFamily addressFamily() {
        return settings.addressFamily;
    }

    /**
     * Parameters that the driver accepts, each for another VC: media parameters for a miniport, call parameters for the others.
     *
     * @return the parameters; two or more let everything be checked
     */
    public List<CallParameters> parameters() {
        return settings.parameters;
    }

    /**
     * Other parameters that the driver accepts on a VC that is active with the first of {@link #parameters()}.
     *
     * @return the parameters, empty when there are none
     */
    public Optional<CallParameters> change() {
        return settings.change;
    }

    /**
     * Parameters that the driver must refuse.
     *
     * @return the parameters, none when it takes everything
     */
    public List<CallParameters> refused() {
        return settings.refused;
    }

    /**
     * Parameters for the first VC of which the flow is more than the driver can do and that ask for rounding down.
     *
     * @return the parameters, empty when the driver never rounds
     */
    public Optional<CallParameters> roundable() {
        return settings.roundable;
    }

    /**
     * Parameters to which the quality of the first call cannot be changed.
     *
     * @return the parameters, empty when every change is possible
     */
    public Optional<CallParameters> refusedChange() {
        return settings.refusedChange;
    }

    /**
     * Parameters of the parties of a multipoint call, the first one's first.
     *
     * @return the parameters, none when there are no multipoint calls
     */
    public List<CallParameters> partyParameters() {
        return settings.partyParameters;
    }

    /**
     * An address that a client can add, {@code CO_ADDRESS}.
     *
     * @return its octets, empty when there are no such addresses
     */
    public Optional<Octets> address() {
        return settings.address;
    }

    /**
     * How many VCs there can be at once.
     *
     * @return the number, empty when memory is the limit
     */
    public OptionalInt maxVcs() {
        return settings.maxVcs;
    }

    /**
     * The longest PDU in octets.
     *
     * @return the length, empty when there is no limit to be tested
     */
    public OptionalInt maxPdu() {
        return settings.maxPdu;
    }

    /**
     * A SAP on which calls can come in.
     *
     * @return the SAP, empty when there are no incoming calls
     */
    public Optional<Sap> sap() {
        return settings.sap;
    }

    /**
     * A SAP that the call manager must refuse.
     *
     * @return the SAP, empty when it takes everything
     */
    public Optional<Sap> refusedSap() {
        return settings.refusedSap;
    }

    /**
     * Whether a client takes incoming calls.
     *
     * @return {@code true} if it does
     */
    public boolean takesCalls() {
        return settings.takesCalls;
    }

    @Override
    public String toString() {
        return kind + " " + name;
    }

    /** Collects what the kit has to know. */
    public static final class Builder {
        private final String name;
        private final Kind kind;
        private final Optional<Supplier<Specimen>> specimens;
        private Medium medium = Medium.ETHERNET;
        private Map<String, Object> properties = Map.of();
        private AddressFamily addressFamily = AddressFamily.Q2931;
        private List<CallParameters> parameters = List.of();
        private Optional<CallParameters> change = Optional.empty();
        private List<CallParameters> refused = List.of();
        private Optional<CallParameters> roundable = Optional.empty();
        private OptionalInt maxVcs = OptionalInt.empty();
        private OptionalInt maxPdu = OptionalInt.empty();
        private Optional<Sap> sap = Optional.empty();
        private Optional<Sap> refusedSap = Optional.empty();
        private Optional<CallParameters> refusedChange = Optional.empty();
        private List<CallParameters> partyParameters = List.of();
        private Optional<Octets> address = Optional.empty();
        private boolean takesCalls;

        private Builder(final String name, final Kind kind, final Optional<Supplier<Specimen>> specimens) {
            this.name = Objects.requireNonNull(name, "name");
            this.kind = Objects.requireNonNull(kind, "kind");
            this.specimens = specimens;
        }

        /**
         * What the adapter is attached to; {@link Medium#ETHERNET} when not said.
         *
         * @param newMedium the medium
         * @return this
         */
        public Builder medium(final Medium newMedium) {
            medium = Objects.requireNonNull(newMedium, "medium");
            return this;
        }

        /**
         * Service properties of the adapter.
         *
         * @param newProperties the properties
         * @return this
         */
        public Builder properties(final Map<String, Object> newProperties) {
            properties = Map.copyOf(newProperties);
            return this;
        }

        /**
         * The address family; {@link AddressFamily#Q2931} when not said.
         *
         * @param family the family
         * @return this
         */
        public Builder addressFamily(final AddressFamily family) {
            addressFamily = Objects.requireNonNull(family, "family");
            return this;
        }

        /**
         * Parameters that the driver accepts, each for another VC.
         *
         * @param each the parameters
         * @return this
         */
        public Builder parameters(final CallParameters... each) {
            parameters = List.of(each);
            return this;
        }

        /**
         * Other parameters for the first VC.
         *
         * @param other the parameters
         * @return this
         */
        public Builder change(final CallParameters other) {
            change = Optional.of(other);
            return this;
        }

        /**
         * Parameters that the driver must refuse.
         *
         * @param each the parameters
         * @return this
         */
        public Builder refused(final CallParameters... each) {
            refused = List.of(each);
            return this;
        }

        /**
         * Parameters for the first VC that have to be rounded down, with the flag that allows it.
         *
         * @param tooMuch the parameters
         * @return this
         */
        public Builder roundable(final CallParameters tooMuch) {
            roundable = Optional.of(tooMuch);
            return this;
        }

        /**
         * Parameters to which the quality of the first call cannot be changed.
         *
         * @param impossible the parameters
         * @return this
         */
        public Builder refusedChange(final CallParameters impossible) {
            refusedChange = Optional.of(impossible);
            return this;
        }

        /**
         * Parameters of the parties of a multipoint call.
         *
         * @param each the parameters, the first party's first
         * @return this
         */
        public Builder partyParameters(final CallParameters... each) {
            partyParameters = List.of(each);
            return this;
        }

        /**
         * An address that a client can add.
         *
         * @param coAddress its octets, {@code CO_ADDRESS}
         * @return this
         */
        public Builder address(final Octets coAddress) {
            address = Optional.of(coAddress);
            return this;
        }

        /**
         * How many VCs there can be at once.
         *
         * @param limit the number
         * @return this
         */
        public Builder maxVcs(final int limit) {
            maxVcs = OptionalInt.of(limit);
            return this;
        }

        /**
         * The longest PDU.
         *
         * @param octets its length
         * @return this
         */
        public Builder maxPdu(final int octets) {
            maxPdu = OptionalInt.of(octets);
            return this;
        }

        /**
         * A SAP on which calls can come in.
         *
         * @param good the SAP
         * @return this
         */
        public Builder sap(final Sap good) {
            sap = Optional.of(good);
            return this;
        }

        /**
         * A SAP that the call manager must refuse.
         *
         * @param bad the SAP
         * @return this
         */
        public Builder refusedSap(final Sap bad) {
            refusedSap = Optional.of(bad);
            return this;
        }

        /**
         * The client takes incoming calls.
         *
         * @return this
         */
        public Builder takesCalls() {
            takesCalls = true;
            return this;
        }

        /**
         * Ends the description.
         *
         * @return the subject
         */
        public Subject build() {
            return new Subject(this);
        }
    }
}
