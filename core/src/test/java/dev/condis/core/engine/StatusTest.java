// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.CallState;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientVc;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.VcIndications;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.oid.RequestHandle;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.StatusCode;
import dev.condis.api.status.StatusIndication;
import dev.condis.core.engine.TestStack.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Status indications: sequence S31, rules R205 to R208 and R212. */
class StatusTest {
    private static final StatusIndication BUSY = StatusIndication.of(StatusCode.MEDIA_BUSY);

    private static MiniportAdapter adapter(final TestStack stack) {
        return stack.form == Form.STAND_ALONE ? stack.miniport.adapter : stack.mcm.adapter;
    }

    private static StatusIndication to(final RequestHandle destination) {
        return new StatusIndication(StatusCode.MEDIA_SPECIFIC_INDICATION, Octets.EMPTY, Optional.of(destination));
    }

    /** The handle with which the youngest request came to the miniport. */
    private static RequestHandle requester(final TestStack stack) {
        return stack.requests.get(stack.requests.size() - 1).requestHandle().orElseThrow();
    }

    // --- who hears of it

    @ParameterizedTest
    @EnumSource(Form.class)
    void r205s31AStatusOfTheAdapterReachesEveryBoundProtocol(final Form form) {
        final TestStack stack = form.start();
        final TestStack.TestClient other = stack.anotherClient("other");
        final ClientVc vc = stack.connectedVc();

        adapter(stack).indicateStatus(BUSY);

        assertThat(stack.client.indications).containsExactly(BUSY);
        assertThat(other.indications).containsExactly(BUSY);
        assertThat(stack.callManager.indications)
                .as("an MCM knows what it has indicated")
                .isEqualTo(form == Form.STAND_ALONE ? List.of(BUSY) : List.of());
        assertThat(stack.client.vc.indications).isEmpty();
        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r205AStatusOfAVcReachesThoseWhoShareIt(final Form form) {
        final TestStack stack = form.start();
        final TestStack.TestClient other = stack.anotherClient("other");
        other.af.createVc(other.vc).get();
        stack.connectedVc();
        final VcIndications wire = stack.wire();
        final StatusIndication params =
                StatusIndication.of(StatusCode.WAN_CO_LINKPARAMS, Octets.of(new byte[] {1, 2, 3}));

        wire.indicateStatus(params);

        assertThat(stack.client.vc.indications).containsExactly(params);
        assertThat(stack.callManager.vcIndications)
                .as("the call manager above a miniport, or above a miniport half")
                .isEqualTo(form == Form.MCM ? List.of() : List.of(params));
        assertThat(other.vc.indications).isEmpty();
        assertThat(stack.client.indications).isEmpty();
        assertThat(stack.callManager.indications).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void r205AStatusOfASignalingVcReachesItsCallManager(final Form form) {
        final TestStack stack = form.start();
        final TestStack.TestSignaling context = new TestStack.TestSignaling();
        final SignalingVc vc =
                stack.callManager.binding.createSignalingVc(context).get();

        stack.miniport.vc.indicateStatus(BUSY);

        assertThat(vc.handle()).isSameAs(stack.miniport.vc.handle());
        assertThat(context.indications).containsExactly(BUSY);
        assertThat(stack.client.vc.indications).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r205AnAnswerToARequestReachesTheRequesterOnly(final Form form) {
        final TestStack stack = form.start();
        final TestStack.TestClient other = stack.anotherClient("other");
        stack.client.binding.oidRequest(OidRequest.query(Oid.GEN_CO_LINK_SPEED, 8));
        final StatusIndication answer = to(requester(stack));
        stack.connectedVc();

        adapter(stack).indicateStatus(answer);
        stack.wire().indicateStatus(answer);

        assertThat(stack.client.indications).containsExactly(answer);
        assertThat(stack.client.vc.indications).containsExactly(answer);
        assertThat(other.indications).isEmpty();
        assertThat(stack.callManager.indications).isEmpty();
        assertThat(stack.callManager.vcIndications).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void r205AnAnswerToACallManagerReachesIt(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.binding.oidRequest(OidRequest.query(Oid.GEN_CO_LINK_SPEED, 8));
        final StatusIndication answer = to(requester(stack));
        stack.connectedVc();

        adapter(stack).indicateStatus(answer);
        stack.wire().indicateStatus(answer);

        assertThat(stack.callManager.vcIndications).containsExactly(answer);
        assertThat(stack.callManager.indications)
                .as("a half has no binding to hear of the adapter on")
                .isEqualTo(form == Form.STAND_ALONE ? List.of(answer) : List.of());
        assertThat(stack.client.indications).isEmpty();
        assertThat(stack.client.vc.indications).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r205AnIndicationForSomebodyElseReachesNobody(final Form form) {
        final TestStack stack = form.start();
        stack.connectedVc();
        final StatusIndication foreign = to(new RequestHandle() {});

        adapter(stack).indicateStatus(foreign);
        stack.wire().indicateStatus(foreign);

        assertThat(stack.client.indications).isEmpty();
        assertThat(stack.client.vc.indications).isEmpty();
        assertThat(stack.callManager.indications).isEmpty();
        assertThat(stack.callManager.vcIndications).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r205AProtocolThatThrowsDoesNotKeepItFromTheOthers(final Form form) {
        final TestStack stack = form.start();
        final TestStack.TestClient other = stack.anotherClient("other");
        stack.client.whenIndicated = indication -> {
            throw new TestStack.DriverBug("client");
        };

        adapter(stack).indicateStatus(BUSY);

        assertThat(other.indications).containsExactly(BUSY);
    }

    // --- one at a time

    @ParameterizedTest
    @EnumSource(Form.class)
    void r206AnIndicationWaitsForTheOneBefore(final Form form) {
        final TestStack stack = form.start();
        stack.connectedVc();
        final StatusIndication nested = StatusIndication.of(StatusCode.NETWORK_CHANGE);
        final List<String> seen = new ArrayList<>();
        stack.client.whenIndicated = indication -> {
            seen.add("begin " + indication.code());
            if (indication.equals(BUSY)) {
                adapter(stack).indicateStatus(nested);
                stack.wire().indicateStatus(nested);
                assertThat(stack.client.vc.indications)
                        .as("those of VCs wait too")
                        .isEmpty();
            }
            seen.add("end " + indication.code());
        };

        adapter(stack).indicateStatus(BUSY);

        assertThat(seen)
                .containsExactly(
                        "begin NDIS_STATUS_MEDIA_BUSY",
                        "end NDIS_STATUS_MEDIA_BUSY",
                        "begin NDIS_STATUS_NETWORK_CHANGE",
                        "end NDIS_STATUS_NETWORK_CHANGE");
        assertThat(stack.client.vc.indications).containsExactly(nested);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r206IndicationsFromManyThreadsReachAProtocolOneAtATime(final Form form) throws InterruptedException {
        final TestStack stack = form.start();
        final int threads = 4;
        final int each = 500;
        final AtomicInteger inside = new AtomicInteger();
        final AtomicInteger overlaps = new AtomicInteger();
        stack.client.whenIndicated = indication -> {
            if (inside.incrementAndGet() > 1) {
                overlaps.incrementAndGet();
            }
            inside.decrementAndGet();
        };
        final CountDownLatch done = new CountDownLatch(threads);
        IntStream.range(0, threads)
                .mapToObj(i -> new Thread(() -> {
                    for (int n = 0; n < each; n++) {
                        adapter(stack).indicateStatus(BUSY);
                    }
                    done.countDown();
                }))
                .forEach(Thread::start);

        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(stack.client.indications).hasSize(threads * each);
        assertThat(overlaps).hasValue(0);
    }

    // --- when, and what

    @ParameterizedTest
    @EnumSource(Form.class)
    void r207AMiniportMayIndicateFromInitializeOn(final Form form) {
        final TestStack stack = form.prepare();
        final List<String> log = TestStack.logged(StatusIndications.class, () -> {
            stack.miniport.initialize.whenCalled = () -> adapter(stack).indicateStatus(BUSY);
            stack.start();
        });

        assertThat(log).isEmpty();
        assertThat(stack.client.indications).as("nobody was bound").isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r207NothingIsIndicatedAfterHaltHasReturned(final Form form) {
        final TestStack stack = form.start();
        final MiniportAdapter handle = adapter(stack);
        final ClientVc vc = stack.connectedVc();
        final VcIndications wire = stack.wire();
        stack.miniportRegistration.unregister();
        stack.client.vc.indications.clear();

        final List<String> log = TestStack.logged(Backend.class, () -> handle.indicateStatus(BUSY));
        wire.indicateStatus(BUSY);

        assertThat(log).hasSize(1).allMatch(line -> line.startsWith("R207"));
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        assertThat(stack.client.indications).isEmpty();
        assertThat(stack.client.vc.indications).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r205AProtocolThatIsUnboundHearsNothing(final Form form) {
        final TestStack stack = form.start();
        final List<StatusIndication> whileUnbinding = new ArrayList<>();
        stack.client.unbindAdapter.whenCalled = () -> {
            adapter(stack).indicateStatus(BUSY);
            whileUnbinding.addAll(stack.client.indications);
        };
        stack.clientRegistration.unregister();

        adapter(stack).indicateStatus(BUSY);

        assertThat(whileUnbinding).as("S36: until the close completes").containsExactly(BUSY);
        assertThat(stack.client.indications).containsExactly(BUSY);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r208ResetsAreNotTheMiniportsToAnnounce(final Form form) {
        final TestStack stack = form.start();
        stack.connectedVc();
        for (final StatusCode code : List.of(StatusCode.RESET_START, StatusCode.RESET_END)) {
            final StatusIndication reset = StatusIndication.of(code);

            final List<String> log = TestStack.logged(StatusIndications.class, () -> {
                adapter(stack).indicateStatus(reset);
                stack.wire().indicateStatus(reset);
            });

            assertThat(log).hasSize(2).allMatch(line -> line.startsWith("R208"));
        }
        assertThat(stack.client.indications).isEmpty();
        assertThat(stack.client.vc.indications).isEmpty();
        assertThat(stack.callManager.indications).isEmpty();
        assertThat(stack.callManager.vcIndications).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r212c59ALostLinkEndsNoCall(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        final StatusIndication lost = StatusIndication.linkState(LinkState.disconnected());
        final StatusIndication found = StatusIndication.linkState(LinkState.connected(1_000_000));

        for (final StatusIndication indication : List.of(
                lost,
                StatusIndication.of(StatusCode.MEDIA_DISCONNECT),
                found,
                StatusIndication.of(StatusCode.MEDIA_CONNECT))) {
            adapter(stack).indicateStatus(indication);
            stack.wire().indicateStatus(indication);
            assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
            assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
        }

        assertThat(stack.client.indications).hasSize(4);
        assertThat(LinkState.ofOctets(stack.client.indications.get(0).buffer())).contains(LinkState.disconnected());
        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
        succeeds(vc.closeCall());
    }

    @Test
    void r205AVcThatIsStillBeingCreatedHasNobodyToTell() {
        final TestStack stack = TestStack.standAlone();
        stack.miniport.createVc.whenCalled = () -> stack.miniport.vc.indicateStatus(BUSY);

        final ClientVc vc = stack.createVc();

        assertThat(stack.client.vc.indications).isEmpty();
        succeeds(vc.makeCall(PARAMETERS));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a3ACompletionAndAStatusKeepTheirOrder(final boolean statusFirst) {
        final TestStack stack = TestStack.standAlone();
        final List<String> seen = new ArrayList<>();
        stack.miniport.oidRequest.hold();
        stack.client
                .binding
                .oidRequest(OidRequest.query(Oid.GEN_CO_LINK_SPEED, 8))
                .thenAccept(result -> seen.add("completion"));
        stack.client.whenIndicated = indication -> {
            if (indication.equals(BUSY)) {
                // inside a callback of the binding: what comes now comes after it, in its order
                if (statusFirst) {
                    adapter(stack).indicateStatus(StatusIndication.of(StatusCode.ONLINE));
                }
                stack.miniport.oidRequest.release(OidResult.success());
                if (!statusFirst) {
                    adapter(stack).indicateStatus(StatusIndication.of(StatusCode.ONLINE));
                }
                seen.add("busy");
            } else {
                seen.add("online");
            }
        };

        adapter(stack).indicateStatus(BUSY);

        assertThat(seen)
                .isEqualTo(
                        statusFirst
                                ? List.of("busy", "online", "completion")
                                : List.of("busy", "completion", "online"));
    }
}
