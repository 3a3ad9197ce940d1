// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.reference;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CmAddressFamily;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.oid.Oid;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * A call manager that keeps the contract, on a network in memory. Everything happens on the network's thread, so it answers nothing
 * before it returns.
 */
public class ReferenceCallManager implements CallManager {
    /** The address family that it offers. */
    public static final AddressFamily FAMILY = new AddressFamily(0x0C0D_7C01, 1, 0);
    /** How many VCs a client may have. */
    public static final int MAX_VCS = 6;

    private final ReferenceNetwork network;
    private final List<ReferenceAf> families = new CopyOnWriteArrayList<>();

    /**
     * Makes the call manager.
     *
     * @param network what it signals on
     */
    public ReferenceCallManager(final ReferenceNetwork network) {
        this.network = network;
    }

    /**
     * What it signals on.
     *
     * @return the network
     */
    public final ReferenceNetwork network() {
        return network;
    }

    @Override
    public NdisStatus bindAdapter(final CmBinding binding) {
        network.attach(new Signals());
        return register(binding).status();
    }

    /**
     * Offers the address family (rules R20, R21).
     *
     * @param binding where
     * @return the outcome
     */
    protected NdisResult<Void> register(final CmBinding binding) {
        return binding.registerAddressFamily(FAMILY, opener());
    }

    /**
     * What takes the clients that open the family.
     *
     * @return the entry point
     */
    public final CmAddressFamily opener() {
        return this::open;
    }

    private CompletionStage<NdisResult<CmAfContext>> open(final CmAf af) {
        final CompletableFuture<NdisResult<CmAfContext>> opened = new CompletableFuture<>();
        network.later(() -> open(af, opened));
        return opened;
    }

    /**
     * A client opens the address family.
     *
     * @param af its side of it
     * @param opened takes the outcome
     */
    protected void open(final CmAf af, final CompletableFuture<NdisResult<CmAfContext>> opened) {
        final ReferenceAf family = newFamily(af);
        families.add(family);
        opened.complete(NdisResult.success(family));
        family.opened();
    }

    /**
     * Makes what is kept for a client.
     *
     * @param af its side of the address family
     * @return the context
     */
    protected ReferenceAf newFamily(final CmAf af) {
        return new ReferenceAf(this, af);
    }

    /**
     * Makes what is kept for a VC.
     *
     * @param family the client
     * @return the context, not attached to its VC yet
     */
    protected ReferenceCall newCall(final ReferenceAf family) {
        return new ReferenceCall(family);
    }

    /**
     * Tells whether another client has a SAP (rule R50).
     *
     * @param sap the SAP
     * @return {@code true} if it is taken
     */
    protected boolean isTaken(final Sap sap) {
        return families.stream().anyMatch(family -> family.hasSap(sap));
    }

    final void closed(final ReferenceAf family) {
        families.remove(family);
    }

    @Override
    public CompletionStage<NdisStatus> unbindAdapter(final CmBinding binding) {
        network.detachExchange();
        return binding.closeAll().thenApply(NdisResult::status);
    }

    /**
     * Signaling fails, or works again: clients are told (rule R203).
     *
     * @param works whether it works
     */
    protected void signalingChanged(final boolean works) {
        families.forEach(family -> family.tell(works ? Oid.CO_SIGNALING_ENABLED : Oid.CO_SIGNALING_DISABLED));
    }

    private Stream<ReferenceCall> calls() {
        return families.stream().flatMap(ReferenceAf::calls);
    }

    private Optional<ReferenceCall> call(final int circuit) {
        return calls().filter(call -> call.isOn(circuit)).findFirst();
    }

    /** What the network reports. */
    private final class Signals implements ReferenceNetwork.Exchange {
        @Override
        public void offered(final Sap sap, final CallParameters parameters) {
            families.stream()
                    .filter(family -> family.hasSap(sap))
                    .findFirst()
                    .ifPresentOrElse(family -> family.offer(sap, parameters), () -> network.answered(false));
        }

        @Override
        public boolean listens(final Sap sap) {
            return families.stream().anyMatch(family -> family.hasSap(sap));
        }

        @Override
        public void released(final int circuit, final NdisStatus cause, final Octets closeData) {
            call(circuit).ifPresent(call -> call.released(cause, closeData));
        }

        @Override
        public void changed(final int circuit, final CallParameters parameters) {
            call(circuit).ifPresent(call -> call.changedRemotely(parameters));
        }

        @Override
        public void left(final int circuit, final int leg) {
            call(circuit).ifPresent(call -> call.left(leg));
        }

        @Override
        public void signaling(final boolean works) {
            signalingChanged(works);
        }
    }
}
