// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.FlowLayer;
import dev.condis.api.media.FlowSyntaxException;
import dev.condis.api.pppoe.PppoeParameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What an operator can say, checked.
 *
 * @param acName the name of this access concentrator
 * @param links the stacks of VLAN tags in which there is signaling, each once; an empty one for untagged frames
 * @param limits bounds
 * @param timing how long things take
 */
record PppoeSettings(String acName, List<List<FlowLayer>> links, Limits limits, Timing timing) {
    /** What stands for untagged frames in a configuration. */
    static final String UNTAGGED = "untagged";

    /** Most links of an adapter. */
    static final int MAX_LINKS = 64;

    /**
     * Bounds of each adapter.
     *
     * @param sessions most sessions, being made or established, of both roles together
     * @param sessionsPerPeer most sessions that one station has here
     * @param maxPayload largest PPP payload, in octets, that is granted and asked for (RFC 4638)
     */
    record Limits(int sessions, int sessionsPerPeer, int maxPayload) {
        static final Limits DEFAULT =
                new Limits(DiscoveryPacket.LAST_SESSION_ID, DiscoveryPacket.LAST_SESSION_ID, 1492);

        Limits {
            require(
                    sessions >= 1 && sessions <= DiscoveryPacket.LAST_SESSION_ID,
                    "maxSessions is 1.." + DiscoveryPacket.LAST_SESSION_ID + ": " + sessions);
            require(sessionsPerPeer >= 1, "maxSessionsPerPeer is 1 or more: " + sessionsPerPeer);
            require(
                    maxPayload >= PppoeParameters.DEFAULT_MAX_PAYLOAD && maxPayload <= PppoeParameters.MOST_PAYLOAD,
                    "maxPayload is " + PppoeParameters.DEFAULT_MAX_PAYLOAD + ".." + PppoeParameters.MOST_PAYLOAD + ": "
                            + maxPayload);
        }
    }

    /**
     * How long things take.
     *
     * @param firstWait how long a host waits for the answer to its first PADI or PADR; each further time twice as long
     * @param attempts how often it sends each
     * @param cookieLife how long an offer holds
     * @param discovery how long answers to a query for access concentrators are gathered
     * @param choice how long a host gathers further offers after the first one that fits; zero takes that one
     */
    record Timing(Duration firstWait, int attempts, Duration cookieLife, Duration discovery, Duration choice) {
        /** Both questions together have given up before an operation ends at its deadline of 30 seconds. */
        static final Timing DEFAULT =
                new Timing(Duration.ofSeconds(1), 3, Duration.ofSeconds(60), Duration.ofSeconds(2), Duration.ZERO);

        private static final int MAX_ATTEMPTS = 10;
        private static final int MAX_CHOICE = 10_000;

        Timing {
            require(firstWait.toMillis() >= 1, "retransmitMillis is 1 or more: " + firstWait.toMillis());
            require(attempts >= 1 && attempts <= MAX_ATTEMPTS, "attempts is 1.." + MAX_ATTEMPTS + ": " + attempts);
            require(cookieLife.toSeconds() >= 1, "cookieSeconds is 1 or more: " + cookieLife.toSeconds());
            require(discovery.toMillis() >= 1, "discoveryMillis is 1 or more: " + discovery.toMillis());
            require(
                    !choice.isNegative() && choice.toMillis() <= MAX_CHOICE,
                    "offerMillis is 0.." + MAX_CHOICE + ": " + choice.toMillis());
        }
    }

    static final PppoeSettings DEFAULT =
            new PppoeSettings("condis", List.of(List.of()), Limits.DEFAULT, Timing.DEFAULT);

    PppoeSettings {
        links = links.stream().map(List::copyOf).distinct().toList();
        require(!acName.isBlank(), "the name of the access concentrator is missing");
        // checks the length too
        PppoeParameters.service("").at(acName);
        require(!links.isEmpty() && links.size() <= MAX_LINKS, "there are 1.." + MAX_LINKS + " links: " + links.size());
    }

    private static void require(final boolean condition, final String text) {
        if (!condition) {
            throw new IllegalArgumentException(text);
        }
    }

    PppoeSettings with(final Limits other) {
        return new PppoeSettings(acName, links, other, timing);
    }

    PppoeSettings with(final Timing other) {
        return new PppoeSettings(acName, links, limits, other);
    }

    /** Hosts that gather offers for this long before they choose. */
    PppoeSettings choosingFor(final Duration choice) {
        return with(new Timing(timing.firstWait(), timing.attempts(), timing.cookieLife(), timing.discovery(), choice));
    }

    PppoeSettings named(final String otherName) {
        return new PppoeSettings(otherName, links, limits, timing);
    }

    PppoeSettings onLinks(final String... texts) {
        return new PppoeSettings(acName, links(List.of(texts)), limits, timing);
    }

    /**
     * Reads the links of a configuration.
     *
     * @param texts each {@value #UNTAGGED} or a stack of tags such as {@code svlan:200/vlan:7}; blank ones count as nothing
     * @return the stacks; that of untagged frames if there is none
     * @throws IllegalArgumentException if one of them is something else
     */
    static List<List<FlowLayer>> links(final List<String> texts) {
        final List<List<FlowLayer>> links = new ArrayList<>();
        texts.stream().map(String::strip).filter(text -> !text.isEmpty()).forEach(text -> links.add(link(text)));
        return links.isEmpty() ? List.of(List.of()) : List.copyOf(links);
    }

    private static List<FlowLayer> link(final String text) {
        if (text.equals(UNTAGGED)) {
            return List.of();
        }
        try {
            final EthernetFlow flow = EthernetFlow.parse(text);
            require(flow.tags().equals(flow.layers()), "a link is '" + UNTAGGED + "' or VLAN tags: " + text);
            require(flow.sendProblems().isEmpty(), text + ": " + String.join("; ", flow.sendProblems()));
            return flow.layers();
        } catch (final FlowSyntaxException e) {
            throw new IllegalArgumentException("a link is '" + UNTAGGED + "' or VLAN tags: " + e.getMessage(), e);
        }
    }
}
