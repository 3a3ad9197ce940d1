// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import java.util.Optional;

/** Operations that a backend did not complete before their deadline (E2): how many, and the last one. Thread safe. */
final class OverdueOperations {
    private long count;
    private String last = "";

    synchronized void add(final String operation) {
        count++;
        last = operation;
    }

    /** What there is to say about them, empty when there were none. */
    synchronized Optional<String> text() {
        return switch ((int) Math.min(count, 2)) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of("E2: 1 operation was not completed in time: " + last);
            default -> Optional.of("E2: " + count + " operations were not completed in time, the last: " + last);
        };
    }
}
