// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.condis.adapter.sim.SimFaults.Operation;
import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.adapter.sim.net.LinkProfile;
import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.PermanentCircuit;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.VirtualTime;
import dev.condis.api.AdapterInfo;
import dev.condis.api.CallParameters;
import dev.condis.api.MediaParameters;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.media.AtmConnection;
import dev.condis.api.media.MacAddress;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportDriver.AddressingReset;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.nbl.NetBufferListQueue;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.oid.OidTable;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.StatusIndication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is asked of a NIC besides its VCs: OIDs, statuses, pause and restart, reset, cancellation (R193 to R197, R201, R211, R218, R221). */
class NicControlTest {

    private static final MacAddress LEFT = MacAddress.parse("02-aa-bb-00-00-01");
    private static final MacAddress RIGHT = MacAddress.parse("02-aa-bb-00-00-02");
    private static final AtmLabel LABEL = new AtmLabel(0, 100);

    /** One cell of 424 bits takes a millisecond. */
    private static final LinkProfile SLOW = LinkProfile.ideal().withRate(424_000);

    private static final List<Oid> MANDATORY = List.of(
            Oid.GEN_CO_SUPPORTED_LIST,
            Oid.GEN_CO_HARDWARE_STATUS,
            Oid.GEN_CO_MEDIA_SUPPORTED,
            Oid.GEN_CO_MEDIA_IN_USE,
            Oid.GEN_CO_LINK_SPEED,
            Oid.GEN_CO_VENDOR_ID,
            Oid.GEN_CO_VENDOR_DESCRIPTION,
            Oid.GEN_CO_DRIVER_VERSION,
            Oid.GEN_CO_MAC_OPTIONS,
            Oid.GEN_CO_MEDIA_CONNECT_STATUS,
            Oid.GEN_CO_VENDOR_DRIVER_VERSION,
            Oid.GEN_CO_MINIMUM_LINK_SPEED,
            Oid.GEN_CO_XMIT_PDUS_OK,
            Oid.GEN_CO_RCV_PDUS_OK,
            Oid.GEN_CO_XMIT_PDUS_ERROR,
            Oid.GEN_CO_RCV_PDUS_ERROR,
            Oid.GEN_CO_RCV_PDUS_NO_BUFFER);

    private final VirtualTime time = new VirtualTime();
    private final SimNetwork network = new SimNetwork(NetworkOptions.of("lab", SimMedium.ATM, 5), time);
    private final NetBufferListPool pool = new NetBufferListPool("test", 2_000, 2_048);
    private final List<StatusIndication> statuses = new ArrayList<>();
    private SimMiniport left;
    private SimMiniport right;
    private FakeVc out;
    private FakeVc in;

    @BeforeEach
    void startTwoNics() {
        start(SimNicOptions.of(LEFT).withLink(SLOW), SimNicOptions.of(RIGHT));
    }

    private void start(final SimNicOptions leftOptions, final SimNicOptions rightOptions) {
        network.addPermanentCircuit(new PermanentCircuit(LEFT, LABEL, RIGHT, LABEL));
        left = new SimMiniport(network, leftOptions);
        right = new SimMiniport(network, rightOptions);
        for (final SimMiniport nic : List.of(left, right)) {
            assertThat(nic.initialize(adapter())).isEqualTo(NdisStatus.SUCCESS);
            nic.restart();
        }
        time.runUntilIdle();
        out = active(left);
        in = active(right);
    }

    private MiniportAdapter adapter() {
        return new MiniportAdapter() {
            @Override
            public AdapterInfo adapter() {
                return new AdapterInfo("sim", Medium.ATM, 0, Map.of());
            }

            @Override
            public void removeMiniport(final String cause) {
                left.surpriseRemoved();
            }

            @Override
            public void indicateStatus(final StatusIndication indication) {
                statuses.add(indication);
            }

            @Override
            public void resetMiniport(final String cause) {
                throw new AssertionError(cause);
            }
        };
    }

    private FakeVc active(final SimMiniport nic) {
        final FakeVc vc = new FakeVc();
        vc.context = (SimVc) nic.createVc(vc).get();
        activate(vc);
        return vc;
    }

    private void activate(final FakeVc vc, final MediaParameters.Flag... flags) {
        final List<MediaParameters.Flag> all = new ArrayList<>(List.of(flags));
        all.add(MediaParameters.Flag.TRANSMIT_VC);
        all.add(MediaParameters.Flag.RECEIVE_VC);
        final MediaParameters media = new MediaParameters(
                Set.copyOf(all), 0, 0, Optional.of(new AtmConnection(LABEL.vpi(), LABEL.vci()).toSpecificParameters()));
        final CompletableFuture<NdisResult<CallParameters>> activated =
                vc.context.activateVc(CallParameters.permanent(media)).toCompletableFuture();
        time.runUntilIdle();
        assertThat(activated.join().isSuccess()).isTrue();
    }

    private NetBufferList pdu(final int length, final long cancelId) {
        final NetBufferList nbl = pool.allocate();
        nbl.data().limit(length);
        nbl.setCancelId(cancelId);
        return nbl;
    }

    private void send(final FakeVc vc, final int count, final int length) {
        final NetBufferListQueue queue = new NetBufferListQueue();
        IntStream.range(0, count).forEach(i -> queue.add(pdu(length, 0)));
        vc.context.sendNetBufferLists(queue.takeAll(), NblFlags.NONE);
    }

    private static OidResult ask(final SimMiniport nic, final OidRequest request) {
        return nic.oidRequest(Optional.empty(), request).toCompletableFuture().join();
    }

    private static Octets query(final SimMiniport nic, final Oid oid) {
        final OidResult result = ask(nic, OidRequest.query(oid, 4_096));
        assertThat(result.status()).as("%s", oid).isEqualTo(NdisStatus.SUCCESS);
        return result.information();
    }

    private static long count(final SimMiniport nic, final Oid oid) {
        return OidTable.number(query(nic, oid));
    }

    private static long count(final SimMiniport nic, final FakeVc vc, final Oid oid) {
        return OidTable.number(nic.oidRequest(Optional.of(vc.context), OidRequest.query(oid, 8))
                .toCompletableFuture()
                .join()
                .information());
    }

    // ---- OIDs

    @Test
    void shouldAnswerEveryMandatoryOid_forTheAdapterAndForAVc() {
        final byte[] list = query(left, Oid.GEN_CO_SUPPORTED_LIST).toByteArray();
        final List<Oid> supported = IntStream.range(0, list.length / 4)
                .mapToObj(i -> new Oid(list[4 * i] & 0xFF
                        | (list[4 * i + 1] & 0xFF) << 8
                        | (list[4 * i + 2] & 0xFF) << 16
                        | (list[4 * i + 3] & 0xFF) << 24))
                .toList();
        assertThat(supported).containsAll(MANDATORY).contains(Oid.GEN_CO_PROTOCOL_OPTIONS);
        for (final Oid oid : supported) {
            if (oid.equals(Oid.GEN_CO_PROTOCOL_OPTIONS)) {
                continue;
            }
            assertThat(query(left, oid)).as("%s", oid).isNotNull();
            assertThat(left.oidRequest(Optional.of(out.context), OidRequest.query(oid, 4_096))
                            .toCompletableFuture()
                            .join()
                            .status())
                    .as("%s of a VC", oid)
                    .isEqualTo(NdisStatus.SUCCESS);
        }
    }

    @Test
    void shouldSayWhatTheNicIs() {
        assertThat(query(left, Oid.GEN_CO_HARDWARE_STATUS)).isEqualTo(OidTable.u32(0));
        assertThat(query(left, Oid.GEN_CO_MEDIA_SUPPORTED)).as("NdisMediumAtm").isEqualTo(OidTable.u32(8));
        assertThat(query(left, Oid.GEN_CO_MEDIA_IN_USE)).isEqualTo(OidTable.u32(8));
        assertThat(query(left, Oid.GEN_CO_LINK_SPEED)).as("in 100 bit/s").isEqualTo(OidTable.u32(4_240, 4_240));
        assertThat(query(right, Oid.GEN_CO_LINK_SPEED)).as("without a limit").isEqualTo(OidTable.u32(-1, -1));
        assertThat(query(left, Oid.GEN_CO_VENDOR_ID))
                .isEqualTo(Octets.of((byte) 0x02, (byte) 0xAA, (byte) 0xBB, (byte) 1));
        assertThat(query(left, Oid.GEN_CO_VENDOR_DESCRIPTION).toText()).isEqualTo("Condis simulated ATM NIC\u0000");
        assertThat(query(left, Oid.GEN_CO_DRIVER_VERSION)).isEqualTo(Octets.of((byte) 30, (byte) 6));
        assertThat(query(left, Oid.GEN_CO_MAC_OPTIONS)).isEqualTo(OidTable.u32(0x28));
        assertThat(query(left, Oid.GEN_CO_SUPPORTED_GUIDS)).isEqualTo(Octets.EMPTY);
        assertThat(query(left, Oid.GEN_CO_GET_TIME_CAPS)).isEqualTo(OidTable.u32(9, 0));
        time.advance(Duration.ofSeconds(2));
        assertThat(count(left, Oid.GEN_CO_GET_NETCARD_TIME)).isEqualTo(time.epochNanos());
    }

    @Test
    void shouldCheckLengthsAndContents() {
        final OidResult tooShort = ask(left, OidRequest.query(Oid.GEN_CO_LINK_SPEED, 7));
        assertThat(tooShort.status()).isEqualTo(NdisStatus.BUFFER_TOO_SHORT);
        assertThat(tooShort.bytesNeeded()).isEqualTo(8);
        final OidResult noCounter = ask(left, OidRequest.query(Oid.GEN_CO_RCV_PDUS_OK, 3));
        assertThat(noCounter.status()).isEqualTo(NdisStatus.INVALID_LENGTH);
        assertThat(noCounter.bytesNeeded()).isEqualTo(8);
        assertThat(ask(left, OidRequest.query(Oid.GEN_CO_RCV_PDUS_OK, 4))
                        .information()
                        .length())
                .isEqualTo(4);
        assertThat(ask(left, OidRequest.query(Oid.CO_GET_ADDRESSES, 100)).status())
                .as("a call manager's")
                .isEqualTo(NdisStatus.INVALID_OID);
        assertThat(ask(left, OidRequest.set(Oid.GEN_CO_LINK_SPEED, OidTable.u32(1, 1)))
                        .status())
                .isEqualTo(NdisStatus.NOT_SUPPORTED);
        assertThat(ask(left, OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, OidTable.u64(1)))
                        .status())
                .isEqualTo(NdisStatus.INVALID_LENGTH);
        assertThat(ask(left, OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, OidTable.u32(0x80)))
                        .status())
                .isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(ask(left, OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, OidTable.u32(3)))
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
        assertThat(right.oidRequest(Optional.of(out.context), OidRequest.query(Oid.GEN_CO_LINK_SPEED, 8)))
                .as("a VC of another NIC")
                .isCompletedWithValueMatching(result -> result.status() == NdisStatus.FAILURE);
    }

    @Test
    void shouldCountWhatWaits_andWhatItIsWorth() {
        send(out, 5, 40);
        time.advance(Duration.ofNanos(1_500_000));
        assertThat(count(left, Oid.GEN_CO_XMIT_PDUS_OK)).isEqualTo(1);
        assertThat(count(left, Oid.GEN_CO_TRANSMIT_QUEUE_LENGTH)).isEqualTo(4);
        assertThat(count(left, Oid.GEN_CO_BYTES_XMIT_OUTSTANDING)).isEqualTo(160);
        assertThat(count(left, out, Oid.GEN_CO_TRANSMIT_QUEUE_LENGTH)).isEqualTo(4);
        time.runUntilIdle();
        assertThat(count(left, Oid.GEN_CO_TRANSMIT_QUEUE_LENGTH)).isZero();
        assertThat(count(left, Oid.GEN_CO_BYTES_XMIT_OUTSTANDING)).isZero();
        assertThat(count(left, Oid.GEN_CO_BYTES_XMIT)).isEqualTo(200);
        assertThat(count(right, in, Oid.GEN_CO_BYTES_RCV)).isEqualTo(200);
    }

    @Test
    void shouldAnswerLaterOrNever_asTheFaultsSay() {
        left.faults().delay(Operation.OID, Duration.ofMillis(5));
        final OidRequest request = OidRequest.query(Oid.GEN_CO_LINK_SPEED, 8);
        final CompletableFuture<OidResult> late =
                left.oidRequest(Optional.empty(), request).toCompletableFuture();
        assertThat(late).isNotDone();
        assertThat(ask(left, OidRequest.query(Oid.GEN_CO_GET_NETCARD_TIME, 8)).isSuccess())
                .as("always at once")
                .isTrue();
        time.advance(Duration.ofMillis(5));
        assertThat(late).isDone();

        left.faults().hang(Operation.OID);
        final CompletableFuture<OidResult> first =
                left.oidRequest(Optional.empty(), request).toCompletableFuture();
        final OidRequest twin = OidRequest.query(Oid.GEN_CO_LINK_SPEED, 8);
        final CompletableFuture<OidResult> second =
                left.oidRequest(Optional.empty(), twin).toCompletableFuture();
        left.cancelOidRequest(twin);
        assertThat(second.join().status()).isEqualTo(NdisStatus.REQUEST_ABORTED);
        assertThat(first).as("equal, but another one").isNotDone();
        left.cancelOidRequest(twin);
        left.faults().release(Operation.OID);
        time.runUntilIdle();
        assertThat(first.join().isSuccess()).isTrue();
        left.faults().exhaust(Operation.OID, true);
        assertThat(ask(left, request).status()).isEqualTo(NdisStatus.RESOURCES);
    }

    @Test
    void shouldEndWhatIsPending_whenResetOrRemoved() {
        final OidRequest request = OidRequest.query(Oid.GEN_CO_LINK_SPEED, 8);
        left.faults().hang(Operation.OID);
        final CompletableFuture<OidResult> aborted =
                left.oidRequest(Optional.empty(), request).toCompletableFuture();
        left.reset();
        assertThat(aborted.join().status()).isEqualTo(NdisStatus.REQUEST_ABORTED);
        final CompletableFuture<OidResult> orphaned =
                left.oidRequest(Optional.empty(), request).toCompletableFuture();
        left.surpriseRemoved();
        assertThat(orphaned.join().status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(ask(left, request).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(left.reset().toCompletableFuture().join().status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(left.restart()).isCompletedWithValue(NdisStatus.NOT_ACCEPTED);
    }

    // ---- statuses

    @Test
    void shouldIndicateTheLink_andNothingWithoutHardware() {
        left.port().orElseThrow().setUp(false);
        time.runUntilIdle();
        assertThat(query(left, Oid.GEN_CO_MEDIA_CONNECT_STATUS)).isEqualTo(OidTable.u32(1));
        left.port().orElseThrow().setUp(true);
        left.port().orElseThrow().setRate(848_000);
        left.port().orElseThrow().setRate(848_000);
        left.port().orElseThrow().setRate(212_000);
        time.runUntilIdle();
        assertThat(statuses)
                .containsExactly(
                        StatusIndication.linkState(LinkState.disconnected()),
                        StatusIndication.linkState(LinkState.connected(424_000)),
                        StatusIndication.linkState(LinkState.connected(848_000)),
                        StatusIndication.linkState(LinkState.connected(212_000)));
        assertThat(query(left, Oid.GEN_CO_LINK_SPEED)).isEqualTo(OidTable.u32(2_120, 2_120));
        assertThat(query(left, Oid.GEN_CO_MINIMUM_LINK_SPEED)).isEqualTo(OidTable.u32(2_120, 2_120));
        assertThat(out.context.state()).as("R212").isEqualTo(SimVc.State.ACTIVE);

        left.surpriseRemoved();
        left.port().orElseThrow().setUp(false);
        left.port().orElseThrow().setRate(1);
        time.runUntilIdle();
        assertThat(statuses).hasSize(4);
    }

    @Test
    void shouldIndicateDamage_onTheVcThatDoesNotTakeDamagedPdus() {
        left.port().orElseThrow().setProfile(LinkProfile.ideal().withCorruption(1));
        time.runUntilIdle();
        send(out, 3, 40);
        time.runUntilIdle();
        assertThat(in.received).isEmpty();
        assertThat(in.statuses).as("once a batch").containsExactly("NDIS_STATUS_WAN_CO_FRAGMENT");
        assertThat(count(right, Oid.GEN_CO_RCV_PDUS_ERROR)).isEqualTo(3);
        assertThat(count(right, in, Oid.GEN_CO_RCV_CRC_ERROR)).isEqualTo(3);
        assertThat(count(right, Oid.GEN_CO_RCV_PDUS_OK)).isZero();

        activate(in, MediaParameters.Flag.INDICATE_ERRED_PACKETS);
        send(out, 1, 40);
        time.runUntilIdle();
        assertThat(in.received).hasSize(1);
        assertThat(in.statuses).hasSize(1);
        assertThat(count(right, Oid.GEN_CO_RCV_PDUS_ERROR)).isEqualTo(4);
        assertThat(count(right, Oid.GEN_CO_RCV_PDUS_OK)).isZero();
    }

    // ---- pause, reset, cancellation

    @Test
    void shouldBePausedFromInitialize_andTakeNothing() {
        final SimMiniport next = new SimMiniport(network, SimNicOptions.of(MacAddress.parse("02-aa-bb-00-00-03")));
        assertThat(next.initialize(adapter())).isEqualTo(NdisStatus.SUCCESS);
        final FakeVc vc = active(next);
        send(vc, 2, 40);
        assertThat(vc.completions).containsExactly("PAUSED", "PAUSED");
        assertThat(query(next, Oid.GEN_CO_HARDWARE_STATUS))
                .as("OIDs are answered")
                .isEqualTo(OidTable.u32(0));
        next.halt(HaltAction.DEVICE_DISABLED);
    }

    @Test
    void shouldGiveSendsBackAndWaitForTheRest_whenPaused() {
        in.keep = true;
        send(out, 1, 40);
        time.runUntilIdle();
        send(out, 4, 40);
        time.advance(Duration.ofNanos(500_000));
        final CompletableFuture<NdisStatus> sender = left.pause().toCompletableFuture();
        assertThat(out.completions).containsExactly("SUCCESS", "PAUSED", "PAUSED", "PAUSED");
        assertThat(sender).as("one is being transmitted").isNotDone();
        assertThat(left.pause()).as("asked twice").isNotDone();
        time.runUntilIdle();
        assertThat(sender).isCompletedWithValue(NdisStatus.SUCCESS);
        assertThat(out.completions).hasSize(5).last().isEqualTo("SUCCESS");

        final CompletableFuture<NdisStatus> receiver = right.pause().toCompletableFuture();
        assertThat(receiver).as("NBLs are with the protocol").isNotDone();
        in.giveBack();
        assertThat(receiver).isCompletedWithValue(NdisStatus.SUCCESS);
        assertThat(left.restart()).isCompletedWithValue(NdisStatus.SUCCESS);
        send(out, 3, 40);
        time.runUntilIdle();
        assertThat(in.received).as("nothing is indicated while paused").hasSize(2);
        assertThat(count(right, Oid.GEN_CO_RCV_PDUS_NO_BUFFER)).isEqualTo(3);
        assertThat(count(right, in, Oid.GEN_CO_RCV_PDUS_NO_BUFFER)).isEqualTo(3);
        assertThat(in.context.state()).as("R223").isEqualTo(SimVc.State.ACTIVE);

        assertThat(right.restart()).isCompletedWithValue(NdisStatus.SUCCESS);
        send(out, 2, 40);
        time.runUntilIdle();
        assertThat(in.received).hasSize(4);
        in.giveBack();
        assertThat(right.pause()).isCompletedWithValue(NdisStatus.SUCCESS);
        assertThat(pool.outstanding()).isZero();
    }

    @Test
    void shouldPauseAndRestartLater_whenFaultsSaySo() {
        left.faults().delay(Operation.PAUSE, Duration.ofMillis(5));
        final CompletableFuture<NdisStatus> paused = left.pause().toCompletableFuture();
        assertThat(paused).isNotDone();
        time.runUntilIdle();
        assertThat(paused).isDone();
        left.faults().hang(Operation.RESTART);
        final CompletableFuture<NdisStatus> restarted = left.restart().toCompletableFuture();
        time.runUntilIdle();
        assertThat(restarted).isNotDone();
        left.faults().release(Operation.RESTART);
        time.runUntilIdle();
        assertThat(restarted).isCompletedWithValue(NdisStatus.SUCCESS);
        left.pause();
        left.faults().exhaust(Operation.RESTART, true);
        assertThat(left.restart()).isCompletedWithValue(NdisStatus.RESOURCES);
        send(out, 1, 40);
        assertThat(out.completions).containsExactly("PAUSED");
        assertThatThrownBy(() -> left.faults().exhaust(Operation.PAUSE, true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldAbortWhatIsQueuedAndForgetSettings_whenReset() {
        assertThat(left.reset().toCompletableFuture().join().get())
                .as("nothing was set")
                .isEqualTo(AddressingReset.KEPT);
        ask(left, OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, OidTable.u32(1)));
        send(out, 4, 40);
        time.advance(Duration.ofNanos(500_000));
        send(out, 2, 40);
        assertThat(left.reset().toCompletableFuture().join().get()).isEqualTo(AddressingReset.LOST);
        assertThat(left.reset().toCompletableFuture().join().get()).isEqualTo(AddressingReset.KEPT);
        time.runUntilIdle();
        assertThat(out.completions).hasSize(6).last().isEqualTo("SUCCESS");
        assertThat(out.completions.subList(0, 5)).containsOnly("RESET_IN_PROGRESS");
        assertThat(in.received).hasSize(1);
        assertThat(out.context.state()).as("R209").isEqualTo(SimVc.State.ACTIVE);
        send(out, 1, 40);
        time.runUntilIdle();
        assertThat(in.received).hasSize(2);
        assertThat(pool.outstanding()).isZero();
    }

    @Test
    void shouldRefuseEverything_duringAReset() {
        time.execute(() -> {
            final CompletableFuture<NdisResult<AddressingReset>> reset =
                    left.reset().toCompletableFuture();
            assertThat(reset).as("in a later turn").isNotDone();
            send(out, 1, 40);
            assertThat(out.completions).containsExactly("RESET_IN_PROGRESS");
            assertThat(ask(left, OidRequest.query(Oid.GEN_CO_HARDWARE_STATUS, 4))
                            .status())
                    .isEqualTo(NdisStatus.RESET_IN_PROGRESS);
        });
        time.runUntilIdle();
        assertThat(out.completions).hasSize(1);
        send(out, 1, 40);
        time.runUntilIdle();
        assertThat(out.completions).last().isEqualTo("SUCCESS");
    }

    @Test
    void shouldCancelQueuedSendsOfOneId_onEveryVc() {
        for (int i = 0; i < 9; i++) {
            out.context.sendNetBufferLists(pdu(40, i % 3), NblFlags.NONE);
        }
        time.advance(Duration.ofNanos(500_000));
        for (int i = 0; i < 3; i++) {
            out.context.sendNetBufferLists(pdu(40, 2), NblFlags.NONE);
        }
        left.cancelSend(0);
        left.cancelSend(2);
        left.cancelSend(77);
        time.runUntilIdle();
        final Map<NdisStatus, Integer> results = new EnumMap<>(NdisStatus.class);
        out.completions.forEach(name -> results.merge(NdisStatus.valueOf(name), 1, Integer::sum));
        assertThat(results).isEqualTo(Map.of(NdisStatus.SUCCESS, 6, NdisStatus.SEND_ABORTED, 6));
        assertThat(in.received).hasSize(6);
        assertThat(pool.outstanding()).isZero();
    }

    // ---- the accounts

    /** Every send is counted once, every PDU that came in once, whatever happens to NICs and link in between. */
    @Test
    void shouldCountEverythingOnce_whateverHappens() {
        final SplittableRandom random = new SplittableRandom(42);
        long offered = 0;
        for (int i = 0; i < 3_000; i++) {
            final int chain = 1 + random.nextInt(4);
            for (int k = 0; k < chain && pool.outstanding() < 1_900; k++) {
                out.context.sendNetBufferLists(pdu(1 + random.nextInt(200), random.nextInt(5)), NblFlags.NONE);
                offered++;
            }
            disturb(random);
            time.advance(Duration.ofNanos(random.nextLong(3_000_000)));
        }
        settle();
        final SimStatistics sent = left.statistics();
        assertThat(sent.xmitPdusOk() + sent.xmitPdusError()).isEqualTo(offered);
        assertThat(sent.xmitPdusOk())
                .isEqualTo(left.port().orElseThrow().transmitStatistics().offered());
        assertThat(out.completions).hasSize((int) offered);
        assertThat(sent.xmitPdusOk()).isGreaterThan(500);
        assertThat(sent.xmitPdusError()).isGreaterThan(500);
        final SimStatistics got = right.statistics();
        final long dropped = got.rcvPdusError() + got.rcvPdusNoBuffer() + got.rcvPdusUnknown();
        assertThat(got.rcvPdusOk() + dropped)
                .isEqualTo(right.port().orElseThrow().receiveStatistics().delivered());
        assertThat(got.rcvPdusOk()).isEqualTo(in.received.size());
        assertThat(dropped).isGreaterThan(50);
        assertThat(count(left, Oid.GEN_CO_TRANSMIT_QUEUE_LENGTH)).isZero();
        assertThat(count(left, Oid.GEN_CO_BYTES_XMIT_OUTSTANDING)).isZero();
        final SimStatistics ofVc = left.vcStatistics().get("fake");
        assertThat(List.of(ofVc.xmitPdusOk(), ofVc.xmitPdusError(), ofVc.bytesXmit()))
                .containsExactly(sent.xmitPdusOk(), sent.xmitPdusError(), sent.bytesXmit());
        assertThat(pool.outstanding()).isZero();
        assertThat(right.outstandingReceives()).isZero();
    }

    private void disturb(final SplittableRandom random) {
        switch (random.nextInt(16)) {
            case 0 -> left.pause();
            case 1 -> right.pause();
            case 2, 3 -> left.restart();
            case 4, 5 -> right.restart();
            case 6 -> left.reset();
            case 7 -> right.reset();
            case 8 -> left.cancelSend(1 + random.nextInt(4));
            case 9 -> left.port().orElseThrow().setUp(random.nextInt(3) > 0);
            case 10 -> right.port().orElseThrow().setUp(random.nextInt(3) > 0);
            case 11 ->
                left.port()
                        .orElseThrow()
                        .setProfile(SLOW.withRate(424_000L + random.nextInt(4_000_000))
                                .withCorruption(random.nextBoolean() ? 0.2 : 0)
                                .withLoss(random.nextBoolean() ? 0.2 : 0)
                                .withDuplication(random.nextBoolean() ? 0.2 : 0));
            default -> left.port().orElseThrow().requestTransmit();
        }
    }

    private void settle() {
        for (final SimMiniport nic : List.of(left, right)) {
            nic.port().orElseThrow().setUp(true);
            nic.restart();
        }
        time.runUntilIdle();
    }
}
