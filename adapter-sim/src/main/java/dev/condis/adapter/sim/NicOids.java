// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.SimFaults.Operation;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.oid.OidTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * The OIDs of a simulated NIC, {@code MiniportCoOidRequest}: for the adapter, or for one VC (rule R193). Requests are not serialized
 * (R195); what is pending because of a fault can be cancelled, and ends with a reset or a removal. Thread safe.
 */
final class NicOids {

    private static final int NDIS_MEDIUM_802_3 = 0;
    private static final int NDIS_MEDIUM_ATM = 8;
    private static final int HARDWARE_READY = 0;
    private static final int HARDWARE_RESET = 2;
    private static final int HARDWARE_NOT_READY = 4;
    private static final int CONNECTED = 0;
    private static final int DISCONNECTED = 1;
    private static final long BITS_PER_UNIT = 100;
    private static final long MAX_UNITS = 0xFFFF_FFFFL;

    /** NDIS 6.30, as a 16-bit number. */
    private static final byte[] DRIVER_VERSION = {30, 6};

    private static final int VENDOR_DRIVER_VERSION = 0x0000_0001;

    /** {@code NDIS_MAC_OPTION_NO_LOOPBACK}: the core does it; {@code NDIS_MAC_OPTION_EOTX_INDICATION}: a send is completed when it has left. */
    private static final int MAC_OPTIONS = 0x08 | 0x20;

    /** {@code READABLE_LOCAL_CLOCK}, {@code RECEIVE_TIME_INDICATION_CAPABLE}. */
    private static final int TIME_CAPS = 0x01 | 0x08;

    /** {@code ESTIMATED_LENGTH}, {@code NO_LOOPBACK}, {@code NO_RSVD_ON_RCVPKT}. */
    private static final int KNOWN_PROTOCOL_OPTIONS = 0x07;

    private static final int CARD = 1;

    /** A request that is not complete; requests are told apart by identity, since two may be equal. */
    private record Pending(OidRequest request, CompletableFuture<OidResult> stage) {}

    private final SimMiniport nic;
    private final OidTable table;
    private final List<Pending> pending = new ArrayList<>();
    private volatile int protocolOptions;

    NicOids(final SimMiniport nic) {
        this.nic = nic;
        this.table = tableOf(
                nic.counters(),
                () -> nic.vcs().stream().mapToLong(SimVc::queuedPdus).sum(),
                () -> nic.vcs().stream().mapToLong(SimVc::queuedOctets).sum());
    }

    private OidTable tableOf(
            final PduCounters counters, final LongSupplier queuedPdus, final LongSupplier queuedOctets) {
        final OidTable.Builder builder = OidTable.ofMiniport();
        operational(builder);
        statistics(builder, counters);
        return builder.counter(Oid.GEN_CO_TRANSMIT_QUEUE_LENGTH, queuedPdus)
                .counter(Oid.GEN_CO_BYTES_XMIT_OUTSTANDING, queuedOctets)
                .build();
    }

    private void operational(final OidTable.Builder builder) {
        final Octets medium =
                OidTable.u32(nic.network().medium() == SimMedium.ATM ? NDIS_MEDIUM_ATM : NDIS_MEDIUM_802_3);
        final Octets description =
                OidTable.text("Condis simulated " + nic.network().medium() + " NIC");
        builder.query(Oid.GEN_CO_HARDWARE_STATUS, () -> OidTable.u32(hardwareStatus()))
                .query(Oid.GEN_CO_MEDIA_SUPPORTED, () -> medium)
                .query(Oid.GEN_CO_MEDIA_IN_USE, () -> medium)
                .query(Oid.GEN_CO_LINK_SPEED, () -> speed(nic.linkBitsPerSecond()))
                .query(Oid.GEN_CO_VENDOR_ID, this::vendor)
                .query(Oid.GEN_CO_VENDOR_DESCRIPTION, () -> description)
                .query(Oid.GEN_CO_DRIVER_VERSION, () -> Octets.of(DRIVER_VERSION))
                .set(Oid.GEN_CO_PROTOCOL_OPTIONS, Integer.BYTES, this::setProtocolOptions)
                .query(Oid.GEN_CO_MAC_OPTIONS, () -> OidTable.u32(MAC_OPTIONS))
                .query(Oid.GEN_CO_MEDIA_CONNECT_STATUS, () -> OidTable.u32(nic.isLinkUp() ? CONNECTED : DISCONNECTED))
                .query(Oid.GEN_CO_VENDOR_DRIVER_VERSION, () -> OidTable.u32(VENDOR_DRIVER_VERSION))
                .query(Oid.GEN_CO_SUPPORTED_GUIDS, () -> Octets.EMPTY)
                .query(Oid.GEN_CO_MINIMUM_LINK_SPEED, () -> speed(nic.lowestLinkBitsPerSecond()))
                .query(Oid.GEN_CO_GET_TIME_CAPS, () -> OidTable.u32(TIME_CAPS, 0))
                .query(
                        Oid.GEN_CO_GET_NETCARD_TIME,
                        () -> OidTable.u64(nic.time().epochNanos()));
    }

    private static void statistics(final OidTable.Builder builder, final PduCounters counters) {
        builder.counter(Oid.GEN_CO_XMIT_PDUS_OK, () -> counters.snapshot().xmitPdusOk())
                .counter(Oid.GEN_CO_RCV_PDUS_OK, () -> counters.snapshot().rcvPdusOk())
                .counter(Oid.GEN_CO_XMIT_PDUS_ERROR, () -> counters.snapshot().xmitPdusError())
                .counter(Oid.GEN_CO_RCV_PDUS_ERROR, () -> counters.snapshot().rcvPdusError())
                .counter(
                        Oid.GEN_CO_RCV_PDUS_NO_BUFFER, () -> counters.snapshot().rcvPdusNoBuffer())
                .counter(Oid.GEN_CO_BYTES_XMIT, () -> counters.snapshot().bytesXmit())
                .counter(Oid.GEN_CO_BYTES_RCV, () -> counters.snapshot().bytesRcv())
                .counter(Oid.GEN_CO_RCV_CRC_ERROR, () -> counters.snapshot().rcvCrcError());
    }

    private int hardwareStatus() {
        if (nic.gate().isRemoved()) {
            return HARDWARE_NOT_READY;
        }
        return nic.gate().isResetting() ? HARDWARE_RESET : HARDWARE_READY;
    }

    /** Outbound and inbound in units of 100 bit/s; a link without a limit is as fast as can be said. */
    private static Octets speed(final long bitsPerSecond) {
        final long units = bitsPerSecond == 0 ? MAX_UNITS : Math.min(MAX_UNITS, bitsPerSecond / BITS_PER_UNIT);
        return OidTable.u32((int) units, (int) units);
    }

    /** The first three octets of the address, then which card of theirs it is. */
    private Octets vendor() {
        final byte[] address = new byte[6];
        nic.options().address().copyTo(address, 0);
        return Octets.of(address[0], address[1], address[2], (byte) CARD);
    }

    private NdisStatus setProtocolOptions(final Octets information) {
        final int options = (int) OidTable.number(information);
        if ((options & ~KNOWN_PROTOCOL_OPTIONS) != 0) {
            return NdisStatus.INVALID_DATA;
        }
        protocolOptions = options;
        return NdisStatus.SUCCESS;
    }

    /** Back to what the NIC has when it is powered on; tells whether anything was set. */
    boolean forgetSettings() {
        final boolean lost = protocolOptions != 0;
        protocolOptions = 0;
        return lost;
    }

    /** For the VC, or for the adapter. */
    CompletionStage<OidResult> answer(final Optional<SimVc> vc, final OidRequest request) {
        if (!nic.gate().isOpen() && nic.gate().status() != NdisStatus.PAUSED) {
            return OidResult.failure(nic.gate().status()).asStage();
        }
        if (nic.faults().isExhausted(Operation.OID)) {
            return OidResult.failure(NdisStatus.RESOURCES).asStage();
        }
        final OidResult result = vc.map(known -> tableOf(known.counters(), known::queuedPdus, known::queuedOctets))
                .orElse(table)
                .answer(request);
        return request.oid().equals(Oid.GEN_CO_GET_NETCARD_TIME) ? result.asStage() : complete(request, result);
    }

    private CompletionStage<OidResult> complete(final OidRequest request, final OidResult result) {
        final Pending entry = new Pending(request, new CompletableFuture<>());
        synchronized (pending) {
            pending.add(entry);
        }
        nic.faults().complete(Operation.OID, () -> end(entry, result));
        return entry.stage();
    }

    private void end(final Pending entry, final OidResult result) {
        synchronized (pending) {
            pending.removeIf(candidate -> candidate.stage() == entry.stage());
        }
        entry.stage().complete(result);
    }

    /** The request as it was given to {@link #answer}: this very one, since two that ask the same are equal. */
    @SuppressWarnings("ReferenceEquality")
    void cancel(final OidRequest request) {
        final List<Pending> cancelled;
        synchronized (pending) {
            cancelled =
                    pending.stream().filter(entry -> entry.request() == request).toList();
        }
        cancelled.forEach(entry -> end(entry, OidResult.failure(NdisStatus.REQUEST_ABORTED)));
    }

    /** Whoever waits gets this status. */
    void abort(final NdisStatus status) {
        final List<Pending> aborted;
        synchronized (pending) {
            aborted = List.copyOf(pending);
        }
        aborted.forEach(entry -> end(entry, OidResult.failure(status)));
    }
}
