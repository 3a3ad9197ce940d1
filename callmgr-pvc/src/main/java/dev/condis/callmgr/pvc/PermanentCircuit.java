// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import dev.condis.api.FlowSpec;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.SpecificParameters;
import dev.condis.api.media.MediaFlow;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A permanent circuit as an operator configures it. Textual form: {@code name=flow}, then any of these options, each
 * after a semicolon: {@code rate=N}, {@code transmit=N}, {@code receive=N} (bytes per second, both directions or
 * one), {@code sdu=N} (longest PDU in bytes), {@code sap=e164:DIGITS} or {@code sap=nsap:HEX} (who is at the other
 * end: calls to that address use the circuit), {@code incoming} (offered as an incoming call to the client whose SAP
 * matches).
 *
 * @param name letters, digits, {@code .}, {@code _} and {@code -}; the text of the flow for a circuit that nobody
 *     configured
 * @param flow what the circuit is on the medium
 * @param transmit the traffic that was ordered towards the network, empty when nothing was said
 * @param receive the traffic that was ordered from the network, empty when nothing was said
 * @param sap the address at the other end, empty when nothing was said
 * @param incoming whether the circuit is offered as an incoming call
 */
record PermanentCircuit(
        String name,
        MediaFlow flow,
        Optional<FlowSpec> transmit,
        Optional<FlowSpec> receive,
        Optional<Sap> sap,
        boolean incoming) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Pattern ADDRESS = Pattern.compile("sap=(?:e164:([0-9]{1,15})|nsap:([0-9a-fA-F]{40}))");

    PermanentCircuit {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(flow, "flow");
        Objects.requireNonNull(transmit, "transmit");
        Objects.requireNonNull(receive, "receive");
        Objects.requireNonNull(sap, "sap");
    }

    /** The circuit of a flow that a client named itself. */
    static PermanentCircuit unconfigured(final MediaFlow flow) {
        return new PermanentCircuit(flow.text(), flow, Optional.empty(), Optional.empty(), Optional.empty(), false);
    }

    /**
     * Reads the textual form.
     *
     * @throws IllegalArgumentException if it is malformed; the message names the entry and the rule
     */
    static PermanentCircuit parse(final String entry) {
        final int equals = entry.indexOf('=');
        if (equals < 0) {
            throw malformed(entry, "an entry is name=flow");
        }
        final String name = entry.substring(0, equals).strip();
        if (!NAME.matcher(name).matches()) {
            throw malformed(entry, "a name has letters, digits, '.', '_' and '-', at least one");
        }
        final String[] parts = entry.substring(equals + 1).split(";", -1);
        final Options options = new Options(entry);
        for (int i = 1; i < parts.length; i++) {
            options.read(parts[i].strip());
        }
        return new PermanentCircuit(
                name,
                flow(entry, parts[0].strip()),
                options.transmit(),
                options.receive(),
                options.sap,
                options.incoming);
    }

    private static MediaFlow flow(final String entry, final String text) {
        try {
            return MediaFlow.parse(text);
        } catch (final IllegalArgumentException e) {
            throw malformed(entry, "the flow " + e.getMessage());
        }
    }

    private static IllegalArgumentException malformed(final String entry, final String rule) {
        return new IllegalArgumentException("PVC entry '" + entry + "': " + rule);
    }

    /** The circuit in the form in which it is part of call parameters; also its key among the circuits of an adapter. */
    SpecificParameters media() {
        return flow.toSpecificParameters();
    }

    /** Tells whether calls on this circuit can go on when the operator replaces it by another one. */
    boolean carriesOnAs(final PermanentCircuit other) {
        return name.equals(other.name)
                && flow.equals(other.flow)
                && transmit.equals(other.transmit)
                && receive.equals(other.receive);
    }

    /** What stands behind the flow. */
    private static final class Options {
        private final String entry;
        private Optional<Long> transmitRate = Optional.empty();
        private Optional<Long> receiveRate = Optional.empty();
        private Optional<Long> sdu = Optional.empty();
        private Optional<Sap> sap = Optional.empty();
        private boolean incoming;

        private Options(final String entry) {
            this.entry = entry;
        }

        private void read(final String option) {
            final int equals = option.indexOf('=');
            final String word =
                    equals < 0 ? option : option.substring(0, equals).strip();
            switch (word) {
                case "incoming" -> incoming = true;
                case "rate" -> {
                    transmitRate = number(option, equals);
                    receiveRate = transmitRate;
                }
                case "transmit" -> transmitRate = number(option, equals);
                case "receive" -> receiveRate = number(option, equals);
                case "sdu" -> sdu = number(option, equals);
                case "sap" -> sap = Optional.of(address(option));
                default ->
                    throw malformed(
                            entry,
                            "'" + option + "' is none of rate=N, transmit=N, receive=N, sdu=N, sap=ADDRESS, incoming");
            }
        }

        private Sap address(final String option) {
            final Matcher matcher = ADDRESS.matcher(option.replace(" ", ""));
            if (!matcher.matches()) {
                throw malformed(
                        entry, "'" + option + "' needs e164: with 1 to 15 digits, or nsap: with 40 hexadecimal digits");
            }
            return Optional.ofNullable(matcher.group(1))
                    .map(Sap::e164)
                    .orElseGet(() -> new Sap(Sap.NSAP, Octets.of(HexFormat.of().parseHex(matcher.group(2)))));
        }

        private Optional<Long> number(final String option, final int equals) {
            final String text = equals < 0 ? "" : option.substring(equals + 1).strip();
            final boolean digits =
                    !text.isEmpty() && text.length() <= 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
            if (!digits || Long.parseLong(text) == 0 || Long.parseLong(text) >= FlowSpec.UNSPECIFIED) {
                throw malformed(entry, "'" + option + "' needs a number 1.." + (FlowSpec.UNSPECIFIED - 1));
            }
            return Optional.of(Long.parseLong(text));
        }

        private Optional<FlowSpec> transmit() {
            return spec(transmitRate);
        }

        private Optional<FlowSpec> receive() {
            return spec(receiveRate);
        }

        private Optional<FlowSpec> spec(final Optional<Long> rate) {
            final long longest = sdu.orElse(FlowSpec.UNSPECIFIED);
            if (rate.isPresent()) {
                return Optional.of(FlowSpec.guaranteed(rate.get(), longest));
            }
            final FlowSpec any = FlowSpec.bestEffort();
            return sdu.map(bytes -> new FlowSpec(
                    any.tokenRate(),
                    any.tokenBucketSize(),
                    any.peakBandwidth(),
                    any.latency(),
                    any.delayVariation(),
                    any.serviceType(),
                    bytes,
                    any.minimumPolicedSize()));
        }
    }
}
