// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * A client's SAP. Circuits that the client rejected, or whose call it closed, are not offered on it again. Fields are guarded by
 * the lock of the binding.
 */
final class PvcSap implements CmSapContext {
    private final PvcBinding binding;
    private final PvcClient client;
    private final CmSap handle;
    private final SapPattern pattern;
    private final Set<PermanentCircuit> declined = new HashSet<>();

    PvcSap(final PvcBinding binding, final PvcClient client, final CmSap handle, final SapPattern pattern) {
        this.binding = binding;
        this.client = client;
        this.handle = handle;
        this.pattern = pattern;
    }

    PvcClient client() {
        return client;
    }

    CmSap handle() {
        return handle;
    }

    SapPattern pattern() {
        return pattern;
    }

    /** Whether a circuit can be offered here. Lock held. */
    boolean takes(final PermanentCircuit circuit) {
        return !client.isClosing() && !declined.contains(circuit) && pattern.matches(circuit);
    }

    /** Offers a circuit here no more. Lock held. */
    void decline(final PermanentCircuit circuit) {
        declined.add(circuit);
    }

    @Override
    public CompletionStage<NdisStatus> deregisterSap() {
        binding.deregister(this);
        return NdisStatus.SUCCESS.asStage();
    }
}
