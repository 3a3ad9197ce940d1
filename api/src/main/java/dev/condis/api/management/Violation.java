// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.management;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What the verifier has found: a driver broke a rule of the contract.
 *
 * @param rule the rule, for example {@code R179}, or a resolution or table row of the contract
 * @param driver the driver that broke it, as logs name it
 * @param object the object it concerns, for example {@code vc#17 on atm0}
 * @param call the function or callback in which it was found, by its name in the API
 * @param explanation one sentence for people
 * @param at when it was found
 * @param stack where it was found
 * @param before where what it contradicts was done: the hand-over, the first completion; empty when there is no such place
 */
public record Violation(
        String rule,
        String driver,
        String object,
        String call,
        String explanation,
        Instant at,
        List<StackTraceElement> stack,
        List<StackTraceElement> before) {
    /** Copies the lists and checks the rest. */
    public Violation {
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(driver, "driver");
        Objects.requireNonNull(object, "object");
        Objects.requireNonNull(call, "call");
        Objects.requireNonNull(explanation, "explanation");
        Objects.requireNonNull(at, "at");
        stack = List.copyOf(stack);
        before = List.copyOf(before);
    }

    @Override
    public String toString() {
        return rule + ": " + driver + " in " + call + " on " + object + ": " + explanation;
    }
}
