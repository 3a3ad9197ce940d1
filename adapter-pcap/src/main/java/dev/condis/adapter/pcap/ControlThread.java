// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The thread of an adapter for control work that must not run inside a callback; it ends when there is nothing to do. */
final class ControlThread {

    private static final int IDLE_SECONDS = 5;

    private ControlThread() {}

    static ScheduledExecutorService create(final String adapter) {
        final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, work -> {
            final Thread thread = new Thread(work, "condis-pcap-ctl-" + adapter);
            thread.setDaemon(true);
            return thread;
        });
        executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }
}
