// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import dev.condis.api.ServiceProperties;
import dev.condis.api.media.CaptureProperties;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A configuration of the adapter for real frames, and what its service says of itself. */
final class CaptureAdapter {
    /** Factory PID of the adapter. */
    static final String PID = "dev.condis.adapter.pcap";

    /** What the adapter is. */
    enum Mode {
        /** Flows that are seen become incoming calls. */
        MCM,
        /** A call manager above says which flows are circuits. */
        MINIPORT
    }

    private final Map<String, Object> properties = new TreeMap<>();

    /**
     * Begins a configuration.
     *
     * @param adapter name of the logical adapter
     * @param source an interface, or the absolute path of a capture file
     */
    CaptureAdapter(final String adapter, final String source, final Mode mode) {
        properties.put(ServiceProperties.ADAPTER, adapter);
        properties.put("source", source);
        properties.put("mode", mode.name());
    }

    /** Receives frames for other stations, too. */
    CaptureAdapter promiscuous(final boolean promiscuous) {
        properties.put("promiscuous", promiscuous);
        return this;
    }

    /** Records everything in a capture file. */
    CaptureAdapter writing(final Path file) {
        properties.put("writeFile", file.toAbsolutePath().toString());
        return this;
    }

    Map<String, Object> properties() {
        return Map.copyOf(properties);
    }

    /**
     * What became of the source.
     *
     * @param ended whether no frame will come any more
     * @param frames how many frames were read, empty when the adapter does not say
     * @param cause why it broke off, empty when it did not
     * @param summary every counter that is not zero
     */
    record Source(boolean ended, Optional<Long> frames, Optional<String> cause, Optional<String> summary) {
        static Source of(final Map<String, Object> service) {
            return new Source(
                    CaptureProperties.STATE_ENDED.equals(service.get(CaptureProperties.STATE)),
                    Optional.ofNullable(service.get(CaptureProperties.FRAMES)).map(Long.class::cast),
                    Optional.ofNullable(service.get(CaptureProperties.CAUSE)).map(Object::toString),
                    Optional.ofNullable(service.get(CaptureProperties.SUMMARY)).map(Object::toString));
        }

        /** The frames that did not come to a VC as they were, each reason by itself. */
        Map<String, Long> troubles() {
            final Map<String, Long> troubles = new TreeMap<>();
            for (final String entry : summary.orElse("").split(", ", -1)) {
                final int blank = entry.lastIndexOf(' ');
                if (blank > 0 && !isTraffic(entry.substring(0, blank))) {
                    count(entry.substring(blank + 1)).ifPresent(n -> troubles.put(text(entry.substring(0, blank)), n));
                }
            }
            return troubles;
        }

        private static boolean isTraffic(final String counter) {
            return switch (counter) {
                case "frames", "bytes", "pdus", "pdu_bytes", "sent", "sent_bytes" -> true;
                default -> false;
            };
        }

        private static String text(final String counter) {
            return switch (counter) {
                case "of_no_vc" -> "without a VC";
                case "cut" -> "cut short by the capture";
                case "no_buffer" -> "lost, no receive buffer was free";
                case "too_long" -> "lost, longer than a receive buffer";
                case "not_connected" -> "lost, the call was not connected in time";
                case "refused" -> "of calls that were refused or closed";
                case "flow_limit" -> "lost, too many flows";
                default -> counter;
            };
        }

        private static Optional<Long> count(final String digits) {
            return !digits.isEmpty() && digits.length() < 19 && digits.chars().allMatch(Character::isDigit)
                    ? Optional.of(Long.parseLong(digits))
                    : Optional.empty();
        }
    }
}
