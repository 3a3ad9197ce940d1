// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

/** The engine did something else than the tables say. */
final class Divergence extends AssertionError {
    private static final long serialVersionUID = 1L;

    Divergence(final String message) {
        super(message);
    }
}
