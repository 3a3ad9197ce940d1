// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Refusal;
import dev.condis.api.callmgr.CmAddressFamily;
import dev.condis.api.callmgr.CmBinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the bindings of a stand-alone call manager and of an MCM have in common: the address families that they offer. */
abstract class CallManagerEdge implements CmBinding {
    private static final Logger LOG = LoggerFactory.getLogger(CallManagerEdge.class);

    final Adapter adapter;
    private volatile boolean closing;

    CallManagerEdge(final Adapter adapter) {
        this.adapter = adapter;
    }

    abstract boolean isMcm();

    @Override
    public final AdapterInfo adapter() {
        return adapter.info();
    }

    @Override
    public final NdisResult<Void> registerAddressFamily(
            final AddressFamily addressFamily, final CmAddressFamily callbacks) {
        return register(addressFamily, callbacks, factory(), listener());
    }

    /** Creates the VCs of its clients. */
    abstract VcFactory factory();

    /** The call manager, as the miniport below it calls it back. */
    abstract Listener listener();

    final NdisResult<Void> register(
            final AddressFamily addressFamily,
            final CmAddressFamily callbacks,
            final VcFactory factory,
            final Listener listener) {
        Objects.requireNonNull(addressFamily, "addressFamily");
        Objects.requireNonNull(callbacks, "callbacks");
        if (closing) {
            return refusedClosing();
        }
        if (!advertise(new Advertisement(addressFamily, callbacks, this, factory, listener))) {
            return refused("R22", "open", addressFamily + " has a call manager on this adapter");
        }
        if (closing) {
            // an end that began meanwhile may have withdrawn the others already
            adapter.withdraw(this);
            return refusedClosing();
        }
        return NdisResult.success();
    }

    /** False when the family has a call manager already (R22). */
    boolean advertise(final Advertisement advertisement) {
        return adapter.advertise(advertisement);
    }

    final <T> NdisResult<T> refusedClosing() {
        return refused("R23", "closing", "the binding is closing");
    }

    final <T> NdisResult<T> refused(final String rule, final String state, final String explanation) {
        return NdisResult.refused(
                NdisStatus.FAILURE, new Refusal(rule, toString(), state, explanation, Optional.empty()));
    }

    /** Asks every client that has an address family of this binding open to close it. */
    final CompletionStage<NdisResult<Void>> closeInstances() {
        final List<CompletionStage<NdisResult<Void>>> closes = new ArrayList<>();
        for (final Advertisement advertisement : adapter.advertisements(this)) {
            for (final AddressFamilyInstance instance : advertisement.instances()) {
                closes.add(instance.closeByCallManager());
            }
        }
        return Stages.all(closes);
    }

    final void beginClosing() {
        closing = true;
    }

    final boolean isClosing() {
        return closing;
    }

    /** The call manager's time is over, or has never begun. */
    final void end() {
        beginClosing();
        removeLeftovers();
    }

    /** Takes away what is left when the call manager's time is over. */
    void removeLeftovers() {
        for (final Advertisement advertisement : adapter.advertisements(this)) {
            for (final AddressFamilyInstance instance : advertisement.instances()) {
                LOG.warn("R44, R45: {} left {} open; it is removed", this, instance);
                instance.remove(NdisStatus.ADAPTER_REMOVED, true);
            }
        }
        adapter.withdraw(this);
    }
}
