// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.SimTime;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.StatusCode;
import dev.condis.api.status.StatusIndication;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The signaling engine of the simulated network, address family Q.2931: outgoing and incoming switched calls between E.164
 * numbers and NSAP addresses. Written once: stand-alone above any plain simulated miniport on ATM, or inside a
 * {@link SimMcm}.
 *
 * <p>Everything it does runs in turns of its {@link SimTime}, at DISPATCH level; the callbacks only queue. So the engine
 * needs no lock, and its completions never come on the stack of the call they complete.
 */
public final class SimCallManager implements CallManager {

    private final SimTime time;
    private final SimCallManagerOptions options;
    private final Map<CmBinding, Station> stations = new ConcurrentHashMap<>();

    /**
     * Makes an engine that is bound to nothing.
     *
     * @param time what it runs on; it belongs to the caller. A network's own time saves a hand-over per message
     * @param options how it works
     */
    public SimCallManager(SimTime time, SimCallManagerOptions options) {
        this.time = Objects.requireNonNull(time, "time");
        this.options = Objects.requireNonNull(options, "options");
    }

    @Override
    public NdisStatus bindAdapter(CmBinding binding) {
        if (binding.adapter().medium() != Medium.ATM) {
            return NdisStatus.UNSUPPORTED_MEDIA;
        }
        Station station = new Station(binding, time, options);
        NdisStatus status = station.start();
        if (status.isSuccess()) {
            stations.put(binding, station);
        }
        return status;
    }

    @Override
    public CompletionStage<NdisStatus> unbindAdapter(CmBinding binding) {
        return binding.closeAll().thenApply(NdisResult::status).whenComplete((status, error) -> forget(binding));
    }

    private void forget(CmBinding binding) {
        Station station = stations.remove(binding);
        if (station != null) {
            station.stop();
        }
    }

    /** Sends are accepted now: signaling begins, or takes up again what a pause has interrupted. */
    @Override
    public CompletionStage<NdisStatus> restart(CmBinding binding) {
        inStation(binding, Station::resume);
        return NdisStatus.SUCCESS.asStage();
    }

    /** Messages wait until the restart. */
    @Override
    public CompletionStage<NdisStatus> pause(CmBinding binding) {
        inStation(binding, Station::suspend);
        return NdisStatus.SUCCESS.asStage();
    }

    @Override
    public void status(CmBinding binding, StatusIndication indication) {
        if (indication.code().equals(StatusCode.LINK_STATE)) {
            LinkState.ofOctets(indication.buffer())
                    .ifPresent(
                            state -> linkChanged(binding, state.connect() != LinkState.MediaConnectState.DISCONNECTED));
        }
    }

    /** By itself it ends no call (R212): the network says what it has released, as soon as it can. */
    void linkChanged(CmBinding binding, boolean up) {
        inStation(binding, station -> station.linkChanged(up));
    }

    /** The hardware is gone: the network will say nothing any more. */
    void removed(CmBinding binding) {
        inStation(binding, station -> {
            station.linkChanged(false);
            station.clearCalls(NdisStatus.DEST_OUT_OF_ORDER);
        });
    }

    /** The engine at an adapter. */
    Optional<Station> station(CmBinding binding) {
        return Optional.ofNullable(stations.get(binding));
    }

    SimTime time() {
        return time;
    }

    private void inStation(CmBinding binding, Consumer<Station> action) {
        Optional.ofNullable(stations.get(binding)).ifPresent(station -> time.execute(() -> action.accept(station)));
    }

    /**
     * How many calls the engine knows, in any state.
     *
     * @return the number, for tests and tables
     */
    public int calls() {
        return stations.values().stream().mapToInt(Station::callCount).sum();
    }
}
