// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A client's SAP at a station. */
final class SapRegistration implements CmSapContext {

    private final StationAf af;
    private final CmSap sap;
    private final CompletableFuture<NdisResult<CmSapContext>> registered = new CompletableFuture<>();

    SapRegistration(StationAf af, CmSap sap) {
        this.af = af;
        this.sap = sap;
    }

    StationAf af() {
        return af;
    }

    CmSap sap() {
        return sap;
    }

    CompletionStage<NdisResult<CmSapContext>> registered() {
        return registered;
    }

    void complete(NdisStatus status) {
        registered.complete(status.isSuccess() ? NdisResult.success(this) : NdisResult.failure(status));
    }

    @Override
    public CompletionStage<NdisStatus> deregisterSap() {
        CompletableFuture<NdisStatus> done = new CompletableFuture<>();
        af.station().time().execute(() -> {
            af.station().addresses().deregister(this);
            done.complete(NdisStatus.SUCCESS);
        });
        return done;
    }
}
