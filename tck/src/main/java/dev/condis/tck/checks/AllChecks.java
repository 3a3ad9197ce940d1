// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.checks;

import dev.condis.tck.subject.Kind;
import java.util.List;

/** Every check there is. */
public final class AllChecks {
    private AllChecks() {}

    /**
     * The checks for a role.
     *
     * @param kind the role
     * @return the checks
     */
    public static List<Check> of(final Kind kind) {
        return switch (kind) {
            case MINIPORT -> MiniportChecks.all();
            case MCM, CALL_MANAGER -> CallChecks.of(kind);
            case CLIENT -> ClientChecks.all();
        };
    }
}
