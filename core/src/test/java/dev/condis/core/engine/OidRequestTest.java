// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.AfState;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.Octets;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.CmParty;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientVc;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.oid.OidTable;
import dev.condis.core.engine.TestStack.Form;
import dev.condis.core.engine.TestStack.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OID requests: contract B.11, sequences S30 and S33 to S35, rules R191 to R204. */
class OidRequestTest {
    private static final String EVERYWHERE = "dev.condis.core.engine.SequencesTest#everywhere";
    private static final OidRequest QUERY = OidRequest.query(Oid.GEN_CO_LINK_SPEED, 8);
    private static final OidResult SPEED = OidResult.success(OidTable.u32(10, 20));

    private static OidResult over(final CompletionStage<OidResult> request) {
        assertThat(isPending(request)).as("the request is pending").isFalse();
        return request.toCompletableFuture().getNow(null);
    }

    /** The outcome of a request that reaches its target: it pends exactly when the target does. */
    private static OidResult ends(final TestStack stack, final CompletionStage<OidResult> request) {
        assertThat(isPending(request)).as("R1: %s", stack.timing).isEqualTo(stack.timing == Timing.PENDED);
        stack.completePended();
        assertThat(stack.deadlines).isEmpty();
        return over(request);
    }

    private static void refused(final CompletionStage<OidResult> request, final NdisStatus status, final String rule) {
        final OidResult result = over(request);
        assertThat(result.status()).as("%s", result).isEqualTo(status);
        assertThat(result.refusal().orElseThrow().rule()).as("%s", result).isEqualTo(rule);
    }

    private static void called(final TestStack stack, final String... calls) {
        assertThat(stack.calls).containsExactly(calls);
        stack.calls.clear();
    }

    private static TestStack start(final Form form) {
        final TestStack stack = form.start();
        stack.calls.clear();
        return stack;
    }

    /** What a requester finds in the hands of a target is what it sent, whoever the handle names. */
    private static void isCopyOf(final OidRequest sent, final OidRequest found) {
        assertThat(found.requestHandle()).isPresent();
        assertThat(new OidRequest(
                        found.type(),
                        found.oid(),
                        found.information(),
                        found.bufferLength(),
                        found.requestId(),
                        found.timeout(),
                        Optional.empty()))
                .isEqualTo(sent);
    }

    // --- to the miniport

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void r191r193r199s30AClientAsksTheMiniportAboutTheAdapter(final Form form, final Timing timing) {
        final TestStack stack = start(form);
        stack.timing = timing;
        stack.miniport.oidRequest.answer(SPEED);

        assertThat(ends(stack, stack.client.binding.oidRequest(QUERY))).isEqualTo(SPEED);

        called(stack, "MCoOidRequest");
        assertThat(stack.miniport.askedAbout).containsExactly(Optional.empty());
        isCopyOf(QUERY, stack.requests.get(0));
        assertThat(stack.requests.get(0).requestHandle().orElseThrow()).hasToString(stack.client.binding.toString());
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void r193AClientAsksTheMiniportAboutAVc(final Form form, final Timing timing) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.timing = timing;
        stack.calls.clear();
        stack.miniport.oidRequest.answer(SPEED);

        assertThat(ends(stack, stack.client.binding.oidRequest(vc.handle(), QUERY)))
                .isEqualTo(SPEED);

        called(stack, "MCoOidRequest");
        assertThat(stack.miniport.askedAbout).hasSize(1);
        assertThat(((VirtualCircuit) vc.handle()).contextBelow())
                .as("the context that it gave for the VC")
                .isEqualTo(stack.miniport.askedAbout.get(0));
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void r191r193ACallManagerAsksTheMiniportBelowIt(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        final SignalingVc signaling = stack.callManager
                .binding
                .createSignalingVc(new TestStack.TestSignaling())
                .get();
        final CmBinding binding = stack.callManager.binding;
        stack.calls.clear();
        stack.miniport.oidRequest.answer(SPEED);

        assertThat(over(binding.oidRequest(QUERY))).isEqualTo(SPEED);
        assertThat(over(binding.oidRequest(vc.handle(), QUERY))).isEqualTo(SPEED);
        assertThat(over(binding.oidRequest(signaling.handle(), QUERY))).isEqualTo(SPEED);

        called(stack, "MCoOidRequest", "MCoOidRequest", "MCoOidRequest");
        assertThat(stack.miniport.askedAbout.get(0)).isEmpty();
        assertThat(((VirtualCircuit) vc.handle()).contextBelow())
                .isEqualTo(stack.miniport.askedAbout.get(1))
                .isNotEqualTo(stack.miniport.askedAbout.get(2));
        assertThat(stack.requests.get(0).requestHandle())
                .isEqualTo(stack.requests.get(1).requestHandle())
                .isNotEmpty();
    }

    @Test
    void c44AnMcmIsItsOwnMiniport() {
        final TestStack stack = start(Form.MCM);
        final ClientVc vc = stack.createVc();
        stack.calls.clear();

        refused(stack.callManager.binding.oidRequest(QUERY), NdisStatus.NOT_SUPPORTED, "C44");
        refused(stack.callManager.binding.oidRequest(vc.handle(), QUERY), NdisStatus.NOT_SUPPORTED, "C44");
        stack.callManager.binding.cancelOidRequest(1);

        called(stack);
    }

    @Test
    void r192NoRequestToTheMiniportCanNameAParty() {
        for (final Class<?> binding : List.of(ClientBinding.class, CmBinding.class)) {
            assertThat(Arrays.stream(binding.getMethods())
                            .filter(method -> method.getName().equals("oidRequest"))
                            .flatMap(method -> Arrays.stream(method.getParameterTypes())))
                    .contains(OidRequest.class, NdisVcHandle.class)
                    .doesNotContain(ClientParty.class, CmParty.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r194WhatIsPendingBelongsToItsRequesterAndCannotBeTouched(final Form form) {
        final TestStack stack = start(form);
        stack.miniport.oidRequest.hold();
        final byte[] information = {1, 2, 3, 4};
        final OidRequest set = OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, Octets.of(information))
                .withRequestId(7)
                .withTimeout(Duration.ofSeconds(1));

        final CompletionStage<OidResult> pending = stack.client.binding.oidRequest(set);
        information[0] = 99;

        isCopyOf(set, stack.requests.get(0));
        assertThat(stack.requests.get(0).information()).isEqualTo(Octets.of(new byte[] {1, 2, 3, 4}));
        stack.miniport.oidRequest.release(OidResult.success());
        assertThat(over(pending)).isEqualTo(OidResult.success());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r195FurtherRequestsGoThroughWhileOneIsPending(final Form form) {
        final TestStack stack = start(form);
        final TestStack.TestClient other = stack.anotherClient("other");
        stack.miniport.oidRequest.hold();
        final CompletionStage<OidResult> first = stack.client.binding.oidRequest(QUERY);
        final CompletionStage<OidResult> second = stack.client.binding.oidRequest(QUERY);
        final CompletionStage<OidResult> third = other.binding.oidRequest(QUERY);
        assertThat(stack.requests).hasSize(3);
        stack.miniport.oidRequest.asUsual();
        stack.miniport.oidRequest.answer(SPEED);

        assertThat(over(stack.client.binding.oidRequest(QUERY)))
                .as("one that is answered at once passes those that wait")
                .isEqualTo(SPEED);

        stack.miniport.oidRequest.release(OidResult.success(OidTable.u32(1, 1)));
        stack.miniport.oidRequest.release(OidResult.success(OidTable.u32(2, 2)));
        stack.miniport.oidRequest.release(OidResult.success(OidTable.u32(3, 3)));
        assertThat(over(first).information()).isEqualTo(OidTable.u32(1, 1));
        assertThat(over(second).information()).isEqualTo(OidTable.u32(2, 2));
        assertThat(over(third).information()).isEqualTo(OidTable.u32(3, 3));
        assertThat(stack.deadlines).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void a3ACompletionTakesItsPlaceAmongTheRequestersCallbacks(final Form form) {
        final TestStack stack = start(form);
        final List<String> seen = new ArrayList<>();
        stack.miniport.oidRequest.hold();
        stack.client.binding.oidRequest(QUERY).thenAccept(result -> {
            seen.add("first begins");
            stack.miniport.oidRequest.release(SPEED);
            seen.add("first ends");
        });
        stack.client.binding.oidRequest(QUERY).thenAccept(result -> seen.add("second"));

        stack.miniport.oidRequest.release(SPEED);

        assertThat(seen).containsExactly("first begins", "first ends", "second");
    }

    // --- to the peer of the address family

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void r191r199AClientAsksItsCallManagerAndNobodyElse(final Form form, final Timing timing) {
        final TestStack stack = form.start();
        final TestStack.TestClientParty context = stack.new TestClientParty();
        final ClientVc vc = stack.createVc();
        final ClientParty party = succeeds(vc.makeCall(PARAMETERS, context)).get();
        stack.timing = timing;
        stack.calls.clear();
        final OidRequest query = OidRequest.query(Oid.CO_GET_ADDRESSES, 100);
        stack.callManager.oidRequest.answer(OidResult.success(Octets.of(new byte[] {1})));
        stack.callManager.vcOidRequest.answer(OidResult.success(Octets.of(new byte[] {2})));
        stack.callManager.partyOidRequest.answer(OidResult.success(Octets.of(new byte[] {3})));

        assertThat(ends(stack, stack.client.af.oidRequest(query)).information()).isEqualTo(Octets.of(new byte[] {1}));
        assertThat(ends(stack, stack.client.af.oidRequest(vc, query)).information())
                .isEqualTo(Octets.of(new byte[] {2}));
        assertThat(ends(stack, stack.client.af.oidRequest(party, query)).information())
                .isEqualTo(Octets.of(new byte[] {3}));

        called(stack, "cm CoOidRequest", "cm CoOidRequest vc", "cm CoOidRequest party");
        assertThat(stack.requests).containsExactly(query, query, query);
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void r191r199ACallManagerAsksTheClientOfThatFamilyAndNobodyElse(final Form form, final Timing timing) {
        final TestStack stack = form.start();
        final TestStack.TestClient other = stack.anotherClient("other");
        final TestStack.TestClientParty context = stack.new TestClientParty();
        stack.callManager.af = stack.callManager.afs.get(0);
        final ClientVc vc = stack.createVc();
        succeeds(vc.makeCall(PARAMETERS, context));
        stack.timing = timing;
        stack.calls.clear();
        final OidRequest set = OidRequest.set(Oid.CO_SIGNALING_ENABLED, Octets.EMPTY);
        stack.client.oidRequest.answer(OidResult.success());
        stack.client.vc.oidRequest.answer(OidResult.success());
        context.oidRequest.answer(OidResult.success());
        other.oidRequest.answer(OidResult.failure(NdisStatus.FAILURE));

        assertThat(ends(stack, stack.callManager.af.oidRequest(set)).isSuccess())
                .isTrue();
        assertThat(ends(stack, stack.callManager.af.oidRequest(stack.callManager.vc, set))
                        .isSuccess())
                .isTrue();
        assertThat(ends(stack, stack.callManager.af.oidRequest(stack.callManager.parties.get(0), set))
                        .isSuccess())
                .isTrue();

        called(stack, "client CoOidRequest", "client CoOidRequest vc", "client CoOidRequest party");
        assertThat(stack.requests).containsExactly(set, set, set);
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"MCM", "INTEGRATED"})
    void r15AnMcmTellsRequestsToItsMiniportFromThoseToItsCallManager(final Form form) {
        final TestStack stack = start(form);

        stack.client.binding.oidRequest(QUERY);
        called(stack, "MCoOidRequest");

        stack.client.af.oidRequest(QUERY);
        called(stack, "cm CoOidRequest");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void c46TheOldWayToCloseAFamilyIsTakenForTheNewOne(final Form form) {
        final TestStack stack = start(form);
        final OidRequest close = OidRequest.set(Oid.CO_AF_CLOSE, Octets.EMPTY);

        assertThat(over(stack.callManager.af.oidRequest(close)).isSuccess()).isTrue();

        called(stack, "ClNotifyCloseAf", "CmCloseAf");
        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSED);
        refused(stack.callManager.af.oidRequest(close), NdisStatus.FAILURE, "R39");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void c46AClientMayRefuseTheOldWayToo(final Form form) {
        final TestStack stack = start(form);
        stack.client.notifyCloseAf.answer(NdisStatus.RESOURCES);

        assertThat(over(stack.callManager.af.oidRequest(OidRequest.set(Oid.CO_AF_CLOSE, Octets.EMPTY)))
                        .status())
                .isEqualTo(NdisStatus.RESOURCES);

        assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void b11ARequestNeedsAnAddressFamilyThatCanBeUsed(final Form form) {
        final TestStack stack = form.prepare();
        stack.callManager.openAf.hold();
        stack.start();
        stack.calls.clear();
        refused(stack.callManager.af.oidRequest(QUERY), NdisStatus.NOT_ACCEPTED, "R35");
        stack.callManager.openAf.release(NdisResult.success(stack.callManager.afContext()));
        final ClientVc vc = stack.createVc();
        stack.calls.clear();
        assertThat(over(stack.callManager.af.oidRequest(QUERY)).status()).isEqualTo(NdisStatus.NOT_SUPPORTED);
        called(stack, "client CoOidRequest");

        assertThat(vc.deleteVc().isSuccess()).isTrue();
        stack.callManager.closeAf.hold();
        final CompletionStage<NdisResult<Void>> closing = stack.client.af.close();
        stack.calls.clear();
        refused(stack.client.af.oidRequest(QUERY), NdisStatus.CLOSING, "B.4");
        refused(stack.callManager.af.oidRequest(QUERY), NdisStatus.CLOSING, "B.4");
        stack.callManager.closeAf.release(NdisStatus.SUCCESS);
        succeeds(closing);
        refused(stack.client.af.oidRequest(QUERY), NdisStatus.FAILURE, "R39");
        refused(stack.callManager.af.oidRequest(QUERY), NdisStatus.FAILURE, "R39");
        called(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void b11WhatPendsOnAFamilyEndsWithIt(final Form form) {
        final TestStack stack = start(form);
        stack.callManager.oidRequest.hold();
        stack.client.oidRequest.hold();
        final CompletionStage<OidResult> ofClient = stack.client.af.oidRequest(QUERY);
        final CompletionStage<OidResult> ofCallManager = stack.callManager.af.oidRequest(QUERY);

        succeeds(stack.client.af.close());

        refused(ofClient, NdisStatus.CLOSING, "B.11");
        refused(ofCallManager, NdisStatus.CLOSING, "B.11");
        assertThat(stack.deadlines).isEmpty();
        stack.callManager.oidRequest.release(OidResult.success());
        stack.client.oidRequest.release(OidResult.success());
        assertThat(over(ofClient).status()).as("late").isEqualTo(NdisStatus.CLOSING);
    }

    // --- handles

    @ParameterizedTest
    @EnumSource(Form.class)
    void r6AHandleOfSomebodyElseIsNotTaken(final Form form) {
        final TestStack stack = form.start();
        final TestStack elsewhere = form.start();
        final TestStack.TestClient other = stack.anotherClient("other");
        final ClientVc ofOther = other.af.createVc(other.vc).get();
        final ClientVc ofElsewhere = elsewhere.createVc();
        final ClientVc call = elsewhere.createVc();
        final ClientParty party = succeeds(call.makeCall(PARAMETERS, elsewhere.new TestClientParty()))
                .get();
        stack.callManager.af = stack.callManager.afs.get(0);
        stack.calls.clear();

        refused(stack.client.binding.oidRequest(ofOther.handle(), QUERY), NdisStatus.FAILURE, "R6");
        refused(stack.client.binding.oidRequest(ofElsewhere.handle(), QUERY), NdisStatus.FAILURE, "R6");
        refused(stack.client.af.oidRequest(ofOther, QUERY), NdisStatus.FAILURE, "R6");
        refused(stack.client.af.oidRequest(ofElsewhere, QUERY), NdisStatus.FAILURE, "R6");
        refused(stack.client.af.oidRequest(party, QUERY), NdisStatus.FAILURE, "R6");
        refused(stack.callManager.af.oidRequest(stack.callManager.vc, QUERY), NdisStatus.FAILURE, "R6");
        refused(stack.callManager.af.oidRequest(elsewhere.callManager.parties.get(0), QUERY), NdisStatus.FAILURE, "R6");
        if (form != Form.MCM) {
            refused(stack.callManager.binding.oidRequest(ofElsewhere.handle(), QUERY), NdisStatus.FAILURE, "R6");
        }
        called(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r111ADeadHandleIsNotTaken(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        final ClientParty party =
                succeeds(vc.makeCall(PARAMETERS, stack.new TestClientParty())).get();
        succeeds(vc.closeCall());
        stack.calls.clear();
        refused(stack.client.af.oidRequest(party, QUERY), NdisStatus.FAILURE, "R168");
        refused(stack.callManager.af.oidRequest(stack.callManager.parties.get(0), QUERY), NdisStatus.FAILURE, "R168");
        called(stack);

        assertThat(vc.deleteVc().isSuccess()).isTrue();
        stack.calls.clear();
        refused(stack.client.binding.oidRequest(vc.handle(), QUERY), NdisStatus.FAILURE, "R111");
        refused(stack.client.af.oidRequest(vc, QUERY), NdisStatus.FAILURE, "R111");
        refused(stack.callManager.af.oidRequest(stack.callManager.vc, QUERY), NdisStatus.FAILURE, "R111");
        called(stack);
    }

    // --- what targets answer

    @ParameterizedTest
    @EnumSource(Form.class)
    void r196r197r198TheRequesterCorrectsWhatTheMiniportRefuses(final Form form) {
        final TestStack stack = start(form);
        final List<Octets> options = new ArrayList<>();
        final OidTable table = OidTable.ofMiniport()
                .query(Oid.GEN_CO_VENDOR_DESCRIPTION, () -> OidTable.text("test"))
                .set(Oid.GEN_CO_PROTOCOL_OPTIONS, 4, information -> {
                    if (OidTable.number(information) > 7) {
                        return NdisStatus.INVALID_DATA;
                    }
                    options.add(information);
                    return NdisStatus.SUCCESS;
                })
                .unsupported(Oid.GEN_CO_GET_TIME_CAPS)
                .build();
        stack.miniport.oidRequest.answerWith(() -> table.answer(stack.requests.get(stack.requests.size() - 1)));
        final Function<OidRequest, OidResult> ask = request -> over(stack.client.binding.oidRequest(request));

        assertThat(ask.apply(OidRequest.query(new Oid(0x7777), 4)).status()).isEqualTo(NdisStatus.INVALID_OID);
        assertThat(ask.apply(OidRequest.query(Oid.GEN_CO_GET_TIME_CAPS, 4)).status())
                .isEqualTo(NdisStatus.NOT_SUPPORTED);
        final OidResult tooShort = ask.apply(OidRequest.query(Oid.GEN_CO_VENDOR_DESCRIPTION, 2));
        assertThat(tooShort.status()).isEqualTo(NdisStatus.BUFFER_TOO_SHORT);
        assertThat(ask.apply(OidRequest.query(Oid.GEN_CO_VENDOR_DESCRIPTION, tooShort.bytesNeeded()))
                        .information())
                .isEqualTo(OidTable.text("test"));
        assertThat(ask.apply(OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, OidTable.u64(1)))
                        .status())
                .isEqualTo(NdisStatus.INVALID_LENGTH);
        assertThat(ask.apply(OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, OidTable.u32(8)))
                        .status())
                .isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(ask.apply(OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, OidTable.u32(7)))
                        .isSuccess())
                .isTrue();
        assertThat(options).containsExactly(OidTable.u32(7));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r197AProtocolThatDoesNotKnowAnOidSaysNotSupported(final Form form) {
        final TestStack stack = start(form);

        assertThat(over(stack.client.af.oidRequest(OidRequest.query(Oid.CO_TAPI_CM_CAPS, 4)))
                        .status())
                .isEqualTo(NdisStatus.NOT_SUPPORTED);
        assertThat(over(stack.callManager.af.oidRequest(OidRequest.set(Oid.CO_ADDRESS_CHANGE, Octets.EMPTY)))
                        .status())
                .isEqualTo(NdisStatus.NOT_SUPPORTED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r196AnAnswerThatIsLongerThanTheRequesterTakesIsNone(final Form form) {
        final TestStack stack = start(form);
        stack.miniport.oidRequest.answer(SPEED);

        assertThat(over(stack.client.binding.oidRequest(OidRequest.query(Oid.GEN_CO_LINK_SPEED, 7)))
                        .status())
                .isEqualTo(NdisStatus.FAILURE);
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 0x1_0000_0005L})
    void r201CountersAreAnsweredInFourOctetsAndInEight(final long count) {
        final TestStack stack = start(Form.STAND_ALONE);
        final OidTable table = OidTable.ofMiniport()
                .counter(Oid.GEN_CO_XMIT_PDUS_OK, () -> count)
                .build();
        stack.miniport.oidRequest.answerWith(() -> table.answer(stack.requests.get(stack.requests.size() - 1)));
        final Function<Integer, OidResult> ask =
                length -> over(stack.client.binding.oidRequest(OidRequest.query(Oid.GEN_CO_XMIT_PDUS_OK, length)));

        assertThat(ask.apply(4).information()).isEqualTo(OidTable.u32(5));
        assertThat(ask.apply(8).information()).isEqualTo(OidTable.u64(count));
        assertThat(ask.apply(3)).isEqualTo(OidResult.wrongLength(NdisStatus.INVALID_LENGTH, 8));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void b11ATargetThatDoesNotAnswerProperlyHasFailed(final Form form) {
        final TestStack stack = start(form);
        final List<Supplier<CompletionStage<OidResult>>> bugs = List.of(
                () -> {
                    throw new TestStack.DriverBug("target");
                },
                () -> CompletableFuture.failedStage(new TestStack.DriverBug("target")),
                () -> CompletableFuture.completedStage(null),
                OidRequestTest::noStage);
        for (final Supplier<CompletionStage<OidResult>> bug : bugs) {
            stack.miniport.oidRequest.breakWith(bug);
            stack.callManager.oidRequest.breakWith(bug);
            stack.client.oidRequest.breakWith(bug);

            assertThat(over(stack.client.binding.oidRequest(QUERY)).status()).isEqualTo(NdisStatus.FAILURE);
            assertThat(over(stack.client.af.oidRequest(QUERY)).status()).isEqualTo(NdisStatus.FAILURE);
            assertThat(over(stack.callManager.af.oidRequest(QUERY)).status()).isEqualTo(NdisStatus.FAILURE);
        }
        assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN);
    }

    private static CompletionStage<OidResult> noStage() {
        final CompletionStage<OidResult> none = null;
        return none;
    }

    // --- addresses, signaling

    @ParameterizedTest
    @EnumSource(Form.class)
    void r202r204s34AnAddressChangeReachesEveryClientWhichThenAsksForItsAddresses(final Form form) {
        final TestStack stack = form.start();
        final TestStack.TestClient other = stack.anotherClient("other");
        final List<Octets> added = new ArrayList<>();
        final Octets common = Octets.of(new byte[] {1});
        final OidTable addresses = OidTable.ofProtocol()
                .query(Oid.CO_GET_ADDRESSES, () -> added.isEmpty() ? common : Octets.of(new byte[] {1, 2}))
                .set(Oid.CO_ADD_ADDRESS, information -> {
                    added.add(information);
                    return NdisStatus.SUCCESS;
                })
                .build();
        stack.callManager.oidRequest.answerWith(() -> addresses.answer(stack.requests.get(stack.requests.size() - 1)));
        final List<Octets> seen = new ArrayList<>();
        for (final TestStack.TestClient client : List.of(stack.client, other)) {
            client.oidRequest.answer(OidResult.success());
            client.oidRequest.whenCalled = () ->
                    seen.add(over(client.af.oidRequest(OidRequest.query(Oid.CO_GET_ADDRESSES, 10)))
                            .information());
        }
        final OidRequest change = OidRequest.set(Oid.CO_ADDRESS_CHANGE, Octets.EMPTY);

        stack.callManager.afs.forEach(
                af -> assertThat(over(af.oidRequest(change)).isSuccess()).isTrue());

        assertThat(seen).containsExactly(common, common);
        assertThat(over(stack.client.af.oidRequest(OidRequest.set(Oid.CO_ADD_ADDRESS, Octets.of(new byte[] {2}))))
                        .isSuccess())
                .isTrue();
        assertThat(over(stack.client.af.oidRequest(OidRequest.query(Oid.CO_GET_ADDRESSES, 10)))
                        .information())
                .isEqualTo(Octets.of(new byte[] {1, 2}));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r202AnAddressChangeMayFollowTheOpenAtOnce(final Form form) {
        final TestStack stack = form.prepare();
        stack.callManager.openAf.hold();
        stack.start();
        stack.client.oidRequest.answer(OidResult.success());

        stack.callManager.openAf.release(NdisResult.success(stack.callManager.afContext()));

        assertThat(over(stack.callManager.af.oidRequest(OidRequest.set(Oid.CO_ADDRESS_CHANGE, Octets.EMPTY)))
                        .isSuccess())
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r203s35EveryClientHearsWhetherCallsCanBeMade(final Form form) {
        final TestStack stack = form.start();
        final TestStack.TestClient other = stack.anotherClient("other");
        stack.client.oidRequest.answer(OidResult.success());
        other.oidRequest.answer(OidResult.success());
        final OidRequest disabled = OidRequest.set(Oid.CO_SIGNALING_DISABLED, Octets.EMPTY);
        final OidRequest enabled = OidRequest.set(Oid.CO_SIGNALING_ENABLED, Octets.EMPTY);
        stack.calls.clear();

        stack.callManager.afs.forEach(af -> af.oidRequest(disabled));
        stack.callManager.afs.forEach(af -> af.oidRequest(enabled));

        called(stack, "client CoOidRequest", "client CoOidRequest", "client CoOidRequest", "client CoOidRequest");
        assertThat(stack.requests).containsExactly(disabled, disabled, enabled, enabled);
        assertThat(stack.connectedVc().callState()).as("that is all it is").isEqualTo(CallState.CONNECTED);
    }

    // --- cancellation, deadlines

    @ParameterizedTest
    @EnumSource(Form.class)
    void r200ARequestToTheMiniportIsCancelledByItsName(final Form form) {
        final TestStack stack = start(form);
        final TestStack.TestClient other = stack.anotherClient("other");
        stack.miniport.oidRequest.hold();
        final CompletionStage<OidResult> cancelled = stack.client.binding.oidRequest(QUERY.withRequestId(5));
        final CompletionStage<OidResult> sameName = other.binding.oidRequest(QUERY.withRequestId(5));
        final CompletionStage<OidResult> unnamed = stack.client.binding.oidRequest(QUERY);
        stack.miniport.whenCancelled =
                request -> stack.miniport.oidRequest.release(OidResult.failure(NdisStatus.REQUEST_ABORTED));

        stack.client.binding.cancelOidRequest(0);
        stack.client.binding.cancelOidRequest(6);
        assertThat(stack.miniport.cancelled).isEmpty();
        stack.client.binding.cancelOidRequest(5);

        assertThat(stack.miniport.cancelled).hasSize(1);
        assertThat(stack.miniport.cancelled.get(0))
                .as("the very request that it was given")
                .isSameAs(stack.requests.get(0));
        assertThat(over(cancelled).status()).isEqualTo(NdisStatus.REQUEST_ABORTED);
        assertThat(isPending(sameName)).isTrue();
        assertThat(isPending(unnamed)).isTrue();
        stack.client.binding.cancelOidRequest(5);
        assertThat(stack.miniport.cancelled).as("it is over").hasSize(1);
        stack.miniport.oidRequest.release(SPEED);
        stack.miniport.oidRequest.release(SPEED);
        assertThat(over(sameName)).isEqualTo(SPEED);
        assertThat(over(unnamed)).isEqualTo(SPEED);
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void r200ACallManagerCancelsItsRequestsToTheMiniport(final Form form) {
        final TestStack stack = start(form);
        stack.miniport.oidRequest.hold();
        final CompletionStage<OidResult> cancelled = stack.callManager.binding.oidRequest(QUERY.withRequestId(5));

        stack.client.binding.cancelOidRequest(5);
        assertThat(stack.miniport.cancelled).as("another's").isEmpty();
        stack.callManager.binding.cancelOidRequest(5);

        assertThat(stack.miniport.cancelled).containsExactly(stack.requests.get(0));
        assertThat(isPending(cancelled)).as("the miniport has the last word").isTrue();
        stack.miniport.oidRequest.release(SPEED);
        assertThat(over(cancelled)).isEqualTo(SPEED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r200ARequestToAPeerIsNotCancelled(final Form form) {
        final TestStack stack = start(form);
        stack.callManager.oidRequest.hold();
        final CompletionStage<OidResult> pending =
                stack.client.af.oidRequest(QUERY.withRequestId(5).withTimeout(Duration.ofMillis(1)));

        stack.client.binding.cancelOidRequest(5);
        stack.passDeadlines();

        assertThat(stack.miniport.cancelled).isEmpty();
        assertThat(isPending(pending))
                .as("what the requester says about time concerns miniports only")
                .isTrue();
        stack.passOperationDeadlines();
        refused(pending, NdisStatus.REQUEST_ABORTED, "E2");
        final List<String> log =
                TestStack.logged(OidExchange.class, () -> stack.callManager.oidRequest.release(OidResult.success()));
        assertThat(log).hasSize(1);
        assertThat(over(pending).status()).isEqualTo(NdisStatus.REQUEST_ABORTED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void b11ARequestWhoseTimeIsOverIsCancelledThenAborted(final Form form) {
        final TestStack stack = start(form);
        stack.miniport.oidRequest.hold();
        final CompletionStage<OidResult> obeyed =
                stack.client.binding.oidRequest(QUERY.withTimeout(Duration.ofSeconds(1)));
        final CompletionStage<OidResult> ignored =
                stack.client.binding.oidRequest(QUERY.withTimeout(Duration.ofSeconds(2)));
        final CompletionStage<OidResult> patient = stack.client.binding.oidRequest(QUERY);
        stack.miniport.whenCancelled = request -> {
            if (request.timeout().equals(Duration.ofSeconds(1))) {
                stack.miniport.oidRequest.release(OidResult.failure(NdisStatus.REQUEST_ABORTED));
            }
        };

        stack.passDeadlines();

        assertThat(stack.miniport.cancelled).containsExactly(stack.requests.get(0), stack.requests.get(1));
        assertThat(over(obeyed)).isEqualTo(OidResult.failure(NdisStatus.REQUEST_ABORTED));
        refused(ignored, NdisStatus.REQUEST_ABORTED, "E2");
        assertThat(isPending(patient)).isTrue();
        final List<String> log = TestStack.logged(OidExchange.class, () -> stack.miniport.oidRequest.release(SPEED));
        assertThat(log).hasSize(1).allMatch(line -> line.contains("at last"));
        assertThat(over(ignored).status()).isEqualTo(NdisStatus.REQUEST_ABORTED);

        stack.passOperationDeadlines();

        assertThat(stack.miniport.cancelled).hasSize(3);
        refused(patient, NdisStatus.REQUEST_ABORTED, "E2");
        assertThat(stack.deadlines).isEmpty();
    }

    // --- the end

    @ParameterizedTest
    @EnumSource(Form.class)
    void r214WhatAClientHasUnderWayEndsWhenItIsUnbound(final Form form) {
        final TestStack stack = start(form);
        stack.miniport.oidRequest.hold();
        stack.client.unbindAdapter.whenCalled = () -> stack.client.binding.oidRequest(QUERY);
        final CompletionStage<OidResult> pending = stack.client.binding.oidRequest(QUERY);

        final CompletionStage<Void> unbound = stack.clientRegistration.unregister();

        assertThat(isPending(unbound)).isFalse();
        assertThat(stack.requests)
                .as("C48: a binding that is being closed still asks")
                .hasSize(2);
        assertThat(stack.miniport.cancelled).containsExactlyInAnyOrderElementsOf(stack.requests);
        refused(pending, NdisStatus.REQUEST_ABORTED, "R214");
        refused(stack.client.binding.oidRequest(QUERY), NdisStatus.CLOSING, "B.2");
        assertThat(stack.requests).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r219NoRequestIsOutstandingWhenTheAdapterIsHalted(final Form form) {
        final TestStack stack = start(form);
        stack.miniport.oidRequest.hold();
        final List<CompletionStage<OidResult>> pending = new ArrayList<>();
        pending.add(stack.client.binding.oidRequest(QUERY));
        if (form != Form.MCM) {
            pending.add(stack.callManager.binding.oidRequest(QUERY));
        }
        final List<Boolean> pendingAtHalt = new ArrayList<>();
        stack.miniport.whenHalted = () -> pending.forEach(request -> pendingAtHalt.add(isPending(request)));

        stack.miniportRegistration.unregister();

        assertThat(pendingAtHalt).hasSameSizeAs(pending).containsOnly(false);
        assertThat(stack.miniport.cancelled).containsExactlyInAnyOrderElementsOf(stack.requests);
        assertThat(pending).allMatch(request -> over(request).status() == NdisStatus.REQUEST_ABORTED);
        final int asked = stack.requests.size();
        refused(stack.client.binding.oidRequest(QUERY), NdisStatus.CLOSING, "B.2");
        if (form == Form.INTEGRATED) {
            refused(stack.callManager.binding.oidRequest(QUERY), NdisStatus.NOT_ACCEPTED, "B.1");
        }
        assertThat(stack.requests).hasSize(asked);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r221AfterASurpriseRemovalRequestsFailAtOnce(final Form form) {
        final TestStack stack = start(form);
        stack.miniport.oidRequest.hold();
        final CompletionStage<OidResult> completed = stack.client.binding.oidRequest(QUERY);
        final CompletionStage<OidResult> forgotten = stack.client.binding.oidRequest(QUERY);
        final List<CompletionStage<OidResult>> late = new ArrayList<>();
        stack.miniport.whenSurpriseRemoved = () -> {
            stack.miniport.oidRequest.release(OidResult.failure(NdisStatus.NOT_ACCEPTED));
            late.add(stack.client.binding.oidRequest(QUERY));
        };

        stack.miniportRegistration.surpriseRemoved("unplugged");

        assertThat(over(completed)).isEqualTo(OidResult.failure(NdisStatus.NOT_ACCEPTED));
        refused(forgotten, NdisStatus.NOT_ACCEPTED, "R221");
        refused(late.get(0), NdisStatus.NOT_ACCEPTED, "R221");
        assertThat(stack.requests).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void c48ARequestNeedsABindingThatIsOpen(final Form form) {
        final TestStack stack = form.prepare();
        final List<CompletionStage<OidResult>> early = new ArrayList<>();
        stack.client.bindAdapter.whenCalled = () -> early.add(stack.client.binding.oidRequest(QUERY));

        stack.start();

        refused(early.get(0), NdisStatus.NOT_ACCEPTED, "B.2");
        assertThat(stack.requests).isEmpty();
        succeeds(stack.engine.pause("test0"));
        assertThat(over(stack.client.binding.oidRequest(QUERY)).status())
                .as("paused")
                .isEqualTo(NdisStatus.INVALID_OID);
        assertThat(stack.requests).hasSize(1);
        assertThat(stack.engine.adapters().get(0).state()).isEqualTo(AdapterSnapshot.State.PAUSED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void b11WhatWaitsInALaneForAVcThatGoesIsNotAsked(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        final ClientAf af = stack.client.af;
        final List<CompletionStage<OidResult>> waiting = new ArrayList<>();
        stack.callManager.makeCall.answer(NdisResult.failure(NdisStatus.NO_ROUTE_TO_DESTINATION));
        stack.callManager.makeCall.whenCalled = () -> {
            waiting.add(af.oidRequest(vc, QUERY));
            stack.client.leavesEverything = true;
            stack.clientRegistration.unregister();
        };

        vc.makeCall(PARAMETERS);

        assertThat(stack.requests).isEmpty();
        assertThat(over(waiting.get(0)).status()).isEqualTo(NdisStatus.CLOSING);
    }
}
