// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.osgi;

import dev.condis.core.engine.SwapPolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of one logical adapter. */
@ObjectClassDefinition(
        name = "Condis adapter",
        description =
                "What one logical adapter does when its backend changes, in place of what the core's configuration says"
                        + " for all. Changes count at once, under calls.")
@interface AdapterConfig {
    @AttributeDefinition(name = "Adapter", description = "Name of the logical adapter, for example eth0.")
    String adapter();

    @AttributeDefinition(
            name = "Grace period [ms]",
            description = "How long VCs wait for a backend when there is none. 0: their calls end at once.",
            min = "0")
    long swap_grace_millis() default SwapSettings.DEFAULT_GRACE_MILLIS;

    @AttributeDefinition(
            name = "Hold limit",
            description =
                    "How many packets of one VC may wait for a backend. Those that come after are given back (RESOURCES).",
            min = "0")
    long swap_hold_limit() default SwapPolicy.DEFAULT_HOLD_LIMIT;

    @AttributeDefinition(
            name = "Delivery",
            description =
                    "What becomes of packets that a lost backend had. AT_MOST_ONCE: they are given back as failed, though"
                            + " some may have been sent. AT_LEAST_ONCE: they are sent again.")
    SwapPolicy.Delivery swap_delivery() default SwapPolicy.Delivery.AT_MOST_ONCE;

    @AttributeDefinition(
            name = "Fail-back",
            description =
                    "AUTOMATIC: a better backend takes over when it comes. MANUAL: it waits until the active one goes, or"
                            + " until it is asked to.")
    SwapPolicy.FailBack swap_failback() default SwapPolicy.FailBack.AUTOMATIC;

    @AttributeDefinition(
            name = "Stable period [ms]",
            description = "How long a better backend must have been there before it takes over.",
            min = "0")
    long swap_stable_millis() default 0;

    @AttributeDefinition(
            name = "Drain deadline [ms]",
            description = "How long a backend may take to complete what it has before a VC leaves it.",
            min = "0")
    long swap_drain_millis() default SwapSettings.DEFAULT_DRAIN_MILLIS;

    @AttributeDefinition(
            name = "Completion deadline [ms]",
            description =
                    "How long a backend may have packets of one VC and complete none of them. Then it counts as lost, as if"
                            + " its hardware had been pulled out. 0: nobody watches.",
            min = "0")
    long swap_completion_millis() default SwapSettings.DEFAULT_COMPLETION_MILLIS;
}
