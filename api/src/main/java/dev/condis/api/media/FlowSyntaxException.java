// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.media;

import java.util.Objects;

/**
 * A text is not the name of a flow. Says which text, where it goes wrong and which rule it breaks.
 *
 * <p>A text from configuration or from call parameters is input, not a programming error: who reads one catches this and
 * answers {@code INVALID_DATA} with the message.
 */
public final class FlowSyntaxException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** What was read. */
    private final String input;
    /** Index of the first character that breaks the rule. */
    private final int position;
    /** The rule broken. */
    private final String rule;

    /**
     * Makes one.
     *
     * @param input what was read
     * @param position index of the first character that breaks the rule, {@code input.length()} for "something is missing"
     * @param rule the rule broken, one clause without a full stop
     */
    public FlowSyntaxException(final String input, final int position, final String rule) {
        super("'" + shortened(Objects.requireNonNull(input, "input")) + "' at " + position + ": " + rule);
        this.input = input;
        this.position = position;
        this.rule = Objects.requireNonNull(rule, "rule");
    }

    private static String shortened(final String input) {
        final int most = 200;
        return input.length() <= most ? input : input.substring(0, most) + "...";
    }

    /**
     * Returns what was read.
     *
     * @return the whole input
     */
    public String input() {
        return input;
    }

    /**
     * Returns where it goes wrong.
     *
     * @return index of the first character that breaks the rule; the input's length if something is missing at its end
     */
    public int position() {
        return position;
    }

    /**
     * Returns the rule broken.
     *
     * @return one clause without a full stop
     */
    public String rule() {
        return rule;
    }
}
