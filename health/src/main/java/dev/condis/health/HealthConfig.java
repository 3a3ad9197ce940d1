// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.health;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the demotion by health checks. */
@ObjectClassDefinition(
        name = "Condis health",
        description = "Demotes backends while a health check with the property condis.health.target is critical.")
@interface HealthConfig {
    /** How long between two runs of a check. */
    long DEFAULT_INTERVAL_MILLIS = 5_000;

    @AttributeDefinition(
            name = "Interval [ms]",
            description = "How long between two runs of the health checks that are about backends.",
            min = "1")
    long interval_millis() default DEFAULT_INTERVAL_MILLIS;
}
