// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Where a driver was when something happened. Taken often and read seldom: what it costs to read is paid when it is read. */
final class Trace {
    /** The verifier's own frames say nothing about the driver. */
    private static final Set<String> OWN = Set.of(
            Trace.class.getName(),
            Call.class.getName(),
            HandleProxy.class.getName(),
            ContextProxy.class.getName(),
            CallRules.class.getName(),
            CallbackRules.class.getName(),
            Ledger.class.getName(),
            NblRecord.class.getName(),
            Debts.class.getName());

    private static final List<String> REFLECTION =
            List.of("java.lang.reflect.", "jdk.internal.reflect.", "jdk.proxy", "com.sun.proxy.");

    private final Throwable origin = new Throwable();

    private Trace() {}

    static Trace here() {
        return new Trace();
    }

    List<StackTraceElement> frames() {
        return withoutMachinery(origin.getStackTrace());
    }

    static List<StackTraceElement> of(final Thread thread) {
        return withoutMachinery(thread.getStackTrace());
    }

    private static List<StackTraceElement> withoutMachinery(final StackTraceElement[] frames) {
        return Arrays.stream(frames).filter(frame -> !isMachinery(frame)).toList();
    }

    private static boolean isMachinery(final StackTraceElement frame) {
        final String name = frame.getClassName();
        return OWN.contains(name) || REFLECTION.stream().anyMatch(name::startsWith);
    }
}
