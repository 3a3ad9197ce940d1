// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.management.SwapReport;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last changes of the backend of one adapter, the latest of them with each of its VCs. Each is a log line and a JFR event too. */
final class SwapJournal {
    private static final Logger LOG = LoggerFactory.getLogger(SwapJournal.class);
    private static final int LENGTH = 64;

    /** Older ones keep their totals only: a report may name a hundred thousand VCs. */
    private static final int DETAILED = 4;

    private final String adapter;
    private final List<SwapReport> reports = new ArrayList<>();

    SwapJournal(final String adapter) {
        this.adapter = adapter;
    }

    void record(final SwapReport report) {
        LOG.info(
                "{}: swap {} {} ({}): {} VCs moved, {} parked, {} refused, {} NBLs held, {} failed, {} sent again, longest gap {}",
                adapter,
                report.number(),
                report.outcome(),
                report.explanation(),
                report.moved(),
                report.parked(),
                report.refused(),
                report.held(),
                report.failed(),
                report.resent(),
                report.longestGap());
        SwapEvent.commit(report);
        add(report);
    }

    private synchronized void add(final SwapReport report) {
        reports.add(report);
        if (reports.size() > LENGTH) {
            reports.remove(0);
        }
        final int oldest = reports.size() - DETAILED - 1;
        if (oldest >= 0) {
            reports.set(oldest, reports.get(oldest).totals());
        }
    }

    /** Oldest first. */
    synchronized List<SwapReport> reports() {
        return List.copyOf(reports);
    }
}
