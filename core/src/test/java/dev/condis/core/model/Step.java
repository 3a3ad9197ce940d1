// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One step of a program.
 *
 * @param op what is done
 * @param target which of the objects that it can be done with: a number that is taken modulo how many there are then
 * @param variant chooses parameters, counts and statuses
 * @param answers what the drivers do in the callbacks that follow, in their order; by the book when there are no more
 */
record Step(Op op, int target, int variant, List<Answer> answers) {
    Step {
        answers = List.copyOf(answers);
    }

    @Override
    public String toString() {
        final String tail = answers.isEmpty()
                ? ""
                : answers.stream().map(Answer::toString).collect(Collectors.joining(", ", " answers [", "]"));
        return op + " " + target + (variant == 0 ? "" : "/" + variant) + tail;
    }
}
