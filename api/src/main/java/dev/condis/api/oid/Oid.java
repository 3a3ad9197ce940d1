// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.oid;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An object identifier, {@code NDIS_OID}. Numbers are those of {@code ntddndis.h}; a vendor's own OIDs are made with their number. In
 * information that Condis reads or writes, numbers are little-endian, as on the platform that the DDI comes from.
 *
 * @param code the 32-bit number
 */
public record Oid(int code) {
    /** Query: the OIDs that the miniport knows, 4 octets each. */
    public static final Oid GEN_CO_SUPPORTED_LIST = new Oid(0x0001_0101);
    /** Query: 0 ready, 1 initializing, 2 reset, 3 closing, 4 not ready. */
    public static final Oid GEN_CO_HARDWARE_STATUS = new Oid(0x0001_0102);
    /** Query: the media that the miniport can carry, {@code NDIS_MEDIUM}, 4 octets each. */
    public static final Oid GEN_CO_MEDIA_SUPPORTED = new Oid(0x0001_0103);
    /** Query: the medium in use, {@code NDIS_MEDIUM}. */
    public static final Oid GEN_CO_MEDIA_IN_USE = new Oid(0x0001_0104);
    /** Query: speed of the link, outbound then inbound, in 100 bit/s, 4 octets each. */
    public static final Oid GEN_CO_LINK_SPEED = new Oid(0x0001_0107);
    /** Query: vendor and card, 4 octets. */
    public static final Oid GEN_CO_VENDOR_ID = new Oid(0x0001_010C);
    /** Query: a name for people, terminated by a zero octet. */
    public static final Oid GEN_CO_VENDOR_DESCRIPTION = new Oid(0x0001_010D);
    /** Query: NDIS version, major and minor, 2 octets. */
    public static final Oid GEN_CO_DRIVER_VERSION = new Oid(0x0001_0110);
    /** Set: options of the protocol, 4 octets. */
    public static final Oid GEN_CO_PROTOCOL_OPTIONS = new Oid(0x0001_0112);
    /** Query: options of the miniport, 4 octets. */
    public static final Oid GEN_CO_MAC_OPTIONS = new Oid(0x0001_0113);
    /** Query: 0 connected, 1 disconnected. */
    public static final Oid GEN_CO_MEDIA_CONNECT_STATUS = new Oid(0x0001_0114);
    /** Query: the vendor's version of the driver, 4 octets. */
    public static final Oid GEN_CO_VENDOR_DRIVER_VERSION = new Oid(0x0001_0116);
    /** Query: GUIDs of custom OIDs. */
    public static final Oid GEN_CO_SUPPORTED_GUIDS = new Oid(0x0001_0117);
    /** Query: the lowest speed at which the link works, as {@link #GEN_CO_LINK_SPEED}. */
    public static final Oid GEN_CO_MINIMUM_LINK_SPEED = new Oid(0x0002_0120);
    /** Query: what the miniport's clock can do. */
    public static final Oid GEN_CO_GET_TIME_CAPS = new Oid(0x0002_020F);
    /** Query: the time of the miniport's clock; answered synchronously. */
    public static final Oid GEN_CO_GET_NETCARD_TIME = new Oid(0x0002_0210);
    /** Query: PDUs sent, 4 or 8 octets (rule R201). */
    public static final Oid GEN_CO_XMIT_PDUS_OK = new Oid(0x0002_0101);
    /** Query: PDUs received, 4 or 8 octets. */
    public static final Oid GEN_CO_RCV_PDUS_OK = new Oid(0x0002_0102);
    /** Query: PDUs that could not be sent, 4 or 8 octets. */
    public static final Oid GEN_CO_XMIT_PDUS_ERROR = new Oid(0x0002_0103);
    /** Query: PDUs received with errors, 4 or 8 octets. */
    public static final Oid GEN_CO_RCV_PDUS_ERROR = new Oid(0x0002_0104);
    /** Query: PDUs lost because there was no buffer, 4 or 8 octets. */
    public static final Oid GEN_CO_RCV_PDUS_NO_BUFFER = new Oid(0x0002_0105);
    /** Query: bytes sent, 4 or 8 octets. */
    public static final Oid GEN_CO_BYTES_XMIT = new Oid(0x0002_0201);
    /** Query: bytes received, 4 or 8 octets. */
    public static final Oid GEN_CO_BYTES_RCV = new Oid(0x0002_0207);
    /** Query: PDUs received with a wrong checksum, 4 or 8 octets. */
    public static final Oid GEN_CO_RCV_CRC_ERROR = new Oid(0x0002_020D);
    /** Query: PDUs waiting to be sent, 4 or 8 octets. */
    public static final Oid GEN_CO_TRANSMIT_QUEUE_LENGTH = new Oid(0x0002_020E);
    /** Query: load of the miniport. */
    public static final Oid GEN_CO_NETCARD_LOAD = new Oid(0x0002_0211);
    /** Query: bytes accepted and not yet sent, 4 or 8 octets. */
    public static final Oid GEN_CO_BYTES_XMIT_OUTSTANDING = new Oid(0x0002_0221);
    /** Set, client to call manager: a permanent circuit was configured, {@code CO_PVC} (sequence S33). */
    public static final Oid CO_ADD_PVC = new Oid(0xFE00_0001);
    /** Set, client to call manager: a permanent circuit was removed, {@code CO_PVC}. */
    public static final Oid CO_DELETE_PVC = new Oid(0xFE00_0002);
    /** Reserved by the DDI. */
    public static final Oid CO_GET_CALL_INFORMATION = new Oid(0xFE00_0003);
    /** Set, client to call manager: one more address of this client, {@code CO_ADDRESS}. */
    public static final Oid CO_ADD_ADDRESS = new Oid(0xFE00_0004);
    /** Set, client to call manager: one address of this client less, {@code CO_ADDRESS}. */
    public static final Oid CO_DELETE_ADDRESS = new Oid(0xFE00_0005);
    /** Query, client to call manager: {@code CO_ADDRESS_LIST} (rule R204). */
    public static final Oid CO_GET_ADDRESSES = new Oid(0xFE00_0006);
    /** Set, call manager to client, empty: addresses have changed (rule R202). */
    public static final Oid CO_ADDRESS_CHANGE = new Oid(0xFE00_0007);
    /** Set, call manager to client, empty: calls can be made (rule R203). */
    public static final Oid CO_SIGNALING_ENABLED = new Oid(0xFE00_0008);
    /** Set, call manager to client, empty: calls cannot be made (rule R203). */
    public static final Oid CO_SIGNALING_DISABLED = new Oid(0xFE00_0009);
    /** Set, call manager to client, empty: the old form of {@code NdisCmNotifyCloseAddressFamily} (C46). */
    public static final Oid CO_AF_CLOSE = new Oid(0xFE00_000A);
    /** Query, client to call manager: telephony capabilities. */
    public static final Oid CO_TAPI_CM_CAPS = new Oid(0xFE00_1001);
    /** Query, client to call manager: capabilities of a line. */
    public static final Oid CO_TAPI_LINE_CAPS = new Oid(0xFE00_1002);
    /** Query, client to call manager: capabilities of an address. */
    public static final Oid CO_TAPI_ADDRESS_CAPS = new Oid(0xFE00_1003);
    /** Query, client to call manager: telephony call parameters as NDIS call parameters. */
    public static final Oid CO_TAPI_TRANSLATE_TAPI_CALLPARAMS = new Oid(0xFE00_1004);
    /** Query, client to call manager: NDIS call parameters as telephony call parameters. */
    public static final Oid CO_TAPI_TRANSLATE_NDIS_CALLPARAMS = new Oid(0xFE00_1005);
    /** Query, client to call manager: telephony call parameters as SAPs. */
    public static final Oid CO_TAPI_TRANSLATE_TAPI_SAP = new Oid(0xFE00_1006);
    /** Query, client to call manager: why a call ended. */
    public static final Oid CO_TAPI_GET_CALL_DIAGNOSTICS = new Oid(0xFE00_1007);
    /** Query, client to call manager: report digits. */
    public static final Oid CO_TAPI_REPORT_DIGITS = new Oid(0xFE00_1008);
    /** Query, client to call manager: report no digits. */
    public static final Oid CO_TAPI_DONT_REPORT_DIGITS = new Oid(0xFE00_1009);
    /**
     * Query, client to call manager of {@link dev.condis.api.AddressFamily#PPPOE}: which access concentrators answer. The information asked with are
     * the tags of a {@link dev.condis.api.pppoe.PppoeParameters}, the answer a list of {@link dev.condis.api.pppoe.PppoeOffer}. Condis' own number.
     */
    public static final Oid PPPOE_DISCOVER = new Oid(0xFF0C_0D01);

    private static final Map<Integer, String> NAMES = Arrays.stream(Oid.class.getFields())
            .collect(Collectors.toUnmodifiableMap(field -> valueOf(field).code(), field -> "OID_" + field.getName()));

    private static Oid valueOf(final Field field) {
        try {
            return (Oid) field.get(null);
        } catch (final IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * The name as {@code ntddndis.h} spells it, or the number.
     *
     * @return for example {@code OID_GEN_CO_LINK_SPEED}
     */
    @Override
    public String toString() {
        return NAMES.getOrDefault(code, String.format("OID %08X", code));
    }
}
