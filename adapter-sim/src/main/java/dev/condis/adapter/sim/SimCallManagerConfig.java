// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of a stand-alone signaling engine, PID {@code dev.condis.callmgr.sim}. */
@ObjectClassDefinition(
        name = "Condis simulated call manager",
        description = "Signals switched calls over simulated ATM adapters in mode miniport.")
@interface SimCallManagerConfig {

    @AttributeDefinition(name = "Name", description = "Name of the call manager in logs and tables.")
    String name() default "sim-cm";

    @AttributeDefinition(
            name = "Adapters",
            description = "OSGi filter over the properties of adapters, such as (condis.adapter=sim0).")
    String target() default "(condis.medium=ATM)";

    @AttributeDefinition(
            name = "Signaling timeout (ms)",
            description = "How long the network may take to answer a message; it is asked twice.")
    long signaling_timeout_millis() default 4_000;

    @AttributeDefinition(
            name = "Answer timeout (ms)",
            description = "How long the called party may take to answer a call.")
    long answer_timeout_millis() default 50_000;

    @AttributeDefinition(
            name = "Activate before offer",
            description = "The VC of an incoming call is activated before the client is asked.")
    boolean activate_before_offer() default false;

    @AttributeDefinition(
            name = "Reuse VCs",
            description = "VCs of incoming calls are kept for further calls to the same client.")
    boolean reuse_vcs() default false;

    String webconsole_configurationFactory_nameHint() default "{name} on {target}";
}
