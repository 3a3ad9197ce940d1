// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.SimTime;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.miniport.CallHandOver;
import dev.condis.api.miniport.CallStateFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

/** Hands the calls of one station over to another engine at the same place of the network, or adopts them. Works in turns of the loop. */
final class SimHandOver implements CallHandOver {

    private final SimTime time;
    private final Supplier<Optional<Station>> station;

    SimHandOver(SimTime time, Supplier<Optional<Station>> station) {
        this.time = time;
        this.station = station;
    }

    private <T> NdisResult<T> inTurn(Function<Station, NdisResult<T>> action) {
        Optional<Station> present = station.get();
        if (present.isEmpty()) {
            return NdisResult.failure(NdisStatus.ADAPTER_NOT_READY);
        }
        AtomicReference<NdisResult<T>> result = new AtomicReference<>(NdisResult.failure(NdisStatus.FAILURE));
        time.runAndWait(() -> result.set(action.apply(present.get())));
        return result.get();
    }

    private static <T> NdisResult<T> read(Optional<T> state) {
        return state.map(NdisResult::success).orElseGet(() -> NdisResult.failure(NdisStatus.INVALID_DATA));
    }

    @Override
    public CallStateFormat format() {
        return WrittenState.FORMAT;
    }

    /** A newer one only adds at the end, but what that means is not known here. */
    @Override
    public boolean reads(CallStateFormat written) {
        return written.name().equals(WrittenState.FORMAT.name()) && written.version() <= WrittenState.FORMAT.version();
    }

    // ---- the predecessor

    @Override
    public CompletionStage<NdisResult<Octets>> freeze() {
        return station.get().map(Station::freeze).orElseGet(() -> NdisResult.<Octets>failure(
                        NdisStatus.ADAPTER_NOT_READY)
                .asStage());
    }

    @Override
    public NdisResult<Octets> exportAf(CmAfContext af) {
        return inTurn(present ->
                NdisResult.success(WrittenState.of(present.addresses().addedBy((StationAf) af))));
    }

    /** The core knows all of it. */
    @Override
    public NdisResult<Octets> exportSap(CmSapContext sap) {
        return NdisResult.success(Octets.EMPTY);
    }

    @Override
    public NdisResult<Octets> exportVc(CmVcContext vc) {
        return inTurn(present -> ((SimCall) vc).export().map(WrittenState::of));
    }

    @Override
    public void thaw() {
        station.get().ifPresent(present -> time.execute(present::thaw));
    }

    @Override
    public CompletionStage<Void> release() {
        return station.get().map(Station::release).orElseGet(() -> CompletableFuture.completedStage(null));
    }

    // ---- the successor

    @Override
    public NdisStatus adopt(CallStateFormat written, Octets state) {
        return read(WrittenState.station(state))
                .value()
                .map(of -> inTurn(present -> present.adopt(of)).status())
                .orElse(NdisStatus.INVALID_DATA);
    }

    @Override
    public NdisResult<CmAfContext> adoptAf(CmAf af, Octets state) {
        return WrittenState.addresses(state)
                .map(addresses -> inTurn(present -> present.adopt(af, addresses)))
                .orElseGet(() -> NdisResult.failure(NdisStatus.INVALID_DATA));
    }

    @Override
    public NdisResult<CmSapContext> adoptSap(CmSap sap, Octets state) {
        return inTurn(present -> present.adopt(sap));
    }

    @Override
    public NdisResult<CmVcContext> adoptVc(CmVc vc, Octets state) {
        return WrittenState.vc(state)
                .map(of -> inTurn(present -> present.adopt(vc, of)))
                .orElseGet(() -> NdisResult.failure(NdisStatus.INVALID_DATA));
    }
}
