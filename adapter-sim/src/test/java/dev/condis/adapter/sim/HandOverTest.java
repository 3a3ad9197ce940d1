// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.Lab.Form;
import dev.condis.adapter.sim.TalkingClient.Talk;
import dev.condis.adapter.sim.net.LinkProfile;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.api.AdapterInfo;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.Sap;
import dev.condis.api.VcState;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.oid.Oid;
import dev.condis.core.engine.MiniportDescriptor;
import dev.condis.core.engine.MiniportRegistration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One MCM hands its calls over to another one at the same place of the network: neither clients nor the other side notice. */
@Timeout(120)
class HandOverTest {

    private static final LinkProfile LINK =
            LinkProfile.ideal().withRate(155_520_000).withLatency(Duration.ofMillis(1), Duration.ZERO);
    private static final int LENGTH = 100;

    @RegisterExtension
    final CheckedDrivers drivers = new CheckedDrivers();

    private Lab lab;

    private TalkingClient here() {
        return lab.clients.get(0);
    }

    private TalkingClient there() {
        return lab.clients.get(1);
    }

    private void start(final Form form) {
        lab = new Lab(drivers, form, 2, LINK);
    }

    private SimMcm mcm(final SimNetwork network, final Form form) {
        return new SimMcm(
                network,
                SimNicOptions.of(Lab.address(0))
                        .withLink(LINK)
                        .withReceiveBuffers(1_024, 4, false)
                        .withAsyncCompletions(form.pended),
                SimCallManagerOptions.defaults().withActivationBeforeOffer(form.activateFirst));
    }

    private MiniportRegistration register(final long serviceId, final MiniportCallManager mcm) {
        final MiniportRegistration registration = lab.engine.registerMiniport(
                new MiniportDescriptor(
                        new AdapterInfo(Lab.adapter(0), Medium.ATM, 0, Map.of()), 0, serviceId, Optional.empty()),
                mcm);
        lab.settled(registration.ready());
        return registration;
    }

    private SwapReport swap(final long serviceId) {
        final CompletionStage<NdisResult<SwapReport>> swapping = lab.engine.swap(Lab.adapter(0), serviceId);
        // longer than what is under way may take to end
        lab.pass(6_000);
        final NdisResult<SwapReport> swap = lab.settled(swapping);
        assertThat(swap.isSuccess()).as("%s", swap).isTrue();
        return swap.get();
    }

    private void assertSwapped(final SwapReport report, final int vcs) {
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.SWAPPED);
        assertThat(report.moved()).isEqualTo(vcs);
        assertThat(report.failed()).isZero();
    }

    private Talk call(final TalkingClient from, final int to) {
        final Talk talk = from.createVc();
        assertThat(lab.settled(talk.vc.makeCall(Q2931Parameters.call(Lab.number(to))))
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
        lab.pass(20);
        return talk;
    }

    private static Talk last(final TalkingClient client) {
        return client.incoming.get(client.incoming.size() - 1);
    }

    /** Both sides send; everything comes, in order. */
    private void talk(final Talk one, final Talk other) {
        final long before = one.received.get();
        assertThat(other.received).hasValue(before);
        one.send(20, LENGTH, 4);
        other.send(20, LENGTH, 4);
        lab.pass(50);
        for (final Talk talk : List.of(one, other)) {
            assertThat(talk.received).hasValue(before + 20);
            assertThat(talk.outOfOrder).hasValue(0);
            assertThat(talk.failed).hasValue(0);
            assertThat(talk.completed).hasValue(before + 20);
        }
    }

    private void close(final Talk talk, final Talk other) {
        assertThat(lab.settled(talk.vc.closeCall()).status()).isEqualTo(NdisStatus.SUCCESS);
        lab.pass(50);
        assertThat(other.events).containsSubsequence("closed SUCCESS ''", "close SUCCESS");
        for (final Talk end : List.of(talk, other)) {
            if (end.vc.state() != VcState.DELETED) {
                assertThat(end.vc.deleteVc().status()).isEqualTo(NdisStatus.SUCCESS);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"MCM", "MCM_PENDED", "MCM_ACTIVATE_FIRST"})
    void shouldKeepCallsOfBothDirections_andTheOtherSideNotices_nothing(final Form form) {
        start(form);
        final Talk outgoing = call(here(), 1);
        final Talk answered = last(there());
        final Talk incoming = call(there(), 0);
        final Talk taken = last(here());
        final Talk idle = here().createVc();
        talk(outgoing, answered);
        talk(incoming, taken);
        final List<Oid> told = List.copyOf(here().told);
        register(1, mcm(lab.network, form));

        for (int i = 0; i < 4; i++) {
            assertSwapped(swap(1 - i % 2), 3);
            talk(outgoing, answered);
            talk(incoming, taken);
        }

        assertThat(answered.events).containsExactly("connected");
        assertThat(incoming.events).isEmpty();
        assertThat(outgoing.events).isEmpty();
        assertThat(here().told).as("the client heard nothing either").isEqualTo(told);
        assertThat(lab.network.statistics().activeCalls()).isEqualTo(2);

        close(outgoing, answered);
        close(incoming, taken);
        assertThat(lab.settled(idle.vc.makeCall(Q2931Parameters.call(Lab.number(1))))
                        .status())
                .as("a VC that was idle all the time")
                .isEqualTo(NdisStatus.SUCCESS);
        lab.pass(20);
        talk(idle, last(there()));
        close(idle, last(there()));
        final Talk later = call(there(), 0);
        talk(later, last(here()));
        close(later, last(here()));
        lab.nics.remove(0);
        lab.assertNothingLeft();
    }

    @Test
    void shouldKeepCalls_whenTheMcmThatHasThemIsDemotedAndPromoted() {
        start(Form.MCM);
        final Talk outgoing = call(here(), 1);
        final Talk answered = last(there());
        register(1, mcm(lab.network, Form.MCM));

        final var demoted = lab.engine.demote(Lab.adapter(0), 0, "fails its tests");
        lab.pass(6_000);
        assertThat(lab.settled(demoted).isSuccess()).isTrue();
        assertThat(lab.engine.why(Lab.adapter(0)).orElseThrow().active()).hasValue(1);
        talk(outgoing, answered);

        final var promoted = lab.engine.promote(Lab.adapter(0), 0);
        lab.pass(6_000);
        assertThat(lab.settled(promoted).isSuccess()).isTrue();
        talk(outgoing, answered);
        assertThat(answered.events).containsExactly("connected");
        assertThat(outgoing.events).isEmpty();
        close(outgoing, answered);
        lab.nics.remove(0);
        lab.assertNothingLeft();
    }

    @Test
    void shouldLoseNothing_whenBothSidesSendMeanwhile() {
        start(Form.MCM);
        final Talk outgoing = call(here(), 1);
        final Talk answered = last(there());
        register(1, mcm(lab.network, Form.MCM));
        for (int i = 0; i < 10; i++) {
            outgoing.send(50, LENGTH, 5);
            answered.send(50, LENGTH, 5);
            assertSwapped(swap(1 - i % 2), 1);
            outgoing.send(50, LENGTH, 5);
            answered.send(50, LENGTH, 5);
        }
        lab.pass(200);
        for (final Talk talk : List.of(outgoing, answered)) {
            assertThat(talk.received).hasValue(1_000);
            assertThat(talk.outOfOrder).hasValue(0);
            assertThat(talk.completed).hasValue(1_000);
            assertThat(talk.failed).hasValue(0);
        }
    }

    @Test
    void shouldHandOverWhenTheServiceGoes() {
        start(Form.MCM);
        final Talk outgoing = call(here(), 1);
        final Talk answered = last(there());
        register(1, mcm(lab.network, Form.MCM));

        lab.settled(lab.adapters.get(0).unregister());

        assertThat(lab.engine.why(Lab.adapter(0)).orElseThrow().active()).hasValue(1);
        talk(outgoing, answered);
        assertThat(answered.events).containsExactly("connected");
    }

    @Test
    void shouldWaitForACallThatIsBeingSetUp_butNotForEver() {
        start(Form.MCM);
        final Talk connected = call(here(), 1);
        final Talk peer = last(there());
        final Sap hesitant = Sap.e164("4930999");
        final CompletableFuture<NdisResult<CallParameters>> answer = new CompletableFuture<>();
        final CompletableFuture<CallParameters> offered = new CompletableFuture<>();
        assertThat(lab.settled(there().af.join().registerSap(hesitant, (vc, context, parameters) -> {
                            offered.complete(parameters);
                            return answer;
                        }))
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
        final Talk slow = here().createVc();
        final CompletionStage<NdisResult<CallParameters>> made = slow.vc.makeCall(Q2931Parameters.call(hesitant));
        lab.pass(100);
        register(1, mcm(lab.network, Form.MCM));

        final SwapReport refused = swap(1);
        assertThat(refused.outcome()).as("%s", refused).isEqualTo(Outcome.REFUSED);
        assertThat(refused.explanation()).contains(slow.vc.handle().toString()).contains("MAKING");
        talk(connected, peer);

        final CompletionStage<NdisResult<SwapReport>> swapping = lab.engine.swap(Lab.adapter(0), 1);
        lab.pass(1_000);
        answer.complete(NdisResult.success(offered.join()));
        assertThat(lab.settled(made).status()).isEqualTo(NdisStatus.SUCCESS);
        assertSwapped(lab.settled(swapping).get(), 2);
        talk(connected, peer);
        talk(slow, last(there()));
    }

    @Test
    void shouldMakeClientsWait_andServeThemAfterwards() {
        start(Form.MCM);
        call(here(), 1);
        register(1, mcm(lab.network, Form.MCM_PENDED));
        final Talk next = here().createVc();
        final CompletionStage<NdisResult<SwapReport>> swapping = lab.engine.swap(Lab.adapter(0), 1);

        final CompletionStage<NdisResult<CallParameters>> made = next.vc.makeCall(Q2931Parameters.call(Lab.number(1)));
        assertThat(lab.settled(swapping).get().outcome()).isEqualTo(Outcome.SWAPPED);

        assertThat(lab.settled(made).status()).isEqualTo(NdisStatus.SUCCESS);
        lab.pass(20);
        talk(next, last(there()));
    }

    @Test
    void shouldMoveACallToo_thatIsTakenUntilTheFreeze() {
        start(Form.MCM);
        final Talk outgoing = call(here(), 1);
        final Talk answered = last(there());
        final Talk late = there().createVc();
        register(
                1,
                HandOverFault.freezingAfter(
                        mcm(lab.network, Form.MCM), () -> late.vc.makeCall(Q2931Parameters.call(Lab.number(0)))));
        assertSwapped(swap(1), 1);

        assertSwapped(swap(0), 2);

        assertThat(late.vc.callState()).isEqualTo(CallState.CONNECTED);
        talk(outgoing, answered);
        talk(late, last(here()));
        close(late, last(here()));
    }

    private void assertStays(final String reason, final Talk outgoing, final Talk answered) {
        for (int i = 0; i < 3; i++) {
            final SwapReport report = swap(1);
            assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.REFUSED);
            assertThat(report.explanation()).contains(reason);
            assertThat(lab.engine.why(Lab.adapter(0)).orElseThrow().active()).hasValue(0);
            talk(outgoing, answered);
        }
        assertThat(answered.events).containsExactly("connected");
        close(outgoing, answered);
        final Talk later = call(there(), 0);
        talk(later, last(here()));
    }

    @Test
    void shouldStay_whenTheOtherOneCannotCarryAVc() {
        start(Form.MCM);
        final Talk outgoing = call(here(), 1);
        final SimMcm unfit = mcm(lab.network, Form.MCM);
        unfit.miniport().faults().exhaust(SimFaults.Operation.CREATE, true);
        register(1, unfit);
        assertStays("initialize answered", outgoing, last(there()));
    }

    @Test
    void shouldStay_whenTheOtherOneCannotActivateAVc() {
        start(Form.MCM);
        final Talk outgoing = call(here(), 1);
        final SimMcm unfit = mcm(lab.network, Form.MCM);
        unfit.miniport().faults().exhaust(SimFaults.Operation.ACTIVATE, true);
        register(1, unfit);
        assertStays("MiniportCoActivateVc answered", outgoing, last(there()));
    }

    @Test
    void shouldStay_whenTheOtherOneReadsOtherFormatsOnly() {
        start(Form.MCM);
        final Talk outgoing = call(here(), 1);
        register(1, HandOverFault.READS_NOTHING.in(mcm(lab.network, Form.MCM)));
        assertStays(
                "it does not read calls written in dev.condis.adapter.sim.q2931 version 1", outgoing, last(there()));
    }

    @ParameterizedTest
    @EnumSource(value = HandOverFault.class, names = "READS_NOTHING", mode = EnumSource.Mode.EXCLUDE)
    void shouldStay_whenTheOtherOneFailsInTheMiddle(final HandOverFault fault) {
        drivers.mayBreak("R3", fault == HandOverFault.THROWS ? "miniport of atm0" : "nobody");
        start(Form.MCM);
        final Talk outgoing = call(here(), 1);
        register(1, fault.in(mcm(lab.network, Form.MCM)));
        assertStays("adopt", outgoing, last(there()));
    }

    @Test
    void shouldEndTheCalls_whenNobodyCanAdoptThem() {
        start(Form.MCM);
        final Talk outgoing = call(here(), 1);
        final Talk answered = last(there());
        register(1, HandOverFault.READS_NOTHING.in(mcm(lab.network, Form.MCM)));

        lab.settled(lab.adapters.get(0).unregister());
        lab.pass(1_000);

        assertThat(outgoing.vc.callState()).isEqualTo(CallState.IDLE);
        assertThat(outgoing.vc.state()).isEqualTo(VcState.DELETED);
        assertThat(answered.events.get(1)).startsWith("closed");
    }
}
