// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.shell;

import dev.condis.api.NdisResult;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.management.Violation;
import dev.condis.tck.rig.NotApplicable;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The library without what would be felt by others who use an adapter. */
final class UndisturbedLibrary implements NdisLibrary {
    private final NdisLibrary library;

    UndisturbedLibrary(final NdisLibrary library) {
        this.library = Objects.requireNonNull(library, "library");
    }

    private static NotApplicable notOurs(final String what) {
        return new NotApplicable("the adapter runs already, and others may use it: the kit does not " + what + " it");
    }

    @Override
    public List<AdapterSnapshot> adapters() {
        return library.adapters();
    }

    @Override
    public List<VcSnapshot> instances() {
        return library.instances();
    }

    @Override
    public CompletionStage<NdisResult<Void>> pause(final String adapter) {
        throw notOurs("pause");
    }

    @Override
    public CompletionStage<NdisResult<Void>> restart(final String adapter) {
        throw notOurs("restart");
    }

    @Override
    public CompletionStage<NdisResult<Void>> reset(final String adapter) {
        throw notOurs("reset");
    }

    @Override
    public CompletionStage<NdisResult<SwapReport>> swap(final String adapter, final long serviceId) {
        throw notOurs("swap");
    }

    @Override
    public CompletionStage<NdisResult<Void>> pin(final String adapter, final long serviceId) {
        throw notOurs("pin");
    }

    @Override
    public CompletionStage<NdisResult<Void>> unpin(final String adapter) {
        throw notOurs("unpin");
    }

    @Override
    public CompletionStage<NdisResult<Void>> demote(final String adapter, final long serviceId, final String cause) {
        throw notOurs("demote a backend of");
    }

    @Override
    public CompletionStage<NdisResult<Void>> promote(final String adapter, final long serviceId) {
        throw notOurs("promote a backend of");
    }

    @Override
    public List<SwapReport> swaps(final String adapter) {
        return library.swaps(adapter);
    }

    @Override
    public Optional<BackendChoice> why(final String adapter) {
        return library.why(adapter);
    }

    @Override
    public List<Violation> violations() {
        return library.violations();
    }

    @Override
    public long violationCount() {
        return library.violationCount();
    }
}
