// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/**
 * A real engine with a client, a call manager, a VC of the client and two NICs, of which A carries the adapter. The engine has no thread: what
 * an actor begins runs on its thread, and what waits for another actor goes on there. Nothing waits for a deadline; short pauses end when the
 * arbiter looks.
 */
final class StressRig {
    private static final String ADAPTER = "stress";
    private static final Duration TEARDOWN = Duration.ofHours(1);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int NBLS = 2;

    /** The service.id of NIC A. */
    static final int A = 1;

    /** The service.id of NIC B. */
    static final int B = 2;

    final Notes notes = new Notes();
    final StressNic a = new StressNic("A", notes);
    final StressNic b = new StressNic("B", notes);
    final NdisEngine engine;
    final ClientVc vc;
    private final Queue<Runnable> pauses = new ConcurrentLinkedQueue<>();
    private final Queue<CompletableFuture<?>> begun = new ConcurrentLinkedQueue<>();
    private final NetBufferListPool pool = new NetBufferListPool("sent", NBLS, 1);
    private final List<NetBufferList> nbls = new ArrayList<>();
    private final Caller caller = new Caller();
    final MiniportRegistration registrationOfA;
    private volatile boolean wasDeleted;
    private Optional<MiniportRegistration> registrationOfB = Optional.empty();

    private StressRig(final SwapPolicy policy) {
        engine = new NdisEngine(new EngineOptions(Clock.systemUTC(), Runnable::run, this::schedule, TEARDOWN));
        engine.setDefaultPolicy(policy);
        registrationOfA = register(A, a);
        engine.registerCallManager(DriverDescriptor.everywhere("cm"), new Named());
        engine.registerClient(DriverDescriptor.everywhere("client"), caller);
        vc = caller.af.createVc(caller).get();
        for (int octet = 1; octet <= NBLS; octet++) {
            nbls.add(pool.allocate().fill(new byte[] {(byte) octet}));
        }
    }

    /** What only a deadline would end does not end here. */
    private Runnable schedule(final Runnable task, final Duration delay) {
        if (delay.compareTo(PAUSE) > 0) {
            return () -> {};
        }
        pauses.add(task);
        return () -> pauses.remove(task);
    }

    private MiniportRegistration register(final long serviceId, final StressNic nic) {
        return engine.registerMiniport(
                new MiniportDescriptor(
                        new AdapterInfo(ADAPTER, Medium.ATM, 0, Map.of()), 0, serviceId, Optional.empty()),
                nic);
    }

    /** A VC without a call on A; B is not there. */
    static StressRig alone(final SwapPolicy policy) {
        return new StressRig(policy);
    }

    /** A VC without a call on A; B is a candidate. */
    static StressRig idle() {
        return new StressRig(patient()).withB();
    }

    /** A VC with a call on A; B is a candidate. */
    static StressRig connected() {
        return connected(patient());
    }

    static StressRig connected(final SwapPolicy policy) {
        return new StressRig(policy).withB().withCall();
    }

    static SwapPolicy patient() {
        return SwapPolicy.defaults().withGracePeriod(TEARDOWN).withDrainDeadline(TEARDOWN);
    }

    StressRig withB() {
        registrationOfB = Optional.of(register(B, b));
        return this;
    }

    StressRig withCall() {
        begun.add(makeCall().toCompletableFuture());
        return this;
    }

    // --- what actors do ---

    /** The arbiter looks whether it has completed. */
    <T> CompletionStage<T> begin(final CompletionStage<T> stage) {
        begun.add(stage.toCompletableFuture());
        return stage;
    }

    CompletionStage<NdisResult<SwapReport>> swapTo(final long serviceId) {
        return begin(engine.swap(ADAPTER, serviceId));
    }

    CompletionStage<NdisResult<CallParameters>> makeCall() {
        return begin(vc.makeCall(CallParameters.bestEffort()));
    }

    CompletionStage<NdisResult<Void>> closeCall() {
        return begin(vc.closeCall(Octets.EMPTY));
    }

    /** A is refused while it carries the adapter. */
    void swapBack() {
        swapTo(A);
    }

    void deletes() {
        final NdisResult<Void> deleted = vc.deleteVc();
        notes.never(!deleted.isSuccess(), "not deleted: " + deleted);
    }

    /** A client that is told to wait for the end of its call tries no second time here. */
    void deletesWhenIdle() {
        wasDeleted = vc.deleteVc().isSuccess();
    }

    /** Sends the NBL with this octet, 1 or 2. */
    void send(final int octet) {
        vc.sendNetBufferLists(nbls.get(octet - 1), NblFlags.NONE);
    }

    /** The hardware of a NIC is gone. */
    void loses(final StressNic nic) {
        nic.pullOut();
        final MiniportRegistration registration = nic == a ? registrationOfA : registrationOfB.orElseThrow();
        begin(registration.surpriseRemoved("pulled out"));
    }

    // --- what the arbiter looks at ---

    /** Lets everything end that can: NICs complete, and pauses are over. */
    void settle() {
        a.holdsSends = false;
        b.holdsSends = false;
        boolean goesOn = true;
        while (goesOn) {
            a.completeSends();
            b.completeSends();
            final Optional<Runnable> pause = Optional.ofNullable(pauses.poll());
            pause.ifPresent(Runnable::run);
            goesOn = pause.isPresent();
        }
        notes.never(begun.stream().anyMatch(stage -> !stage.isDone()), "something never completes");
        notes.never(a.outstanding() + b.outstanding() > 0, "a received NBL was not given back");
    }

    /** Each of the sends came back once, with success or without, and went out at most as often as it should. */
    void everySendCameBackOnce(final int... octets) {
        final List<Integer> back = new ArrayList<>(notes.completed());
        back.addAll(notes.failed());
        notes.never(back.size() != octets.length, "came back: " + back);
        for (final int octet : octets) {
            notes.never(back.stream().filter(each -> each == octet).count() != 1, octet + " came back: " + back);
        }
    }

    /** Each of the sends went out once, in this order, and came back with success. */
    void everySendWentOutInOrder(final int... octets) {
        everySendCameBackOnce(octets);
        notes.never(!notes.failed().isEmpty(), "failed: " + notes.failed());
        final String wanted = Arrays.stream(octets).mapToObj(Integer::toString).collect(Collectors.joining());
        notes.never(!wanted.equals(order()), "went out: " + notes.sent());
    }

    private String order() {
        return notes.sent().stream().map(each -> each.substring(0, 1)).collect(Collectors.joining());
    }

    /** None of the sends went out twice, nor one that was offered later before another. */
    void wentOutAtMostOnce() {
        notes.never(!List.of("", "1", "2", "12").contains(order()), "went out: " + notes.sent());
    }

    /** Each of the sends went out once at least; what went out last at the NIC that is there is in order. */
    void nothingIsLost(final int... octets) {
        notes.never(!notes.failed().isEmpty(), "failed: " + notes.failed());
        for (final int octet : octets) {
            notes.never(order().indexOf('0' + octet) < 0, octet + " never went out: " + notes.sent());
        }
        final String atB = notes.sent().stream()
                .filter(each -> each.endsWith("B"))
                .map(each -> each.substring(0, 1))
                .collect(Collectors.joining());
        notes.never(!List.of("", "1", "2", "12").contains(atB), "went out: " + notes.sent());
    }

    /** What came up is in this order; the first may not have been indicated at all. */
    void cameUpInOrder(final int first, final int second) {
        notes.never(
                !notes.received().equals(List.of(first, second))
                        && !notes.received().equals(List.of(second)),
                "came up: " + notes.received());
    }

    /** The VC is active there and nowhere else; its call is up, and takes sends. */
    void isUpAt(final StressNic nic) {
        final StressNic other = nic == a ? b : a;
        notes.never(nic.active() != 1, "active VCs where the VC is: " + nic.active());
        notes.never(nic.created() != 1, "VCs where the VC is: " + nic.created());
        notes.never(other.created() != 0, "VCs where the VC is not: " + other.created());
        notes.never(snapshots().size() != 1, "VCs: " + snapshots());
    }

    /** No NIC has a VC. */
    void isGone() {
        notes.never(a.created() + b.created() != 0, "VCs at A and B: " + a.created() + ", " + b.created());
        notes.never(!snapshots().isEmpty(), "VCs: " + snapshots());
    }

    /** The VC is there, at this NIC, and no call uses it. */
    void isIdleAt(final StressNic nic) {
        final StressNic other = nic == a ? b : a;
        notes.never(nic.created() != 1 || nic.active() != 0, "active where the VC is: " + nic.active());
        notes.never(other.created() != 0, "VCs where the VC is not: " + other.created());
    }

    /** As the client found it. */
    void isGoneOrIdleAt(final StressNic nic) {
        if (wasDeleted) {
            isGone();
        } else {
            isIdleAt(nic);
        }
    }

    /** The sends that were accepted are completed, and nothing is held. */
    void accounts() {
        for (final VcSnapshot each : snapshots()) {
            notes.never(each.sendsAccepted() != each.sendsCompleted() || each.sendsHeld() != 0, each.toString());
        }
    }

    private List<VcSnapshot> snapshots() {
        return engine.adapters().stream()
                .flatMap(adapter -> adapter.vcs().stream())
                .toList();
    }

    /** The NIC that carries the adapter. */
    StressNic carrier() {
        final long active = engine.why(ADAPTER).orElseThrow().active().orElse(-1);
        notes.never(active < 0, "no NIC carries the adapter");
        return active == B ? b : a;
    }

    /** "ok", or what was seen and should not have been. */
    String verdict() {
        accounts();
        return notes.faults().isEmpty() ? "ok" : String.join("; ", notes.faults()) + "; " + history();
    }

    /** What the engine says itself, beside a fault. */
    private String history() {
        final String swaps = engine.swaps(ADAPTER).stream()
                .map(report -> report.outcome() + " "
                        + report.vcs().stream()
                                .map(each -> each.outcome()
                                        + each.reason().map(why -> " " + why).orElse(""))
                                .toList())
                .collect(Collectors.joining(", "));
        final String states = snapshots().stream()
                .map(each -> each.state() + "/" + each.callState())
                .collect(Collectors.joining(", "));
        return "swaps: " + swaps + "; VC: " + states;
    }

    /** Where the sends went out. */
    String way() {
        return notes.sent().isEmpty() ? "none" : String.join(" ", notes.sent());
    }

    // --- drivers ---

    private final class Caller implements CoClient, ClientAfContext, ClientVcContext {
        private ClientAf af;

        @Override
        public void afRegisterNotify(final ClientBinding binding, final AddressFamily family) {
            binding.openAddressFamily(family, this).thenAccept(result -> af = result.get());
        }

        @Override
        public void receiveNetBufferLists(final ClientVc from, final NetBufferList received, final int flags) {
            notes.received(received);
            from.returnNetBufferLists(received, NblFlags.NONE);
        }

        @Override
        public void sendNetBufferListsComplete(final ClientVc from, final NetBufferList completed, final int flags) {
            notes.completed(completed);
        }

        @Override
        public void incomingCloseCall(final ClientVc from, final NdisStatus closeStatus, final Octets closeData) {
            notes.never(true, "the call is closed with " + closeStatus);
        }
    }

    /** Activates what the client asks for. */
    private static final class Named implements CallManager, CmAfContext {
        @Override
        public NdisStatus bindAdapter(final CmBinding binding) {
            return binding.registerAddressFamily(AddressFamily.Q2931, af -> NdisResult.<CmAfContext>success(this)
                            .asStage())
                    .status();
        }

        @Override
        public NdisResult<CmVcContext> createVc(final CmVc circuit) {
            return NdisResult.success(new NamedVc(circuit));
        }

        @Override
        public CompletionStage<NdisResult<CmSapContext>> registerSap(final CmSap sap) {
            return NdisResult.<CmSapContext>failure(NdisStatus.NOT_SUPPORTED).asStage();
        }

        @Override
        public CompletionStage<NdisStatus> closeAf() {
            return NdisStatus.SUCCESS.asStage();
        }
    }

    private record NamedVc(CmVc circuit) implements CmVcContext {
        @Override
        public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
            return circuit.activateVc(parameters);
        }

        @Override
        public CompletionStage<NdisStatus> closeCall(final Octets closeData) {
            return circuit.deactivateVc().thenApply(NdisResult::status);
        }

        @Override
        public NdisStatus deleteVc() {
            return NdisStatus.SUCCESS;
        }
    }
}
