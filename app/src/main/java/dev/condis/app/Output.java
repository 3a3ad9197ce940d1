// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import java.io.PrintWriter;
import java.util.List;

/**
 * Where a command writes.
 *
 * @param out results
 * @param err progress and errors
 * @param terminal whether somebody watches
 */
record Output(PrintWriter out, PrintWriter err, boolean terminal) {
    /** Prints a line of the result. */
    void line(final String text) {
        out.println(text);
        out.flush();
    }

    /** Prints a line that is no result. */
    void note(final String text) {
        err.println(text);
        err.flush();
    }

    /** Shows how far it is: over the last one on a terminal, else in a line of its own. */
    void progress(final String text) {
        err.print(terminal ? "\r" + text + "\u001b[K" : text + System.lineSeparator());
        err.flush();
    }

    /** Shows a table on a terminal, over the one that it showed before. What is too long for a line is cut: a broken line would not be found again. */
    void table(final List<String> lines, final int before) {
        err.print(before == 0 ? "" : "\u001b[" + before + "A\r\u001b[J");
        err.print("\u001b[?7l");
        lines.forEach(err::println);
        err.print("\u001b[?7h");
        err.flush();
    }

    /** Leaves the line on which progress was shown. */
    void progressEnds() {
        if (terminal) {
            err.println();
            err.flush();
        }
    }
}
