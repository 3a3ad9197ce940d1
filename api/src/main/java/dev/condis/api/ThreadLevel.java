// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a thread may do while it runs an entry point: the Java form of the IRQL (contract E). */
public enum ThreadLevel {
    /** The entry point may block for a bounded time. */
    PASSIVE,
    /** The entry point must not block, nor wait for another completion (rule E3, E5); it may run on any thread. */
    DISPATCH;

    /** The highest level at which a method may be called, which is the level at which it may itself be running. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.METHOD)
    public @interface Max {
        /**
         * The level.
         *
         * @return the level
         */
        ThreadLevel value();
    }
}
