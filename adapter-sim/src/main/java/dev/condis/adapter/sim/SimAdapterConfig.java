// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** Configuration of one simulated adapter, PID {@code dev.condis.adapter.sim}. */
@ObjectClassDefinition(
        name = "Condis simulated adapter",
        description = "A NIC on a simulated network. Adapters that name the same network meet on it.")
@interface SimAdapterConfig {

    @AttributeDefinition(name = "Adapter name", description = "Name of the logical adapter that this NIC serves.")
    String name() default "sim0";

    @AttributeDefinition(name = "Network", description = "Name of the simulated network.")
    String network() default "sim";

    @AttributeDefinition(
            name = "Address",
            description = "Address of the NIC on the network: six octets in hexadecimal, not a group address. NICs in"
                    + " mode miniport with one adapter name and one address stand in for each other.")
    String address() default "02-00-00-00-00-01";

    @AttributeDefinition(
            name = "Mode",
            description = "miniport: a call manager has to stand above it; mcm: it signals calls itself (ATM only).",
            options = {@Option(label = "Miniport", value = "miniport"), @Option(label = "MCM", value = "mcm")})
    String mode() default "mcm";

    @AttributeDefinition(
            name = "Medium",
            description = "What the network is. The first adapter of a network decides.",
            options = {@Option(label = "ATM", value = "ATM"), @Option(label = "Ethernet", value = "ETHERNET")})
    String medium() default "ATM";

    @AttributeDefinition(name = "Rate (bit/s)", description = "Rate of the link in bits per second; 0 is unlimited.")
    long rate_bps() default 0;

    @AttributeDefinition(name = "Latency (us)", description = "Delay of the link in microseconds, each direction.")
    long latency_micros() default 0;

    @AttributeDefinition(name = "Jitter (us)", description = "Largest random addition to the latency, microseconds.")
    long jitter_micros() default 0;

    @AttributeDefinition(name = "Loss", description = "Probability that a PDU is lost on the link, 0 to 1.")
    double loss() default 0;

    @AttributeDefinition(name = "Duplication", description = "Probability that a PDU arrives twice, 0 to 1.")
    double duplication() default 0;

    @AttributeDefinition(
            name = "Reordering",
            description = "Probability that a PDU is held back so that others overtake it, 0 to 1.")
    double reordering() default 0;

    @AttributeDefinition(name = "Corruption", description = "Probability that a bit of a PDU is flipped, 0 to 1.")
    double corruption() default 0;

    @AttributeDefinition(name = "Queue", description = "PDUs that wait in the switch for this link, and PDUs on it.")
    int queue_capacity() default 4096;

    @AttributeDefinition(
            name = "Drop when full",
            description = "true: the switch drops what does not fit in the queue; false: it holds the senders back.")
    boolean drop_when_full() default false;

    @AttributeDefinition(name = "Seed", description = "Seed of everything random; the first adapter decides.")
    long seed() default 1;

    @AttributeDefinition(name = "Receive buffers", description = "NBLs for received PDUs of up to 2048 octets.")
    int receive_buffers() default 4096;

    @AttributeDefinition(name = "Long receive buffers", description = "NBLs for longer received PDUs.")
    int large_receive_buffers() default 64;

    @AttributeDefinition(
            name = "Asynchronous completions",
            description = "Activations and deactivations complete later instead of on return.")
    boolean async_completions() default false;

    @AttributeDefinition(
            name = "Activate before offer",
            description = "MCM: the VC of an incoming call is activated before the client is asked.")
    boolean activate_before_offer() default false;

    @AttributeDefinition(
            name = "Permanent circuits",
            description =
                    "Each as 'VPI/VCI ADDRESS VPI/VCI': own label, the other NIC, its label. Give a circuit at one"
                            + " of its two NICs, and at all that stand in for that one.")
    String[] permanent_circuits() default {};

    @AttributeDefinition(
            name = "Capture file",
            description = "A pcap file into which everything that passes at the NIC is written; empty for none.")
    String capture_file() default "";

    String webconsole_configurationFactory_nameHint() default "{name} on {network} ({mode})";
}
