// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

/** A command ended without its result, for a reason that the user can do something about. */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the process ends with. */
    private final ExitStatus status;

    /**
     * Makes one.
     *
     * @param status what the process ends with
     * @param message one line that names the input, the place and the rule
     */
    CommandFailure(final ExitStatus status, final String message) {
        super(message);
        this.status = status;
    }

    ExitStatus status() {
        return status;
    }
}
