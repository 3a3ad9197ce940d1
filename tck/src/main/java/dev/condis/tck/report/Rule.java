// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.report;

import dev.condis.tck.subject.Kind;
import java.util.Objects;
import java.util.Set;

/**
 * A rule of the contract.
 *
 * @param id its id
 * @param sentence what it says, in short
 * @param reason why it is not checked on any role, or not on all that it concerns; blank when the checks leave nothing open
 * @param unchecked the roles that the reason is about; a role that is neither among them nor checked is not concerned
 */
public record Rule(String id, String sentence, String reason, Set<Kind> unchecked) {
    /** Checks that nothing is missing. */
    public Rule {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(sentence, "sentence");
        Objects.requireNonNull(reason, "reason");
        unchecked = Set.copyOf(unchecked);
    }

    /**
     * Why the kit has no check of this rule for a role.
     *
     * @param kind the role
     * @return the reason
     */
    public String whyNotChecked(final Kind kind) {
        return unchecked.contains(kind) ? reason : "it concerns no " + kind;
    }
}
