// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.media.CaptureOids;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.oid.OidTable;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.LinkState.MediaConnectState;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * What an adapter answers when it is asked: every mandatory OID of contract F.4, and those optional ones for which
 * there is something to say. A request about a VC gets the statistics of that VC; the rest belongs to the adapter
 * (rule R193). Every answer is synchronous. Thread safe.
 */
final class LinkOids {

    private static final int NDIS_MEDIUM_802_3 = 0;
    private static final int NDIS_MEDIUM_ATM = 8;
    private static final int READY = 0;
    private static final int RESET = 2;
    private static final int CONNECTED = 0;
    private static final int DISCONNECTED = 1;
    /** The vendor has no code of the IEEE. */
    private static final int NO_VENDOR = 0x00FF_FFFF;

    private static final String DESCRIPTION = "Condis adapter for Ethernet interfaces and capture files";
    /** NDIS 6.0, the minor version first, as numbers of two octets are written. */
    private static final Octets NDIS_VERSION = Octets.of((byte) 0, (byte) 6);
    /** 0.1, major version in the upper two octets. */
    private static final int DRIVER_VERSION = 1;

    private static final int NO_LOOPBACK = 0x8;
    private static final int READABLE_LOCAL_CLOCK = 0x1;
    private static final int RECEIVE_TIME_INDICATION_CAPABLE = 0x8;
    private static final int UNKNOWN_PRECISION = 0;
    private static final long BPS_PER_UNIT = 100;
    private static final long MAX_U32 = 0xFFFF_FFFFL;
    private static final int U32 = Integer.BYTES;
    private static final int HEADER_BYTES = 14;

    private final PcapLink link;
    private final LongSupplier epochNanos;
    private final OidTable ofAdapter;

    LinkOids(final PcapLink link, final LongSupplier epochNanos) {
        this.link = link;
        this.epochNanos = epochNanos;
        this.ofAdapter = table(link::pduCounts, this::ofAdapter);
    }

    /**
     * Answers a request.
     *
     * @param vc the VC that it is about; empty for the adapter
     * @param request what is asked
     * @return the answer; {@code NOT_ACCEPTED} when the hardware is gone (rule R221)
     */
    OidResult answer(final Optional<FlowVc> vc, final OidRequest request) {
        if (link.isRemoved()) {
            return OidResult.failure(NdisStatus.NOT_ACCEPTED);
        }
        return vc.map(flow -> table(flow.counters()::snapshot, of -> longestPdu(of, flow)))
                .orElse(ofAdapter)
                .answer(request);
    }

    private OidTable table(final Supplier<PduCounts> counts, final Consumer<OidTable.Builder> more) {
        final OidTable.Builder table = OidTable.ofMiniport();
        operational(table);
        statistics(table, counts);
        more.accept(table);
        return table.build();
    }

    private static void longestPdu(final OidTable.Builder table, final FlowVc flow) {
        table.query(CaptureOids.MAXIMUM_FRAME_SIZE, () -> OidTable.u32(flow.longestPdu()));
    }

    private void ofAdapter(final OidTable.Builder table) {
        table.query(CaptureOids.MAXIMUM_FRAME_SIZE, () -> OidTable.u32(maxFrameBytes() - HEADER_BYTES))
                .query(CaptureOids.MAXIMUM_TOTAL_SIZE, () -> OidTable.u32(maxFrameBytes()))
                .query(CaptureOids.SUMMARY, () -> OidTable.text(link.counters().toString()))
                .counter(CaptureOids.MALFORMED, () -> link.counters().malformed());
        belowTheAdapter(table);
        inTheAdapter(table);
        unclaimed(table);
    }

    /** What can be sent; of an adapter that only receives, what can be received. */
    private int maxFrameBytes() {
        return link.canSend() ? link.maxFrameBytes(false) : link.longestReceived();
    }

    private void belowTheAdapter(final OidTable.Builder table) {
        table.counter(CaptureOids.INTERFACE_RECEIVED, () -> link.interfaceCounts()
                        .received())
                .counter(CaptureOids.INTERFACE_DROPPED, () -> link.interfaceCounts()
                        .dropped())
                .counter(CaptureOids.INTERFACE_ERRORS, () -> link.interfaceCounts()
                        .errors())
                .counter(CaptureOids.INTERFACE_MISSED, () -> link.interfaceCounts()
                        .missed())
                .counter(CaptureOids.CAPTURE_INTERFACE_DROPPED, () -> link.kernelCounts()
                        .droppedByInterface())
                .counter(CaptureOids.KERNEL_RECEIVED, () -> link.kernelCounts().received())
                .counter(CaptureOids.KERNEL_DROPPED, () -> link.kernelCounts().dropped());
    }

    private void inTheAdapter(final OidTable.Builder table) {
        counter(table, CaptureOids.ADAPTER_RECEIVED, LinkCounters.Received.FRAMES);
        counter(table, CaptureOids.BUFFER_DROPPED, LinkCounters.Received.NO_BUFFER);
        counter(table, CaptureOids.PAUSE_DROPPED, LinkCounters.Received.PAUSED);
        counter(table, CaptureOids.TOO_LONG_DROPPED, LinkCounters.Received.TOO_LONG);
        counter(table, CaptureOids.CUT, LinkCounters.Received.CUT);
        counter(table, CaptureOids.FLOW_LIMIT, LinkCounters.Received.FLOW_LIMIT);
        table.counter(
                CaptureOids.CALL_DROPPED,
                () -> link.counters().get(LinkCounters.Received.NOT_CONNECTED)
                        + link.counters().get(LinkCounters.Received.REFUSED));
    }

    private void counter(final OidTable.Builder table, final Oid oid, final LinkCounters.Received what) {
        table.counter(oid, () -> link.counters().get(what));
    }

    private void unclaimed(final OidTable.Builder table) {
        for (final LinkCounters.Unclaimed what : LinkCounters.Unclaimed.values()) {
            table.counter(oid(what), () -> link.counters().get(what));
        }
    }

    private static Oid oid(final LinkCounters.Unclaimed what) {
        return switch (what) {
            case STATION -> CaptureOids.UNCLAIMED_STATION;
            case PPPOE -> CaptureOids.UNCLAIMED_PPPOE;
            case MPLS -> CaptureOids.UNCLAIMED_MPLS;
            case VLAN -> CaptureOids.UNCLAIMED_VLAN;
            case TYPE -> CaptureOids.UNCLAIMED_TYPE;
            case LLC -> CaptureOids.UNCLAIMED_LLC;
            case ATM -> CaptureOids.UNCLAIMED_ATM;
            case PPP -> CaptureOids.UNCLAIMED_PPP;
            case MALFORMED -> CaptureOids.UNCLAIMED_MALFORMED;
        };
    }

    private void operational(final OidTable.Builder table) {
        table.query(Oid.GEN_CO_HARDWARE_STATUS, () -> OidTable.u32(link.isResetting() ? RESET : READY))
                .query(Oid.GEN_CO_MEDIA_SUPPORTED, this::medium)
                .query(Oid.GEN_CO_MEDIA_IN_USE, this::medium)
                .query(Oid.GEN_CO_LINK_SPEED, this::linkSpeed)
                .query(Oid.GEN_CO_MINIMUM_LINK_SPEED, () -> OidTable.u32(0, 0))
                .query(Oid.GEN_CO_VENDOR_ID, () -> OidTable.u32(NO_VENDOR))
                .query(Oid.GEN_CO_VENDOR_DESCRIPTION, () -> OidTable.text(DESCRIPTION))
                .query(Oid.GEN_CO_VENDOR_DRIVER_VERSION, () -> OidTable.u32(DRIVER_VERSION))
                .query(Oid.GEN_CO_DRIVER_VERSION, () -> NDIS_VERSION)
                // there is no option by which this adapter would do anything else
                .set(Oid.GEN_CO_PROTOCOL_OPTIONS, U32, options -> NdisStatus.SUCCESS)
                .query(Oid.GEN_CO_MAC_OPTIONS, () -> OidTable.u32(link.hearsItself() ? 0 : NO_LOOPBACK))
                .query(Oid.GEN_CO_MEDIA_CONNECT_STATUS, this::mediaConnectStatus)
                .query(
                        Oid.GEN_CO_GET_TIME_CAPS,
                        () -> OidTable.u32(READABLE_LOCAL_CLOCK | RECEIVE_TIME_INDICATION_CAPABLE, UNKNOWN_PRECISION))
                .query(Oid.GEN_CO_GET_NETCARD_TIME, () -> OidTable.u64(epochNanos.getAsLong()));
    }

    private Octets medium() {
        return OidTable.u32(link.linkType() == LinkType.SUNATM ? NDIS_MEDIUM_ATM : NDIS_MEDIUM_802_3);
    }

    private Octets linkSpeed() {
        final LinkState state = link.linkState();
        return OidTable.u32(units(state.transmitBps()), units(state.receiveBps()));
    }

    private static int units(final long bps) {
        return (int) Math.min(bps / BPS_PER_UNIT, MAX_U32);
    }

    private Octets mediaConnectStatus() {
        final boolean lost = link.linkState().connect() == MediaConnectState.DISCONNECTED;
        return OidTable.u32(lost ? DISCONNECTED : CONNECTED);
    }

    private static void statistics(final OidTable.Builder table, final Supplier<PduCounts> counts) {
        counter(table, counts, Oid.GEN_CO_XMIT_PDUS_OK, PduCounts::sent);
        counter(table, counts, Oid.GEN_CO_RCV_PDUS_OK, PduCounts::received);
        counter(table, counts, Oid.GEN_CO_XMIT_PDUS_ERROR, PduCounts::sendErrors);
        counter(table, counts, Oid.GEN_CO_RCV_PDUS_ERROR, PduCounts::receiveErrors);
        counter(table, counts, Oid.GEN_CO_RCV_PDUS_NO_BUFFER, PduCounts::noBuffer);
        counter(table, counts, Oid.GEN_CO_BYTES_XMIT, PduCounts::sentBytes);
        counter(table, counts, Oid.GEN_CO_BYTES_RCV, PduCounts::receivedBytes);
        counter(table, counts, Oid.GEN_CO_RCV_CRC_ERROR, PduCounts::crcErrors);
        // a send is carried out before it is completed: nothing is ever queued
        table.counter(Oid.GEN_CO_TRANSMIT_QUEUE_LENGTH, () -> 0).counter(Oid.GEN_CO_BYTES_XMIT_OUTSTANDING, () -> 0);
    }

    private static void counter(
            final OidTable.Builder table,
            final Supplier<PduCounts> counts,
            final Oid oid,
            final ToLongFunction<PduCounts> count) {
        table.counter(oid, () -> count.applyAsLong(counts.get()));
    }
}
