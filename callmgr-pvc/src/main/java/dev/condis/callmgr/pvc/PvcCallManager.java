// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.status.StatusIndication;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The call manager of permanent circuits, above any number of adapters. Every adapter has all circuits of the settings, and one
 * call at a time on each. Plain Java: {@link PvcComponent} makes it a service. Thread safe; never blocks.
 */
final class PvcCallManager implements CallManager {
    private static final Logger LOG = LoggerFactory.getLogger(PvcCallManager.class);

    private final Object lock = new Object();
    private final Map<CmBinding, PvcBinding> bindings = new HashMap<>();
    private PvcSettings settings;

    /** Makes one with the circuits that it has at first; {@link #configure} changes them. */
    PvcCallManager(final PvcSettings settings) {
        this.settings = settings;
        report(settings);
    }

    /** Puts other settings in force. Calls on circuits that are no more are closed by the book (S20). */
    void configure(final PvcSettings next) {
        report(next);
        final List<PvcBinding> bound;
        synchronized (lock) {
            settings = next;
            bound = List.copyOf(bindings.values());
        }
        bound.forEach(binding -> binding.configure(next));
    }

    private static void report(final PvcSettings settings) {
        settings.problems().forEach(problem -> LOG.error("{}; this entry is left out", problem));
    }

    @Override
    public NdisStatus bindAdapter(final CmBinding binding) {
        final PvcBinding bound;
        synchronized (lock) {
            bound = new PvcBinding(binding, settings);
            bindings.put(binding, bound);
        }
        final NdisResult<Void> registered = bound.start();
        if (!registered.isSuccess()) {
            LOG.info("no permanent circuits on {}: {}", bound, registered);
            forget(binding);
        }
        return registered.status();
    }

    @Override
    public CompletionStage<NdisStatus> unbindAdapter(final CmBinding binding) {
        final PvcBinding bound;
        synchronized (lock) {
            bound = bindings.getOrDefault(binding, new PvcBinding(binding, settings));
        }
        return Outcomes.settled(bound.stop()).thenApply(result -> {
            forget(binding);
            return result.status();
        });
    }

    @Override
    public void status(final CmBinding binding, final StatusIndication indication) {
        final Optional<PvcBinding> bound;
        synchronized (lock) {
            bound = Optional.ofNullable(bindings.get(binding));
        }
        bound.ifPresent(b -> b.status(indication));
    }

    private void forget(final CmBinding binding) {
        synchronized (lock) {
            bindings.remove(binding);
        }
    }
}
