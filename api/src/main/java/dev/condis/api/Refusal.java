// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

import java.util.Objects;
import java.util.Optional;

/**
 * Why an operation was refused: the rule, the object and what happened to it last.
 *
 * @param rule the rule of the CoNDIS contract, for example {@code R92}, or the resolution of a contradiction ({@code C27})
 * @param object the object that refused, for example {@code vc#17 on atm0}
 * @param state the state of the object when it refused
 * @param explanation one sentence for people
 * @param lastTransition the last transition of the object, empty when it has made none
 */
public record Refusal(
        String rule, String object, String state, String explanation, Optional<Transition> lastTransition) {
    /** Checks that nothing is missing. */
    public Refusal {
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(object, "object");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(explanation, "explanation");
        Objects.requireNonNull(lastTransition, "lastTransition");
    }

    @Override
    public String toString() {
        final String last = lastTransition.map(t -> "; last transition " + t).orElse("");
        return rule + ": " + explanation + " (" + object + " is " + state + last + ")";
    }
}
