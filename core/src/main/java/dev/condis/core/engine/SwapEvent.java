// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.management.SwapReport;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A change of the backend of a logical adapter, for the flight recorder. */
@Name("dev.condis.Swap")
@Label("Backend Swap")
@Category("Condis")
@Description("A logical adapter has changed its backend, or has lost it")
@StackTrace(false)
final class SwapEvent extends Event {
    @Label("Adapter")
    String adapter;

    @Label("Number")
    long number;

    @Label("Cause")
    String cause;

    @Label("Outcome")
    String outcome;

    @Label("VCs Moved")
    long moved;

    @Label("VCs Parked")
    long parked;

    @Label("VCs Refused")
    long refused;

    @Label("NBLs Held")
    long held;

    @Label("NBLs Failed")
    long failed;

    @Label("NBLs Sent Again")
    long resent;

    @Label("Longest Gap")
    @Timespan
    long longestGap;

    @Label("Took")
    @Timespan
    long took;

    static void commit(final SwapReport report) {
        final SwapEvent event = new SwapEvent();
        if (event.isEnabled()) {
            event.adapter = report.adapter();
            event.number = report.number();
            event.cause = report.cause().name();
            event.outcome = report.outcome().name();
            event.moved = report.moved();
            event.parked = report.parked();
            event.refused = report.refused();
            event.held = report.held();
            event.failed = report.failed();
            event.resent = report.resent();
            event.longestGap = report.longestGap().toNanos();
            event.took = report.took().toNanos();
            event.commit();
        }
    }
}
