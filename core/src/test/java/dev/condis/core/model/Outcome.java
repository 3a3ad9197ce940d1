// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Refusal;
import dev.condis.core.state.StateTable;
import java.util.Optional;

/**
 * How an operation must end.
 *
 * @param status its status
 * @param rule the rule that refuses it; empty on success, and when another driver gave the status
 * @param value what it yields; empty when there is nothing to compare
 */
record Outcome(NdisStatus status, Optional<String> rule, Optional<Object> value) {
    static final Outcome SUCCESS = new Outcome(NdisStatus.SUCCESS, Optional.empty(), Optional.empty());

    static Outcome success(final Object value) {
        return new Outcome(NdisStatus.SUCCESS, Optional.empty(), Optional.of(value));
    }

    /** Success, or the bare status of another driver. */
    static Outcome of(final NdisStatus status) {
        return new Outcome(status, Optional.empty(), Optional.empty());
    }

    /** What another driver answered. */
    static Outcome of(final NdisResult<?> answer) {
        return new Outcome(answer.status(), Optional.empty(), answer.value().map(value -> (Object) value));
    }

    static Outcome refused(final NdisStatus status, final String rule) {
        return new Outcome(status, Optional.of(rule), Optional.empty());
    }

    static Outcome refused(final StateTable.Row<?, ?, ?> row) {
        return refused(row.status(), row.rule());
    }

    /** Without the value, which is a handle of the core. */
    Outcome withoutValue() {
        return new Outcome(status, rule, Optional.empty());
    }

    boolean isSuccess() {
        return status.isSuccess();
    }

    boolean isOf(final NdisResult<?> actual) {
        return status == actual.status()
                && rule.equals(actual.refusal().map(Refusal::rule))
                && (value.isEmpty() || value.equals(actual.value()));
    }

    @Override
    public String toString() {
        return status
                + rule.map(r -> " by " + r).orElse("")
                + value.map(v -> " with " + v).orElse("");
    }
}
