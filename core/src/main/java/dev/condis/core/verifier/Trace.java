// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import java.util.Arrays;
import java.util.List;

/** Where a driver was when something happened. Taken often and read seldom: what it costs to read is paid when it is read. */
final class Trace {
    /** Frames that say nothing about the driver: the verifier's own, and how it is called. */
    private static final List<String> MACHINERY = List.of(
            Trace.class.getPackageName() + ".",
            "java.lang.reflect.",
            "jdk.internal.reflect.",
            "jdk.proxy",
            "com.sun.proxy.");

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
        return MACHINERY.stream().anyMatch(frame.getClassName()::startsWith);
    }
}
