// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

/** What the process ends with. */
enum ExitStatus {
    /** All is well. */
    OK,
    /** The run found losses or errors. */
    FAULTS,
    /** The command line is wrong, or names something that is not there. */
    USAGE,
    /** The adapter cannot be used. */
    ADAPTER_UNAVAILABLE;

    /** The number that the process ends with. */
    int code() {
        return ordinal();
    }
}
