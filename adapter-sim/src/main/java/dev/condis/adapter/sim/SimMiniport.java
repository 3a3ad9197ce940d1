// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.SimFaults.Operation;
import dev.condis.adapter.sim.net.NicDriver;
import dev.condis.adapter.sim.net.NicPort;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.SimTime;
import dev.condis.adapter.sim.net.WirePdu;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.StatusIndication;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A miniport for a NIC on a simulated network: on ATM a VC is a VPI/VCI, on Ethernet a flow of frames given by tags, peer
 * and EtherType. It has no signaling; a call manager stands above it, or beside it in a {@link SimMcm}.
 *
 * <p>A send is completed when the PDU has left the NIC. Completions and receives come on the network's thread at DISPATCH
 * level, in batches, never on the stack of a call into the miniport; sends that cannot be queued come back at once.
 *
 * <p>NICs of one logical adapter with one address stand in for each other at one place of the network: a circuit ends at the one that has it
 * active, at the one that was there first while several have. What a VC has queued is transmitted before its deactivation completes.
 *
 * <p>It is paused from initialize to restart: sends come back with {@code PAUSED}, what the link brings is dropped and counted as
 * without buffer. A reset aborts what is queued and forgets settings; VCs stay as they are in both.
 */
public final class SimMiniport implements CoMiniport {

    private static final Logger LOG = LoggerFactory.getLogger(SimMiniport.class);
    private static final long RETURN_DEADLINE_NANOS = 5_000_000_000L;

    /** Told on the network's thread when the link goes down or comes back. */
    interface LinkListener {
        void linkChanged(boolean up);
    }

    private final SimNetwork network;
    private final SimNicOptions options;
    private final SimFaults faults;
    private final Circuits circuits;
    private final PduCounters counters = new PduCounters();
    private final TransmitPath transmitPath = new TransmitPath(this);
    private final ReceivePath receivePath;
    private final Set<SimVc> vcs = ConcurrentHashMap.newKeySet();
    private final ReentrantLock returns = new ReentrantLock();
    private final Condition returned = returns.newCondition();
    private final LinkListener linkListener;
    private final NicGate gate = new NicGate();
    private final NicOids oids;
    private final AtomicReference<Optional<CompletableFuture<NdisStatus>>> pausing =
            new AtomicReference<>(Optional.empty());

    private volatile Optional<NicPort> port = Optional.empty();
    private volatile Optional<MiniportAdapter> adapter = Optional.empty();
    private volatile Optional<Path> captureFile = Optional.empty();
    private volatile long lowestLinkBitsPerSecond;
    private volatile boolean halting;

    /** Looked at whenever an NBL comes back, so that it is a plain flag. */
    private volatile boolean quieting;

    /**
     * Makes the miniport; it is on the network from initialize to halt.
     *
     * @param network where the NIC is
     * @param options how the NIC is made
     */
    public SimMiniport(SimNetwork network, SimNicOptions options) {
        this(network, options, up -> {});
    }

    /** The half of an MCM. */
    SimMiniport(SimNetwork network, SimNicOptions options, LinkListener linkListener) {
        this.network = Objects.requireNonNull(network, "network");
        this.options = Objects.requireNonNull(options, "options");
        this.linkListener = linkListener;
        this.faults = new SimFaults(network.time(), options.asyncCompletions(), this::pullOut);
        this.circuits = network.medium() == SimMedium.ATM ? new AtmCircuits() : new EthernetCircuits(options.address());
        this.receivePath = new ReceivePath(this, new SimVc(this, NoVc.INSTANCE));
        this.oids = new NicOids(this);
    }

    @Override
    public NdisStatus initialize(MiniportAdapter newAdapter) {
        Optional<NicPort> attached =
                network.attachTo(newAdapter.adapter().name(), options.address(), options.link(), new Driver());
        if (attached.isEmpty()) {
            LOG.warn(
                    "{} cannot start on {}: {}",
                    this,
                    network,
                    network.isClosed() ? "the network has ended" : "another station has its address");
            return NdisStatus.RESOURCE_CONFLICT;
        }
        adapter = Optional.of(newAdapter);
        port = attached;
        transmitPath.attach(attached.get());
        captureFile.ifPresent(file -> capture(attached.get(), file));
        lowestLinkBitsPerSecond = linkBitsPerSecond();
        halting = false;
        quieting = false;
        pausing.set(Optional.empty());
        gate.attached();
        return NdisStatus.SUCCESS;
    }

    /** Captures from initialize to halt. */
    void captureFromStart(Path file) {
        captureFile = Optional.of(file);
    }

    private void capture(NicPort attached, Path file) {
        try {
            // The port ends the capture when it is detached.
            attached.capture(file);
        } catch (IOException e) {
            LOG.warn("{} runs without its capture file: {}", this, e.toString());
        }
    }

    @Override
    public void halt(HaltAction action) {
        halting = true;
        takeOff();
        awaitReturns();
        port = Optional.empty();
        adapter = Optional.empty();
    }

    @Override
    public void surpriseRemoved() {
        takeOff();
    }

    /** The fault: the hardware goes, and the driver notices. */
    private void pullOut() {
        takeOff();
        adapter.ifPresent(
                present -> present.removeMiniport("the simulated NIC " + options.address() + " was pulled out"));
    }

    private void takeOff() {
        gate.removed();
        oids.abort(NdisStatus.NOT_ACCEPTED);
        port.ifPresent(NicPort::detach);
        inTurn(this::abortAll);
    }

    /** The turn in progress may be working with what is swept away: then it is swept in the next one. */
    private void inTurn(Runnable sweep) {
        if (time().isLoopThread()) {
            time().execute(sweep);
        } else {
            time().runAndWait(sweep);
        }
    }

    private void abortAll() {
        transmitPath.abortTaken(NdisStatus.NOT_ACCEPTED);
        receivePath.abort();
        abortQueued(NdisStatus.NOT_ACCEPTED);
        vcs.forEach(SimVc::abortReceived);
    }

    /** What is in transmission leaves the NIC in its own time; the rest comes back. */
    private void abortQueued(NdisStatus status) {
        for (SimVc vc : vcs) {
            vc.abortTaken(status);
            vc.abortPending(status);
        }
    }

    // ---- restart, pause, reset

    @Override
    public CompletionStage<NdisStatus> restart() {
        NdisStatus status = NdisStatus.SUCCESS;
        if (gate.isRemoved()) {
            status = NdisStatus.NOT_ACCEPTED;
        } else if (faults.isExhausted(Operation.RESTART)) {
            status = NdisStatus.RESOURCES;
        } else {
            quieting = false;
            gate.paused(false);
            transmitPath.wake();
        }
        NdisStatus outcome = status;
        CompletableFuture<NdisStatus> stage = new CompletableFuture<>();
        faults.complete(Operation.RESTART, () -> stage.complete(outcome));
        return stage;
    }

    @Override
    public CompletionStage<NdisStatus> pause() {
        CompletableFuture<NdisStatus> stage = new CompletableFuture<>();
        Optional<CompletableFuture<NdisStatus>> waiting =
                pausing.getAndUpdate(before -> before.isPresent() ? before : Optional.of(stage));
        if (waiting.isPresent()) {
            return waiting.get();
        }
        gate.paused(true);
        quieting = true;
        inTurn(() -> {
            abortQueued(NdisStatus.PAUSED);
            cameBack();
        });
        return stage;
    }

    /** An NBL came back to whom it belongs: with the last one a pause is complete (R218). */
    void cameBack() {
        if (quieting && vcs.stream().allMatch(SimVc::isQuiet)) {
            pausing.getAndSet(Optional.empty())
                    .ifPresent(stage -> faults.complete(Operation.PAUSE, () -> stage.complete(NdisStatus.SUCCESS)));
        }
    }

    @Override
    public CompletionStage<NdisResult<AddressingReset>> reset() {
        CompletableFuture<NdisResult<AddressingReset>> stage = new CompletableFuture<>();
        if (gate.isRemoved()) {
            return NdisResult.<AddressingReset>failure(NdisStatus.NOT_ACCEPTED).asStage();
        }
        if (faults.isExhausted(Operation.RESET)) {
            return NdisResult.<AddressingReset>failure(NdisStatus.RESOURCES).asStage();
        }
        gate.resetting(true);
        inTurn(() -> {
            AddressingReset addressing = resetNow();
            faults.complete(Operation.RESET, () -> stage.complete(NdisResult.success(addressing)));
        });
        return stage;
    }

    private AddressingReset resetNow() {
        oids.abort(NdisStatus.REQUEST_ABORTED);
        abortQueued(NdisStatus.RESET_IN_PROGRESS);
        boolean lost = oids.forgetSettings();
        gate.resetting(false);
        return lost ? AddressingReset.LOST : AddressingReset.KEPT;
    }

    @Override
    public CompletionStage<OidResult> oidRequest(Optional<VcDataPath> vcContext, OidRequest request) {
        if (vcContext.isEmpty()) {
            return oids.answer(Optional.empty(), request);
        }
        return vcContext
                .filter(SimVc.class::isInstance)
                .map(SimVc.class::cast)
                .filter(vcs::contains)
                .map(vc -> oids.answer(Optional.of(vc), request))
                .orElseGet(() -> OidResult.failure(NdisStatus.FAILURE).asStage());
    }

    @Override
    public void cancelOidRequest(OidRequest request) {
        oids.cancel(request);
    }

    @Override
    public void cancelSend(long cancelId) {
        if (cancelId != 0) {
            time().execute(() -> vcs.forEach(vc -> vc.cancel(cancelId)));
        }
    }

    /** Every indicated NBL is to be back before halt returns (R220). */
    private void awaitReturns() {
        returns.lock();
        try {
            long left = RETURN_DEADLINE_NANOS;
            while (receivePath.outstanding() > 0 && left > 0) {
                left = returned.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            returns.unlock();
        }
        if (receivePath.outstanding() > 0) {
            LOG.warn("{} is halted while {} indicated NBLs are not back (R220)", this, receivePath.outstanding());
        }
    }

    void returned() {
        if (halting) {
            returns.lock();
            try {
                returned.signalAll();
            } finally {
                returns.unlock();
            }
        }
    }

    @Override
    public NdisResult<MiniportVcContext> createVc(MiniportVc vc) {
        if (gate.isRemoved()) {
            return NdisResult.failure(NdisStatus.NOT_ACCEPTED);
        }
        if (faults.isExhausted(Operation.CREATE)) {
            return NdisResult.failure(NdisStatus.RESOURCES);
        }
        SimVc created = new SimVc(this, vc);
        vcs.add(created);
        return NdisResult.success(created);
    }

    void deleted(SimVc vc) {
        vcs.remove(vc);
    }

    /**
     * Faults on demand.
     *
     * @return the faults of this NIC
     */
    public SimFaults faults() {
        return faults;
    }

    /**
     * The NIC's place on the network: its link, and captures.
     *
     * @return the port; empty before initialize and after halt
     */
    public Optional<NicPort> port() {
        return port;
    }

    /**
     * The network the NIC is on.
     *
     * @return the network
     */
    public SimNetwork network() {
        return network;
    }

    /**
     * How the NIC was made.
     *
     * @return the options
     */
    public SimNicOptions options() {
        return options;
    }

    /**
     * What the NIC did.
     *
     * @return its counters now
     */
    public SimStatistics statistics() {
        return counters.snapshot();
    }

    /**
     * What the VCs did that exist now.
     *
     * @return counters by the text of the handle
     */
    public Map<String, SimStatistics> vcStatistics() {
        Map<String, SimStatistics> statistics = new LinkedHashMap<>();
        List.copyOf(vcs).forEach(vc -> statistics.put(vc.vc().handle().toString(), vc.statistics()));
        return statistics;
    }

    /**
     * How many received NBLs are with the protocols.
     *
     * @return NBLs indicated and not returned
     */
    public int outstandingReceives() {
        return receivePath.outstanding();
    }

    NicGate gate() {
        return gate;
    }

    Set<SimVc> vcs() {
        return vcs;
    }

    /** 0 while there is no limit. */
    long linkBitsPerSecond() {
        return port.map(present -> present.profile().bitsPerSecond())
                .orElse(options.link().bitsPerSecond());
    }

    /** The lowest speed that the link had since initialize; 0 as long as there was no limit. */
    long lowestLinkBitsPerSecond() {
        return lowestLinkBitsPerSecond;
    }

    boolean isLinkUp() {
        return port.filter(NicPort::isUp).isPresent();
    }

    SimTime time() {
        return network.time();
    }

    Circuits circuits() {
        return circuits;
    }

    PduCounters counters() {
        return counters;
    }

    TransmitPath transmitPath() {
        return transmitPath;
    }

    @Override
    public String toString() {
        return "sim NIC " + options.address();
    }

    /** Closes nothing: what the state of the link means for calls is for call managers and clients to say (R212). */
    private void indicateLink() {
        if (gate.isRemoved()) {
            return;
        }
        LinkState state = isLinkUp() ? LinkState.connected(linkBitsPerSecond()) : LinkState.disconnected();
        adapter.ifPresent(present -> present.indicateStatus(StatusIndication.linkState(state)));
    }

    private final class Driver implements NicDriver {

        @Override
        public boolean nextToTransmit(WirePdu pdu) {
            return transmitPath.next(pdu);
        }

        @Override
        public void transmitted(boolean sent) {
            transmitPath.transmitted(sent);
        }

        @Override
        public void transmitBatchEnded() {
            transmitPath.batchEnded();
        }

        @Override
        public void received(WirePdu pdu) {
            receivePath.received(pdu);
        }

        @Override
        public int fit(WirePdu pdu) {
            return circuits.fit(pdu);
        }

        @Override
        public boolean offered(WirePdu pdu) {
            return receivePath.offered(pdu);
        }

        @Override
        public void receiveBatchEnded() {
            receivePath.batchEnded();
        }

        @Override
        public void linkChanged(boolean up) {
            indicateLink();
            linkListener.linkChanged(up);
        }

        @Override
        public void linkSpeedChanged(long bitsPerSecond) {
            boolean slower =
                    bitsPerSecond != 0 && (lowestLinkBitsPerSecond == 0 || bitsPerSecond < lowestLinkBitsPerSecond);
            lowestLinkBitsPerSecond = slower ? bitsPerSecond : lowestLinkBitsPerSecond;
            indicateLink();
        }
    }

    /** Stands for the VC of PDUs that have none; it is never active, so nothing is called on it. */
    private enum NoVc implements MiniportVc {
        INSTANCE;

        private final NdisVcHandle handle = new NdisVcHandle() {
            @Override
            public String toString() {
                return "no VC";
            }
        };

        @Override
        public NdisVcHandle handle() {
            return handle;
        }

        @Override
        public void sendNetBufferListsComplete(NetBufferList nbls, int flags) {
            throw new IllegalStateException("nothing is sent on no VC");
        }

        @Override
        public void indicateReceiveNetBufferLists(NetBufferList nbls, int flags) {
            throw new IllegalStateException("nothing is received on no VC");
        }

        @Override
        public void indicateStatus(StatusIndication indication) {
            throw new IllegalStateException("nothing happens on no VC");
        }
    }
}
