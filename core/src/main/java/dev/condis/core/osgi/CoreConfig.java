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
}
