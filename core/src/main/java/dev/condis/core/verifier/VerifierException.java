// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

/** A violation at the driver that committed it. A class of its own, so that the verifier does not blame the driver for throwing it. */
final class VerifierException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    VerifierException(final String violation) {
        super(violation);
    }
}
