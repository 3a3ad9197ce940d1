// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the core. */
@ObjectClassDefinition(
        name = "Condis core",
        description = "The NDIS library: binds clients, call managers and adapters.")
@interface CoreConfig {
    /** How long a driver may take to unbind, to pause or to restart. */
    long DEFAULT_TEARDOWN_DEADLINE_MILLIS = 5_000;

    /** How long a driver may take to complete any other operation. */
    long DEFAULT_OPERATION_DEADLINE_MILLIS = 60_000;

    @AttributeDefinition(
            name = "Teardown deadline [ms]",
            description =
                    "How long a client or call manager may take to close what it has open when it is unbound (what is left"
                            + " then is removed), and any driver to pause or to restart.",
            min = "1")
    long teardown_deadline_millis() default DEFAULT_TEARDOWN_DEADLINE_MILLIS;

    @AttributeDefinition(
            name = "Operation deadline [ms]",
            description =
                    "How long a driver may take to complete an operation that it has pended: to make or close a call, to answer"
                            + " one, to activate a VC, to answer a request. Then the operation fails, and the log names the driver.",
            min = "1")
    long operation_deadline_millis() default DEFAULT_OPERATION_DEADLINE_MILLIS;
}
