// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.osgi;

import dev.condis.core.engine.SwapPolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Configuration of the core. The values that begin with {@code swap} count at once when they change, under calls; the others start the library
 * anew.
 */
@ObjectClassDefinition(
        name = "Condis core",
        description = "The NDIS library: binds clients, call managers and adapters.")
@interface CoreConfig {
    /** How long a driver may take to unbind, to pause or to restart. */
    long DEFAULT_TEARDOWN_DEADLINE_MILLIS = 5_000;

    /** How long a driver may take to complete any other operation. */
    long DEFAULT_OPERATION_DEADLINE_MILLIS = 60_000;

    /** How long a callback at DISPATCH may run, when drivers are checked. */
    long DEFAULT_DISPATCH_LIMIT_MILLIS = 1_000;

    /** How long a driver may take to complete what it pended, when drivers are checked. */
    long DEFAULT_COMPLETION_LIMIT_MILLIS = 30_000;

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

    @AttributeDefinition(
            name = "Verify",
            description =
                    "Check every call and callback of every driver against the rules of the contract, log and count what"
                            + " breaks one. The framework property condis.verify=true does the same.")
    boolean verify() default false;

    @AttributeDefinition(
            name = "Violations are fatal",
            description =
                    "Throw at the driver that breaks a rule, where it is on the stack. Without effect unless drivers are"
                            + " checked. The framework property condis.verify.fatal=true does the same.")
    boolean verify_fatal() default false;

    @AttributeDefinition(
            name = "DISPATCH limit [ms]",
            description = "How long a callback that must not block may run before the verifier reports it.",
            min = "1")
    long verify_dispatch_limit_millis() default DEFAULT_DISPATCH_LIMIT_MILLIS;

    @AttributeDefinition(
            name = "Completion limit [ms]",
            description = "How long a driver may take to complete what it pended before the verifier reports it.",
            min = "1")
    long verify_completion_limit_millis() default DEFAULT_COMPLETION_LIMIT_MILLIS;

    @AttributeDefinition(
            name = "Grace period [ms]",
            description =
                    "How long VCs wait for a backend when there is none. 0: their calls end at once. This and what follows"
                            + " is for all adapters that have no configuration of their own; it counts at once, under calls.",
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
