// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of one adapter. A changed configuration makes a new adapter in the place of the old one. */
@ObjectClassDefinition(
        name = "Condis pcap adapter",
        description = "A live Ethernet interface or a capture file as a connection-oriented adapter.")
@interface PcapAdapterConfig {

    /** Property {@code condis.adapter}. */
    @AttributeDefinition(name = "Adapter", description = "Name of the logical adapter, for example eth0.")
    String condis_adapter();

    /** Where frames come from. */
    @AttributeDefinition(
            name = "Source",
            required = false,
            description =
                    "An interface name, or the path of a capture file (pcap, pcapng, gzip of them). Empty: the adapter only"
                            + " writes a capture file.")
    String source() default "";

    /** Miniport or call manager. */
    @AttributeDefinition(
            name = "Mode",
            required = false,
            description =
                    "MINIPORT: a call manager above says which flow each VC is. MCM: flows that are seen become incoming calls.")
    PcapSettings.Mode mode() default PcapSettings.Mode.MINIPORT;

    /** Capture file that is written. */
    @AttributeDefinition(
            name = "Write file",
            required = false,
            description =
                    "Path of a capture file; an existing one is overwritten. With a live source everything received and sent is"
                            + " recorded; else it is where sent frames go.")
    String writeFile() default "";

    /** What a live interface is tuned for. */
    @AttributeDefinition(
            name = "Profile",
            required = false,
            description =
                    "LATENCY: each frame at once (libpcap's immediate mode). THROUGHPUT: in blocks, up to the read time-out late.")
    PcapSettings.Profile profile() default PcapSettings.Profile.LATENCY;

    /** Captured octets of each frame. */
    @AttributeDefinition(
            name = "Snapshot length",
            required = false,
            description =
                    "Captured octets of each frame, up to 262144. 0: by profile (MTU rounded up to 2048, or 65536).")
    int snaplen() default 0;

    /** Kernel buffer. */
    @AttributeDefinition(name = "Kernel buffer", required = false, description = "Bytes, 65536 or more.")
    int bufferBytes() default 64 << 20;

    /** Read time-out. */
    @AttributeDefinition(
            name = "Read time-out",
            required = false,
            description = "Milliseconds, 1 or more; how late frames may be in profile THROUGHPUT.")
    int timeoutMillis() default 10;

    /** Frames for other stations. */
    @AttributeDefinition(
            name = "Promiscuous",
            required = false,
            description = "Whether frames for other stations are received as well.")
    boolean promiscuous() default false;

    /** Which frames. */
    @AttributeDefinition(
            name = "Direction",
            required = false,
            description =
                    "IN: what comes in, so that the adapter does not hear itself. OUT: what goes out. INOUT: both.")
    PcapSettings.Direction direction() default PcapSettings.Direction.IN;

    /** Filter. */
    @AttributeDefinition(
            name = "Filter",
            required = false,
            description = "Expression in libpcap's filter language (pcap-filter(7)). Empty: everything.")
    String filter() default "";

    /** Resolution of time stamps. */
    @AttributeDefinition(
            name = "Time stamps",
            required = false,
            description = "Resolution of time stamps of a live interface: MICRO or NANO seconds. Files keep theirs.")
    PcapSettings.Precision timestampPrecision() default PcapSettings.Precision.NANO;

    /** When a file is read. */
    @AttributeDefinition(
            name = "Start after",
            required = false,
            description =
                    "A capture file is read when there are so many SAPs (MCM) or activated VCs (MINIPORT). 0: at once.")
    int startAfter() default 1;

    /** How long after that. */
    @AttributeDefinition(
            name = "Start delay",
            required = false,
            description =
                    "Milliseconds from there to the first frame (MINIPORT), so that calls on the VCs are connected by then.")
    int startDelayMillis() default 200;

    /** Bound for compressed files. */
    @AttributeDefinition(
            name = "Inflated bytes",
            required = false,
            description = "Most bytes that a compressed capture file may have when inflated.")
    long maxInflatedBytes() default 4L << 30;

    /** How long a file waits for a call. */
    @AttributeDefinition(
            name = "Connect wait",
            required = false,
            description =
                    "Milliseconds that the reading of a file waits, once for each call, for the call to be connected, when the"
                            + " PDUs held for it reach their limit. A live interface does not wait.")
    int connectWaitMillis() default 10_000;

    /** Pace of a file. */
    @AttributeDefinition(
            name = "Replay speed",
            required = false,
            description =
                    "How fast a capture file is read. 1: its frames come as long after each other as they were captured; 10: ten times"
                            + " as fast; 0: as fast as they are taken. Time stamps stay those of the file.")
    double speed() default 0;

    /** Most flows. */
    @AttributeDefinition(name = "Flows", required = false, description = "Most flows that are remembered at a time.")
    int maxFlows() default 65_536;

    /** Most held PDUs. */
    @AttributeDefinition(
            name = "Held PDUs",
            required = false,
            description = "Most PDUs of one flow that are held until its call is connected.")
    int maxHeldPdus() default 64;

    /** Size of a receive buffer. */
    @AttributeDefinition(
            name = "PDU bytes",
            required = false,
            description =
                    "Size of a receive buffer; longer PDUs are dropped and counted. 0: 65536 for a file, by the MTU for an"
                            + " interface.")
    int pduBytes() default 0;

    /** Number of receive buffers. */
    @AttributeDefinition(
            name = "Buffers",
            required = false,
            description = "Number of receive buffers. 0: as many as 16 MiB hold, 64..8192.")
    int buffers() default 0;

    /** Source address in files. */
    @AttributeDefinition(
            name = "Local address",
            required = false,
            description = "Source MAC address of frames written to a capture file; an interface has its own.")
    String localAddress() default "02-00-00-00-00-01";

    /** What the console shows. */
    String webconsole_configurationFactory_nameHint() default "{condis.adapter}: {mode} on {source}{writeFile}";
}
