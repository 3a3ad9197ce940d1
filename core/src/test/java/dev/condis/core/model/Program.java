// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import java.util.List;

/**
 * What all actors do, one step after the other.
 *
 * @param form how miniport and call manager are deployed
 * @param steps the steps
 */
record Program(Form form, List<Step> steps) {
    Program {
        steps = List.copyOf(steps);
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder("program in the form " + form);
        for (int i = 0; i < steps.size(); i++) {
            text.append(System.lineSeparator())
                    .append("  ")
                    .append(i + 1)
                    .append(". ")
                    .append(steps.get(i));
        }
        return text.toString();
    }
}
