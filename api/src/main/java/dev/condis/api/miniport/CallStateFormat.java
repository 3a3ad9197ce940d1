// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.miniport;

import java.util.Objects;

/**
 * In which form an MCM writes the state of its calls down for another one. Not in the DDI.
 *
 * @param name who defines it, for example {@code com.example.q2931}
 * @param version which version of it, 1 or more; a newer MCM reads older ones as long as it can
 */
public record CallStateFormat(String name, int version) {
    /** Checks the name and the version. */
    public CallStateFormat {
        Objects.requireNonNull(name, "name");
        if (name.isBlank()) {
            throw new IllegalArgumentException("the name of a format of call state is blank");
        }
        if (version < 1) {
            throw new IllegalArgumentException("the version of the format " + name + " is 1 or more: " + version);
        }
    }

    @Override
    public String toString() {
        return name + " version " + version;
    }
}
