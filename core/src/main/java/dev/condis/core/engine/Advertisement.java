// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.AddressFamily;
import dev.condis.api.callmgr.CmAddressFamily;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An address family that a call manager offers on an adapter (contract B.3). */
final class Advertisement {
    private final AddressFamily addressFamily;
    private final CmAddressFamily callbacks;
    private final CallManagerEdge owner;
    private final VcFactory factory;
    private final Listener listener;
    private final Set<AddressFamilyInstance> instances = ConcurrentHashMap.newKeySet();

    Advertisement(
            final AddressFamily addressFamily,
            final CmAddressFamily callbacks,
            final CallManagerEdge owner,
            final VcFactory factory,
            final Listener listener) {
        this.factory = factory;
        this.listener = listener;
        this.addressFamily = addressFamily;
        this.callbacks = callbacks;
        this.owner = owner;
    }

    AddressFamily addressFamily() {
        return addressFamily;
    }

    CmAddressFamily callbacks() {
        return callbacks;
    }

    CallManagerEdge owner() {
        return owner;
    }

    /** Creates the VCs of this family's clients. */
    VcFactory factory() {
        return factory;
    }

    /** The call manager, as the miniport below it calls it back. */
    Listener listener() {
        return listener;
    }

    boolean isMcm() {
        return owner.isMcm();
    }

    void added(final AddressFamilyInstance instance) {
        instances.add(instance);
    }

    void removed(final AddressFamilyInstance instance) {
        instances.remove(instance);
    }

    List<AddressFamilyInstance> instances() {
        return List.copyOf(instances);
    }
}
