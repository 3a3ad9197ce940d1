// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import java.util.Optional;

/** Checks of options that picocli does not make. */
final class Options {
    private Options() {}

    /**
     * Checks a lower bound.
     *
     * @throws CommandFailure with status 2 when the value is below it
     */
    static void atLeast(final String option, final Optional<? extends Number> value, final long least) {
        value.filter(number -> number.longValue() < least).ifPresent(number -> {
            throw new CommandFailure(ExitStatus.USAGE, option + " is " + least + " or more: " + number);
        });
    }

    /**
     * Checks bounds.
     *
     * @throws CommandFailure with status 2 when the value is outside
     */
    static void within(final String option, final double value, final double least, final double most) {
        if (!(value >= least && value <= most)) {
            throw new CommandFailure(
                    ExitStatus.USAGE, option + " is " + number(least) + ".." + number(most) + ": " + number(value));
        }
    }

    private static String number(final double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
