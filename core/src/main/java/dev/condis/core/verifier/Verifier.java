// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.management.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks drivers while they run: every call of a driver into the core and every callback of the core into a driver is looked at, against
 * the rules of the contract (D) and its thread levels (E). What Driver Verifier and the DDI compliance rules are to NDIS.
 * <p>
 * It stands between the core and a driver as a membrane of proxies: neither side knows of it, the engine works as without it, and when it
 * is not there nothing is. What it finds is logged once with the place where it was found and the place that it contradicts, counted, and
 * kept for {@link dev.condis.api.management.NdisLibrary#violations}. Thread safe.
 */
public final class Verifier {
    private static final Logger LOG = LoggerFactory.getLogger(Verifier.class);

    private final Kit kit;

    /**
     * Makes a verifier that has found nothing yet.
     *
     * @param options what it needs from outside
     */
    public Verifier(final VerifierOptions options) {
        Objects.requireNonNull(options, "options");
        kit = new Kit(new VerifierOptions(
                options.clock(),
                (task, delay) -> schedule(options.timer(), task, delay),
                options.fatal(),
                options.dispatchLimit(),
                options.completionLimit()));
    }

    /** A driver must not suffer from a timer that has ended before it. */
    private static Runnable schedule(final VerifierOptions.Timer timer, final Runnable task, final Duration delay) {
        try {
            return timer.schedule(task, delay);
        } catch (final RejectedExecutionException e) {
            LOG.debug("the timer has ended; a limit of {} is not watched", delay, e);
            return () -> {};
        }
    }

    /**
     * Puts the membrane between the core and a driver.
     *
     * @param <D> a role of the API
     * @param driver the driver
     * @param name its name in what is found
     * @return what the core is to use in its place; it has every role of the API that the driver has
     * @throws IllegalArgumentException if the driver has no role
     */
    @SuppressWarnings("unchecked") // the proxy implements all role interfaces of the driver, D among them
    public <D> D watch(final D driver, final String name) {
        Objects.requireNonNull(driver, "driver");
        Objects.requireNonNull(name, "name");
        if (RoleTypes.of(driver).length == 0) {
            throw new IllegalArgumentException("not a driver: " + driver);
        }
        return (D) new Membrane(kit, name).watch(driver);
    }

    /**
     * The executor for what may block: what runs there is at PASSIVE, whichever thread brings it.
     *
     * @param executor the executor of the engine
     * @return what the engine is to use in its place
     */
    public Executor passive(final Executor executor) {
        return kit.levels().passive(Objects.requireNonNull(executor, "executor"));
    }

    /**
     * What was found: the first of each kind.
     *
     * @return the violations, in the order in which they were found
     */
    public List<Violation> violations() {
        return kit.findings().kept();
    }

    /**
     * How many violations there were, repeated ones too.
     *
     * @return the number
     */
    public long count() {
        return kit.findings().count();
    }
}
