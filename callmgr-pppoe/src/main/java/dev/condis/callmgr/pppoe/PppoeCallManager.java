// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.Medium;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.status.StatusIndication;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The call manager of PPPoE, above any number of Ethernet adapters; each has signaling of its own. Plain Java: {@link PppoeComponent} makes it a
 * service. Thread safe; never blocks.
 */
final class PppoeCallManager implements CallManager {
    private static final Logger LOG = LoggerFactory.getLogger(PppoeCallManager.class);

    private final Map<CmBinding, PppoeBinding> bindings = new ConcurrentHashMap<>();
    private volatile PppoeSettings settings;
    private final Function<String, SignalingLoop> loops;
    private final RandomGenerator random;

    /**
     * Makes one.
     *
     * @param settings what the operator wants
     * @param loops makes the loop of an adapter, which is closed when the adapter is unbound
     * @param random secrets, marks and the first session id; must not be foreseeable outside of tests
     */
    PppoeCallManager(
            final PppoeSettings settings, final Function<String, SignalingLoop> loops, final RandomGenerator random) {
        this.settings = settings;
        this.loops = loops;
        this.random = random;
    }

    /** Other settings from now on, on every adapter; no session ends by that. */
    void change(final PppoeSettings next) {
        settings = next;
        bindings.values().forEach(PppoeBinding::settingsChanged);
    }

    @Override
    public NdisStatus bindAdapter(final CmBinding binding) {
        if (binding.adapter().medium() != Medium.ETHERNET) {
            return NdisStatus.UNSUPPORTED_MEDIA;
        }
        final PppoeBinding bound = new PppoeBinding(
                binding, () -> settings, loops.apply(binding.adapter().name()), random);
        bindings.put(binding, bound);
        final NdisStatus started = bound.start();
        if (!started.isSuccess()) {
            LOG.info("no PPPoE on {}: {}", bound, started);
            forget(binding);
        }
        return started;
    }

    @Override
    public CompletionStage<NdisStatus> unbindAdapter(final CmBinding binding) {
        final PppoeBinding bound = bindings.get(binding);
        if (bound == null) {
            return CallManager.super.unbindAdapter(binding);
        }
        return bound.stop().thenApply(result -> {
            forget(binding);
            return result.status();
        });
    }

    @Override
    public void status(final CmBinding binding, final StatusIndication indication) {
        find(binding).ifPresent(bound -> bound.status(indication));
    }

    /** The signaling of an adapter. */
    Optional<PppoeBinding> find(final CmBinding binding) {
        return Optional.ofNullable(bindings.get(binding));
    }

    private void forget(final CmBinding binding) {
        Optional.ofNullable(bindings.remove(binding)).ifPresent(PppoeBinding::end);
    }
}
