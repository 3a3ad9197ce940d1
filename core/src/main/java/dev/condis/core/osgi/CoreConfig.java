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
    /** How long a driver may take to unbind. */
    long DEFAULT_TEARDOWN_DEADLINE_MILLIS = 5_000;

    @AttributeDefinition(
            name = "Teardown deadline [ms]",
            description =
                    "How long a client or call manager may take to close what it has open when it is unbound; what is left"
                            + " then is removed.",
            min = "1")
    long teardown_deadline_millis() default DEFAULT_TEARDOWN_DEADLINE_MILLIS;
}
