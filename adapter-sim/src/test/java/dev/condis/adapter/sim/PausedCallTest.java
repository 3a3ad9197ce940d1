// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.Lab.Form;
import dev.condis.adapter.sim.SimFaults.Operation;
import dev.condis.adapter.sim.TalkingClient.Talk;
import dev.condis.adapter.sim.net.LinkProfile;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.VcState;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.oid.OidTable;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls outlive a pause and a reset; requests and sends are answered, whatever happens (S28, S30, S32, S39, R209 to R211, R217 to R223). */
@Timeout(60)
class PausedCallTest {

    @RegisterExtension
    final CheckedDrivers drivers = new CheckedDrivers();

    private Lab lab;
    private Talk out;
    private Talk in;

    private void connect(final Form form, final LinkProfile link) {
        lab = new Lab(drivers, form, 2, link);
        out = call();
        in = lab.clients.get(1).incoming.get(0);
    }

    private Talk call() {
        final Talk talk = lab.clients.get(0).createVc();
        assertThat(lab.settled(talk.vc.makeCall(Q2931Parameters.call(Lab.number(1))))
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
        lab.pass(50);
        return talk;
    }

    private void close() {
        assertThat(lab.settled(out.vc.closeCall()).status()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(out.vc.deleteVc().isSuccess()).isTrue();
        lab.assertNothingLeft();
    }

    private OidResult query(final OidRequest request) {
        return lab.settled(lab.clients.get(0).bound.join().oidRequest(request));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldKeepTheCall_whenAnAdapterIsPausedAndRestarted(final Form form) {
        connect(form, LinkProfile.ideal().withRate(1_000_000));
        out.send(100, 500, 10);
        lab.pass(20);
        assertThat(lab.settled(lab.engine.pause(Lab.adapter(0))).status()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(out.completed).hasValue(100);
        final long sent = 100 - out.failed.get();
        out.send(3, 100, 3);
        assertThat(out.completed).hasValue(103);
        in.send(5, 100, 5);
        lab.pass(1_000);
        assertThat(in.received).hasValue(sent);
        assertThat(out.received).as("the NIC drops what comes in").hasValue(0);
        assertThat(lab.nics.get(0).statistics().rcvPdusNoBuffer()).isEqualTo(5);
        assertThat(out.vc.callState()).isEqualTo(CallState.CONNECTED);
        assertThat(out.vc.state()).isEqualTo(VcState.ACTIVE);

        assertThat(lab.settled(lab.engine.restart(Lab.adapter(0))).status()).isEqualTo(NdisStatus.SUCCESS);
        out.send(10, 100, 5);
        lab.pass(1_000);
        assertThat(in.received).hasValue(sent + 10);
        close();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldLearnWhatItMissed_whenItWasPaused(final Form form) {
        connect(form, LinkProfile.ideal());
        final Talk second = call();
        assertThat(lab.settled(lab.engine.pause(Lab.adapter(0))).status()).isEqualTo(NdisStatus.SUCCESS);
        final Talk secondIn = lab.clients.get(1).incoming.get(1);
        lab.settled(secondIn.vc.closeCall(Octets.ofText("bye")));
        lab.pass(10_000);
        assertThat(second.vc.callState()).isEqualTo(CallState.CONNECTED);
        assertThat(lab.settled(lab.engine.restart(Lab.adapter(0))).status()).isEqualTo(NdisStatus.SUCCESS);
        lab.pass(100);
        assertThat(second.events).containsExactly("closed SUCCESS 'bye'", "close SUCCESS");
        assertThat(out.vc.callState()).as("the other call is up").isEqualTo(CallState.CONNECTED);
        out.send(3, 100, 3);
        lab.pass(10);
        assertThat(in.received).hasValue(3);
        assertThat(second.vc.deleteVc().isSuccess()).isTrue();
        close();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldHearOfACallAfterThePause_whenItCameInMeanwhile(final Form form) {
        connect(form, LinkProfile.ideal());
        assertThat(lab.settled(lab.engine.pause(Lab.adapter(1))).status()).isEqualTo(NdisStatus.SUCCESS);
        final Talk late = lab.clients.get(0).createVc();
        final CompletableFuture<NdisResult<CallParameters>> making =
                late.vc.makeCall(Q2931Parameters.call(Lab.number(1))).toCompletableFuture();
        lab.pass(2_000);
        assertThat(making).isNotDone();
        assertThat(lab.settled(lab.engine.restart(Lab.adapter(1))).status()).isEqualTo(NdisStatus.SUCCESS);
        lab.pass(100);
        assertThat(making.join().status()).isEqualTo(NdisStatus.SUCCESS);
        lab.settled(late.vc.closeCall());
        assertThat(late.vc.deleteVc().isSuccess()).isTrue();
        close();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldKeepTheCall_whenTheAdapterIsReset(final Form form) {
        connect(form, LinkProfile.ideal().withRate(1_000_000));
        assertThat(query(OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, OidTable.u32(2)))
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
        out.send(100, 500, 10);
        lab.pass(20);
        assertThat(lab.settled(lab.engine.reset(Lab.adapter(0))).status()).isEqualTo(NdisStatus.SUCCESS);
        lab.pass(1_000);
        assertThat(out.completed).hasValue(100);
        assertThat(out.failed.get()).isBetween(1L, 99L);
        assertThat(in.received).hasValue(100 - out.failed.get());
        assertThat(lab.clients.get(0).statuses).containsSequence("NDIS_STATUS_RESET_START", "NDIS_STATUS_RESET_END");
        out.send(10, 100, 5);
        lab.pass(1_000);
        assertThat(in.received).hasValue(110 - out.failed.get());
        close();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldSayItAgain_whenAResetAbortsSignaling(final Form form) {
        connect(form, LinkProfile.ideal());
        for (int round = 0; round < 5; round++) {
            final CompletableFuture<NdisResult<Void>> reset =
                    lab.engine.reset(Lab.adapter(0)).toCompletableFuture();
            final Talk talk = lab.clients.get(0).createVc();
            assertThat(lab.settled(talk.vc.makeCall(Q2931Parameters.call(Lab.number(1))))
                            .status())
                    .isEqualTo(NdisStatus.SUCCESS);
            assertThat(reset).isDone();
            lab.pass(10);
            lab.settled(talk.vc.closeCall());
            assertThat(talk.vc.deleteVc().isSuccess()).isTrue();
        }
        close();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldComeThrough_whenResetPauseOrRestartHang(final Form form) {
        connect(form, LinkProfile.ideal());
        final SimFaults faults = lab.nics.get(0).faults();
        faults.hang(Operation.RESET);
        final CompletableFuture<NdisResult<Void>> reset =
                lab.engine.reset(Lab.adapter(0)).toCompletableFuture();
        lab.pass(100);
        assertThat(reset).isNotDone();
        out.send(2, 100, 2);
        lab.pass(10);
        assertThat(out.failed).as("R210").hasValue(2);
        faults.release(Operation.RESET);
        assertThat(lab.settled(reset).status()).isEqualTo(NdisStatus.SUCCESS);
        faults.exhaust(Operation.RESET, true);
        assertThat(lab.settled(lab.engine.reset(Lab.adapter(0))).status()).isEqualTo(NdisStatus.RESOURCES);
        faults.exhaust(Operation.RESET, false);

        faults.hang(Operation.PAUSE);
        final CompletableFuture<NdisResult<Void>> pause =
                lab.engine.pause(Lab.adapter(0)).toCompletableFuture();
        lab.pass(100);
        assertThat(pause).isNotDone();
        faults.release(Operation.PAUSE);
        assertThat(lab.settled(pause).status()).isEqualTo(NdisStatus.SUCCESS);
        faults.exhaust(Operation.RESTART, true);
        assertThat(lab.settled(lab.engine.restart(Lab.adapter(0))).status()).isEqualTo(NdisStatus.RESOURCES);
        faults.exhaust(Operation.RESTART, false);
        assertThat(lab.settled(lab.engine.restart(Lab.adapter(0))).status()).isEqualTo(NdisStatus.SUCCESS);
        out.send(2, 100, 2);
        lab.pass(10);
        assertThat(out.failed).hasValue(2);
        close();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldAnswerForTheAdapterAndForTheVc_withExactCounts(final Form form) {
        connect(form, LinkProfile.ideal());
        final Talk other = call();
        out.send(40, 100, 8);
        other.send(5, 50, 5);
        lab.pass(10);
        final OidRequest sent = OidRequest.query(Oid.GEN_CO_XMIT_PDUS_OK, 8);
        final OidResult ofVc = lab.settled(lab.clients.get(0).bound.join().oidRequest(out.vc.handle(), sent));
        assertThat(OidTable.number(ofVc.information())).isEqualTo(40);
        final OidResult ofOther = lab.settled(lab.clients.get(0).bound.join().oidRequest(other.vc.handle(), sent));
        assertThat(OidTable.number(ofOther.information())).isEqualTo(5);
        assertThat(OidTable.number(query(sent).information()))
                .as("with signaling")
                .isEqualTo(lab.nics.get(0).statistics().xmitPdusOk())
                .isGreaterThan(45);
        assertThat(OidTable.number(
                        query(OidRequest.query(Oid.GEN_CO_XMIT_PDUS_OK, 4)).information()))
                .isGreaterThan(45);
        assertThat(query(OidRequest.query(new Oid(0x0102_0304), 8)).status()).isEqualTo(NdisStatus.INVALID_OID);
        lab.settled(other.vc.closeCall());
        assertThat(other.vc.deleteVc().isSuccess()).isTrue();
        close();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldEndRequestsThatHang_whenTheyAreCancelledOrTheNicIsGone(final Form form) {
        connect(form, LinkProfile.ideal());
        lab.nics.get(0).faults().hang(Operation.OID);
        final OidRequest speed = OidRequest.query(Oid.GEN_CO_LINK_SPEED, 8);
        final CompletableFuture<OidResult> cancelled = lab.clients
                .get(0)
                .bound
                .join()
                .oidRequest(speed.withRequestId(7))
                .toCompletableFuture();
        final CompletableFuture<OidResult> late = lab.clients
                .get(0)
                .bound
                .join()
                .oidRequest(speed.withRequestId(8).withTimeout(Duration.ofSeconds(1)))
                .toCompletableFuture();
        final CompletableFuture<OidResult> orphaned =
                lab.clients.get(0).bound.join().oidRequest(speed).toCompletableFuture();
        lab.pass(10);
        assertThat(cancelled).isNotDone();
        lab.clients.get(0).bound.join().cancelOidRequest(7);
        lab.pass(10);
        assertThat(cancelled.join().status()).isEqualTo(NdisStatus.REQUEST_ABORTED);
        assertThat(late).isNotDone();
        lab.pass(1_000);
        assertThat(late.join().status()).isEqualTo(NdisStatus.REQUEST_ABORTED);
        assertThat(orphaned).isNotDone();
        lab.nics.get(0).faults().surpriseRemoval();
        lab.pass(60_000);
        assertThat(orphaned.join().status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(lab.network.port(Lab.address(0))).isEmpty();
        assertThat(in.events).contains("closed DEST_OUT_OF_ORDER ''");
        assertThat(lab.clients.get(0).pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldAbortQueuedSends_whenTheyAreCancelled(final Form form) {
        // 1000 octets take 22 cells: 9.3 ms.
        connect(form, LinkProfile.ideal().withRate(1_000_000));
        for (int i = 0; i < 20; i++) {
            final NetBufferList nbl = lab.clients.get(0).allocate();
            nbl.data().limit(1_000);
            nbl.data().putLong(0, i / 2);
            nbl.setCancelId(i % 2);
            out.vc.sendNetBufferLists(nbl, NblFlags.NONE);
        }
        lab.pass(1);
        lab.clients.get(0).bound.join().cancelSendNetBufferLists(1);
        lab.pass(1_000);
        assertThat(out.completed).hasValue(20);
        assertThat(out.failed).hasValue(10);
        assertThat(in.received).hasValue(10);
        assertThat(in.outOfOrder).hasValue(0);
        close();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldTellEverybodyOfTheLink_andCloseNothing(final Form form) {
        connect(form, LinkProfile.ideal());
        lab.nics.get(0).port().orElseThrow().setRate(2_000_000);
        lab.pass(10);
        lab.nics.get(0).port().orElseThrow().setUp(false);
        lab.pass(1_000);
        assertThat(lab.clients.get(0).statuses)
                .containsExactly("NDIS_STATUS_LINK_STATE CONNECTED 2000000", "NDIS_STATUS_LINK_STATE DISCONNECTED 0");
        assertThat(lab.clients.get(1).statuses).isEmpty();
        assertThat(out.vc.callState()).as("R212").isEqualTo(CallState.CONNECTED);
        lab.nics.get(0).port().orElseThrow().setUp(true);
        lab.pass(1_000);
        assertThat(out.vc.callState()).as("the network has released it").isEqualTo(CallState.IDLE);
        assertThat(out.vc.deleteVc().isSuccess()).isTrue();
        lab.assertNothingLeft();
    }
}
