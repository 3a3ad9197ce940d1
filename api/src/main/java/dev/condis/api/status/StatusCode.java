// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.status;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a status indication says, {@code NDIS_STATUS_INDICATION.StatusCode}. Numbers are those of {@code ndis.h} (contract F.1); a vendor's
 * own codes are made with their number.
 *
 * @param code the 32-bit number
 */
public record StatusCode(int code) {
    /** The adapter is online. */
    public static final StatusCode ONLINE = new StatusCode(0x4001_0003);
    /** A reset has begun; indicated by the core only (rule R208). */
    public static final StatusCode RESET_START = new StatusCode(0x4001_0004);
    /** A reset is over; indicated by the core only; the buffer holds its status, 4 octets. */
    public static final StatusCode RESET_END = new StatusCode(0x4001_0005);
    /** The adapter is closed. */
    public static final StatusCode CLOSED = new StatusCode(0x4001_0007);
    /** The link is there again, in the form before NDIS 6 (C59). */
    public static final StatusCode MEDIA_CONNECT = new StatusCode(0x4001_000B);
    /** The link is lost, in the form before NDIS 6 (C59). */
    public static final StatusCode MEDIA_DISCONNECT = new StatusCode(0x4001_000C);
    /** The hardware's line is up. */
    public static final StatusCode HARDWARE_LINE_UP = new StatusCode(0x4001_000D);
    /** The hardware's line is down. */
    public static final StatusCode HARDWARE_LINE_DOWN = new StatusCode(0x4001_000E);
    /** The interface is up. */
    public static final StatusCode INTERFACE_UP = new StatusCode(0x4001_000F);
    /** The interface is down. */
    public static final StatusCode INTERFACE_DOWN = new StatusCode(0x4001_0010);
    /** The medium is busy. */
    public static final StatusCode MEDIA_BUSY = new StatusCode(0x4001_0011);
    /** Something that only the medium knows. */
    public static final StatusCode MEDIA_SPECIFIC_INDICATION = new StatusCode(0x4001_0012);
    /** The speed of the link has changed; the buffer holds it as {@code OID_GEN_CO_LINK_SPEED} does. */
    public static final StatusCode LINK_SPEED_CHANGE = new StatusCode(0x4001_0013);
    /** A damaged PDU was received, {@code NDIS_WAN_CO_FRAGMENT}. */
    public static final StatusCode WAN_CO_FRAGMENT = new StatusCode(0x4001_0015);
    /** The parameters of a VC's link have changed, {@code WAN_CO_LINKPARAMS}. */
    public static final StatusCode WAN_CO_LINKPARAMS = new StatusCode(0x4001_0016);
    /** The state of the link has changed; the buffer holds a {@link LinkState}. */
    public static final StatusCode LINK_STATE = new StatusCode(0x4001_0017);
    /** The network has changed; addresses should be looked up again. */
    public static final StatusCode NETWORK_CHANGE = new StatusCode(0x4001_0018);
    /** The state of a port has changed. */
    public static final StatusCode PORT_STATE = new StatusCode(0x4001_0022);
    /** The operational status of the interface has changed. */
    public static final StatusCode OPER_STATUS = new StatusCode(0x4001_0023);
    /** As {@link #WAN_CO_LINKPARAMS}, with the MTU. */
    public static final StatusCode WAN_CO_MTULINKPARAMS = new StatusCode(0x4001_0025);

    private static final Map<Integer, String> NAMES = Arrays.stream(StatusCode.class.getFields())
            .collect(Collectors.toUnmodifiableMap(
                    field -> valueOf(field).code(), field -> "NDIS_STATUS_" + field.getName()));

    private static StatusCode valueOf(final Field field) {
        try {
            return (StatusCode) field.get(null);
        } catch (final IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * The name as {@code ndis.h} spells it, or the number.
     *
     * @return for example {@code NDIS_STATUS_LINK_STATE}
     */
    @Override
    public String toString() {
        return NAMES.getOrDefault(code, String.format("NDIS_STATUS %08X", code));
    }
}
