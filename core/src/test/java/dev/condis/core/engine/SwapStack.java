// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientVc;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.nbl.NetBufferListQueue;
import dev.condis.core.engine.TestStack.Form;
import dev.condis.core.engine.TestStack.TestClientVc;
import dev.condis.core.engine.TestStack.TestMiniport;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A {@link TestStack} of the stand-alone form whose adapter has several scripted miniports: the first one has service.id 0 and carries it; what
 * the second one, service.id 1, is called with is noted as "next ...", the third one's as "third ...". Every VC counts what it was offered.
 */
final class SwapStack {
    static final String ADAPTER = "test0";
    static final Duration DRAIN = Duration.ofSeconds(3);
    static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration A_MOMENT = Duration.ofMillis(10);
    static final SwapPolicy POLICY = SwapPolicy.defaults().withDrainDeadline(DRAIN);
    static final SwapPolicy PATIENT = POLICY.withGracePeriod(GRACE);

    final VirtualClock clock = new VirtualClock();
    final TestStack stack = Form.STAND_ALONE.prepare(options -> TestStack.verified(new EngineOptions(
            clock, options.passive(), options.timer(), options.teardownDeadline(), options.operationDeadline())));
    final TestMiniport first = stack.miniport;
    final TestMiniport next = stack.new TestMiniport("next ");
    final TestMiniport third = stack.new TestMiniport("third ");
    final List<String> calls = stack.calls;
    final List<Line> lines = new ArrayList<>();

    /** Time that passes when a test says so. */
    static final class VirtualClock extends Clock {
        private Instant now = Instant.EPOCH;

        void advance(final Duration time) {
            now = now.plus(time);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(final ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private SwapStack(final SwapPolicy policy) {
        stack.engine.setDefaultPolicy(policy);
        stack.start();
        stack.showsPauses = true;
    }

    /** The first miniport carries the adapter; the second one is not there yet. */
    static SwapStack alone(final SwapPolicy policy) {
        return new SwapStack(policy);
    }

    /** The first miniport carries the adapter, the second one is a candidate of the same rank. */
    static SwapStack pair(final SwapPolicy policy) {
        final SwapStack pair = new SwapStack(policy);
        pair.register(1, pair.next);
        return pair;
    }

    static SwapStack pair() {
        return pair(POLICY);
    }

    // --- candidates ---

    static MiniportDescriptor candidate(final long serviceId, final int ranking) {
        return new MiniportDescriptor(TestStack.info(), ranking, serviceId, Optional.empty());
    }

    static MiniportDescriptor unavailable(final long serviceId, final String cause) {
        return new MiniportDescriptor(TestStack.info(), 0, serviceId, Optional.of(cause));
    }

    MiniportRegistration register(final long serviceId, final TestMiniport miniport) {
        return stack.engine.registerMiniport(candidate(serviceId, 0), miniport);
    }

    CompletionStage<NdisResult<SwapReport>> swapTo(final long serviceId) {
        return stack.engine.swap(ADAPTER, serviceId);
    }

    /** A swap to the second miniport that ends at once. */
    SwapReport swap(final Outcome outcome) {
        final SwapReport report = TestStack.succeeds(swapTo(1)).get();
        assertThat(report.outcome()).as("%s", report).isEqualTo(outcome);
        assertThat(journal()).last().isEqualTo(report);
        return report;
    }

    List<SwapReport> journal() {
        return stack.engine.swaps(ADAPTER);
    }

    SwapReport lastReport() {
        return journal().get(journal().size() - 1);
    }

    BackendChoice why() {
        return stack.engine.why(ADAPTER).orElseThrow();
    }

    BackendChoice.Candidate candidate(final long serviceId) {
        return why().candidates().stream()
                .filter(candidate -> candidate.serviceId() == serviceId)
                .findFirst()
                .orElseThrow();
    }

    /** The service.id of the backend that carries the adapter, or -1. */
    long active() {
        return why().active().orElse(-1);
    }

    // --- time ---

    void passDrainDeadline() {
        stack.passDeadlines(DRAIN);
    }

    void passGracePeriod() {
        stack.passDeadlines(GRACE);
    }

    /** What is taken back from a lost backend is looked for a moment later. */
    void passAMoment() {
        stack.passDeadlines(A_MOMENT);
    }

    // --- VCs ---

    /** A VC of the client, and what was offered on it. */
    final class Line {
        final TestClientVc context;
        final ClientVc vc;
        final CmVc callManager;
        private long offered;

        private Line(final TestClientVc context, final ClientVc vc) {
            this.context = context;
            this.vc = vc;
            callManager = stack.callManager.vc;
            lines.add(this);
        }

        /** Sends one chain whose NBLs carry these octets. */
        void send(final int... octets) {
            offered += octets.length;
            vc.sendNetBufferLists(chain(stack.pool, octets), NblFlags.NONE);
        }

        /** Sends a chain that comes up here again (R188). */
        void sendLooped(final int... octets) {
            offered += octets.length;
            vc.sendNetBufferLists(chain(stack.pool, octets), NblFlags.SEND_CHECK_FOR_LOOPBACK);
        }

        /** The octets that came up. */
        List<Integer> received() {
            return context.octets;
        }

        long held() {
            return ((DataPath) vc.handle()).heldSends();
        }

        VcSnapshot snapshot() {
            return stack.vcs().stream()
                    .filter(snapshot -> snapshot.name().equals(vc.toString()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** A VC of the client without a call. */
    Line vc() {
        final TestClientVc context = stack.new TestClientVc();
        return new Line(context, stack.client.af.createVc(context).get());
    }

    /** A VC with a call. */
    Line line() {
        final Line line = vc();
        TestStack.succeeds(line.vc.makeCall(TestStack.PARAMETERS));
        return line;
    }

    static NetBufferList chain(final NetBufferListPool pool, final int... octets) {
        final NetBufferListQueue queue = new NetBufferListQueue();
        Arrays.stream(octets).forEach(octet -> queue.add(pool.allocate().fill(new byte[] {(byte) octet})));
        return queue.takeAll();
    }

    /** A miniport has received NBLs with these octets on its VC with this number, in the order of creation. */
    void receive(final TestMiniport at, final int vc, final int... octets) {
        indicate(at.vcs.get(vc), NblFlags.NONE, octets);
    }

    void indicate(final MiniportVc vc, final int flags, final int... octets) {
        vc.indicateReceiveNetBufferLists(chain(stack.pool, octets), flags);
    }

    // --- accounting ---

    /** Design section 6: for every VC, offered = completed + failed + held, and what is on its way. */
    void accounts() {
        lines.forEach(this::accounts);
    }

    private void accounts(final Line line) {
        final long back = line.context.statuses.size();
        final Optional<VcSnapshot> snapshot = stack.engine.adapters().stream()
                .flatMap(adapter -> adapter.vcs().stream())
                .filter(vc -> vc.name().equals(line.vc.toString()))
                .findFirst();
        if (snapshot.isEmpty()) {
            assertThat(back).as("%s is gone: everything has come back", line.vc).isEqualTo(line.offered);
            return;
        }
        final VcSnapshot vc = snapshot.get();
        assertThat(vc.sendsAccepted() + vc.sendsRefused() + line.held())
                .as("what was offered on %s, and %s with %s held", line.vc, vc, line.held())
                .isEqualTo(line.offered);
        assertThat(vc.sendsCompleted() + vc.sendsRefused())
                .as("what has come back on %s", vc)
                .isEqualTo(back);
        assertThat(vc.receivesIndicated())
                .as("what came up on %s", vc)
                .isEqualTo(line.received().size());
    }

    /** Everything that was offered has been sent, and none of it waits. */
    void accountsForSuccess() {
        accounts();
        for (final Line line : lines) {
            assertThat(line.held()).as("held on %s", line.vc).isZero();
            assertThat(line.context.statuses)
                    .as("what came back on %s", line.vc)
                    .hasSize((int) line.offered)
                    .containsOnly(line.offered == 0 ? new NdisStatus[0] : new NdisStatus[] {NdisStatus.SUCCESS});
        }
    }
}
