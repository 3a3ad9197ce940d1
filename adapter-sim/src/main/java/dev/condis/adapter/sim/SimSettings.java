// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.adapter.sim.net.LinkProfile;
import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.PermanentCircuit;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.api.media.FlowSyntaxException;
import dev.condis.api.media.MacAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A checked {@link SimAdapterConfig}. */
record SimSettings(
        NetworkOptions network,
        SimNicOptions nic,
        SimCallManagerOptions signaling,
        boolean mcm,
        List<PermanentCircuit> permanentCircuits) {

    private static final Pattern CIRCUIT =
            Pattern.compile("\\s*(\\d{1,3})/(\\d{1,5})\\s+(\\S+)\\s+(\\d{1,3})/(\\d{1,5})\\s*");

    /**
     * Checks a configuration.
     *
     * @throws IllegalArgumentException if it cannot be used; the message is for the operator
     */
    static SimSettings of(SimAdapterConfig config) {
        SimMedium medium = medium(config.medium());
        boolean mcm = mode(config.mode());
        if (mcm && medium != SimMedium.ATM) {
            throw new IllegalArgumentException("mode mcm needs medium ATM: only ATM has signaling here");
        }
        MacAddress address = address(config.address());
        SimNicOptions nic = new SimNicOptions(
                address,
                link(config),
                config.receive_buffers(),
                config.large_receive_buffers(),
                config.async_completions(),
                false);
        return new SimSettings(
                NetworkOptions.of(config.network(), medium, config.seed()),
                nic,
                SimCallManagerOptions.defaults().withActivationBeforeOffer(config.activate_before_offer()),
                mcm,
                circuits(address, config.permanent_circuits()));
    }

    private static SimMedium medium(String text) {
        try {
            return SimMedium.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("medium is ATM or ETHERNET, not '" + text + "'", e);
        }
    }

    private static boolean mode(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "mcm" -> true;
            case "miniport" -> false;
            default -> throw new IllegalArgumentException("mode is miniport or mcm, not '" + text + "'");
        };
    }

    private static MacAddress address(String text) {
        MacAddress address;
        try {
            address = MacAddress.parse(text);
        } catch (FlowSyntaxException e) {
            throw new IllegalArgumentException("address '" + text + "' is none: " + e.getMessage(), e);
        }
        if (address.isGroup()) {
            throw new IllegalArgumentException("address " + address + " is a group address");
        }
        return address;
    }

    private static LinkProfile link(SimAdapterConfig config) {
        return LinkProfile.ideal()
                .withRate(config.rate_bps())
                .withLatency(micros(config.latency_micros()), micros(config.jitter_micros()))
                .withLoss(config.loss())
                .withDuplication(config.duplication())
                .withReordering(config.reordering(), LinkProfile.ideal().reorderDelay())
                .withCorruption(config.corruption())
                .withQueue(config.queue_capacity(), config.drop_when_full());
    }

    private static Duration micros(long micros) {
        return Duration.ofNanos(Math.multiplyExact(micros, 1_000L));
    }

    private static List<PermanentCircuit> circuits(MacAddress own, String[] texts) {
        List<PermanentCircuit> circuits = new ArrayList<>();
        for (String text : texts) {
            Matcher matcher = CIRCUIT.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "a permanent circuit is 'VPI/VCI ADDRESS VPI/VCI', not '" + text + "'");
            }
            circuits.add(new PermanentCircuit(
                    own,
                    label(matcher.group(1), matcher.group(2)),
                    address(matcher.group(3)),
                    label(matcher.group(4), matcher.group(5))));
        }
        return List.copyOf(circuits);
    }

    private static AtmLabel label(String vpi, String vci) {
        return new AtmLabel(Integer.parseInt(vpi), Integer.parseInt(vci));
    }
}
