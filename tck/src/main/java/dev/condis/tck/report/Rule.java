// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.report;

import dev.condis.tck.subject.Kind;
import java.util.Objects;

/**
 * A rule of the contract.
 *
 * @param id its id
 * @param sentence what it says, in short
 * @param reason why it is not checked on any role, or not on all that it concerns; blank when the checks leave nothing open
 */
public record Rule(String id, String sentence, String reason) {
    /** Checks that nothing is missing. */
    public Rule {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(sentence, "sentence");
        Objects.requireNonNull(reason, "reason");
    }

    /**
     * Why the kit has no check of this rule for a role.
     *
     * @param kind the role
     * @return the reason
     */
    public String whyNotChecked(final Kind kind) {
        return reason.isBlank() ? "it does not concern a " + kind : reason;
    }
}
