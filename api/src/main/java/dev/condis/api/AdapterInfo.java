// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

import java.util.Map;
import java.util.Objects;

/**
 * What is known of an adapter before it is bound.
 *
 * @param name the name of the logical adapter
 * @param medium what it is attached to
 * @param linkSpeedBps speed of the link in bits per second, 0 when unknown
 * @param properties every service property of the backend
 */
public record AdapterInfo(String name, Medium medium, long linkSpeedBps, Map<String, Object> properties) {
    /** Copies the properties and checks the rest. */
    public AdapterInfo {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(medium, "medium");
        properties = Map.copyOf(properties);
        if (name.isBlank()) {
            throw new IllegalArgumentException("the name of an adapter is blank");
        }
        if (linkSpeedBps < 0) {
            throw new IllegalArgumentException("linkSpeedBps of adapter '" + name + "' is negative: " + linkSpeedBps);
        }
    }
}
