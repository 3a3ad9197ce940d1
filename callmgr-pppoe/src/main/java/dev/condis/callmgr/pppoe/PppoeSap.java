// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A service that a client offers.
 *
 * @param binding the adapter
 * @param client who takes the calls
 * @param handle its SAP
 * @param service the name of the service, or {@link AccessConcentrator#ANY}
 */
record PppoeSap(PppoeBinding binding, PppoeClient client, CmSap handle, String service) implements CmSapContext {
    @Override
    public CompletionStage<NdisStatus> deregisterSap() {
        final CompletableFuture<NdisStatus> gone = new CompletableFuture<>();
        binding.loop().execute(() -> {
            binding.concentrator().deregister(this);
            gone.complete(NdisStatus.SUCCESS);
        });
        return gone;
    }
}
