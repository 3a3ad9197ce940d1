// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.media;

import dev.condis.api.oid.Oid;

/**
 * What an adapter on an interface or a capture answers beside the OIDs of connection-oriented miniports. The numbers are Condis' own, but for the two
 * that {@code ntddndis.h} has for connectionless miniports. All of them are queried of the adapter; counters have 4 or 8 octets, as the
 * asker's buffer has room (rule R201), and begin when the adapter is initialized.
 *
 * <p>Where a frame was lost, from the wire upwards: {@link #INTERFACE_MISSED}, {@link #INTERFACE_DROPPED}, {@link #CAPTURE_INTERFACE_DROPPED};
 * {@link #KERNEL_DROPPED}; {@link #BUFFER_DROPPED}, {@link #PAUSE_DROPPED}, {@link #CALL_DROPPED}, {@link #TOO_LONG_DROPPED}. Where it belonged
 * to nobody: the {@code UNCLAIMED_} counts.
 */
public final class CaptureOids {
    /**
     * {@code OID_GEN_MAXIMUM_FRAME_SIZE}, 4 octets: what a frame may have after its Ethernet header, the MTU of an interface; asked about a VC, the
     * longest PDU that it can send.
     */
    public static final Oid MAXIMUM_FRAME_SIZE = new Oid(0x0001_0106);
    /** {@code OID_GEN_MAXIMUM_TOTAL_SIZE}, 4 octets: the same with the Ethernet header. */
    public static final Oid MAXIMUM_TOTAL_SIZE = new Oid(0x0001_0111);

    /** Frames that the interface has received, whoever listens. */
    public static final Oid INTERFACE_RECEIVED = new Oid(0xFF0C_0D20);
    /** Frames that the interface's driver dropped. */
    public static final Oid INTERFACE_DROPPED = new Oid(0xFF0C_0D21);
    /** Frames that the interface received damaged. */
    public static final Oid INTERFACE_ERRORS = new Oid(0xFF0C_0D22);
    /** Frames that the interface had no room for. */
    public static final Oid INTERFACE_MISSED = new Oid(0xFF0C_0D23);
    /** Frames that the interface dropped as the capture library counts it, {@code ps_ifdrop}. */
    public static final Oid CAPTURE_INTERFACE_DROPPED = new Oid(0xFF0C_0D24);
    /** Frames that passed the kernel's filter for this adapter, {@code ps_recv}. */
    public static final Oid KERNEL_RECEIVED = new Oid(0xFF0C_0D25);
    /** Frames for which the kernel's ring of this adapter had no room, {@code ps_drop}. */
    public static final Oid KERNEL_DROPPED = new Oid(0xFF0C_0D26);
    /** Frames that reached the adapter. */
    public static final Oid ADAPTER_RECEIVED = new Oid(0xFF0C_0D27);
    /** PDUs of a VC for which every receive buffer was out. */
    public static final Oid BUFFER_DROPPED = new Oid(0xFF0C_0D28);
    /** Frames and PDUs that came while the adapter was paused. */
    public static final Oid PAUSE_DROPPED = new Oid(0xFF0C_0D29);
    /** PDUs whose call was not connected in time, or was refused. */
    public static final Oid CALL_DROPPED = new Oid(0xFF0C_0D2A);
    /** PDUs longer than a receive buffer. */
    public static final Oid TOO_LONG_DROPPED = new Oid(0xFF0C_0D2B);
    /** Frames of which the capture kept less than there was on the wire. */
    public static final Oid CUT = new Oid(0xFF0C_0D2C);
    /** Frames that are damaged somewhere, whether a VC took them or not. */
    public static final Oid MALFORMED = new Oid(0xFF0C_0D2D);
    /** Frames of more flows than the adapter remembers. */
    public static final Oid FLOW_LIMIT = new Oid(0xFF0C_0D2E);
    /** All counters that are not zero, among them each kind of damage, in one line of text with a zero octet at its end. */
    public static final Oid SUMMARY = new Oid(0xFF0C_0D2F);

    /** Frames to another station, which an adapter that is not promiscuous does not take. */
    public static final Oid UNCLAIMED_STATION = new Oid(0xFF0C_0D30);
    /** Frames of a PPPoE session that no VC has. */
    public static final Oid UNCLAIMED_PPPOE = new Oid(0xFF0C_0D31);
    /** Frames with a label stack that no VC has. */
    public static final Oid UNCLAIMED_MPLS = new Oid(0xFF0C_0D32);
    /** Frames with VLAN tags, and nothing further in that names a flow, that no VC has. */
    public static final Oid UNCLAIMED_VLAN = new Oid(0xFF0C_0D33);
    /** Frames without tags of an EtherType that no VC has. */
    public static final Oid UNCLAIMED_TYPE = new Oid(0xFF0C_0D34);
    /** Frames without tags that have a length and an LLC header, which no VC has. */
    public static final Oid UNCLAIMED_LLC = new Oid(0xFF0C_0D35);
    /** PDUs of an ATM connection that no VC has. */
    public static final Oid UNCLAIMED_ATM = new Oid(0xFF0C_0D36);
    /** Frames of a PPP protocol, on a link of its own, that no VC has. */
    public static final Oid UNCLAIMED_PPP = new Oid(0xFF0C_0D37);
    /** Damaged frames that no VC took. */
    public static final Oid UNCLAIMED_MALFORMED = new Oid(0xFF0C_0D38);

    private CaptureOids() {}
}
