// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.health;

import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.NdisLibrary;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The health check of the adapters. It may run on any thread, and does not block.
 * <ul>
 * <li>Critical: no backend can carry an adapter, or the one that does could not be restarted.
 * <li>Warning: VCs wait for a backend (until when is said), the active backend is not the best candidate, or it is demoted.
 * <li>Said, but no more: an adapter that an operator has paused, candidates that cannot be used, late callbacks that were ignored.
 * </ul>
 */
@Component(
        service = HealthCheck.class,
        property = {
            HealthCheck.NAME + "=Condis adapters",
            HealthCheck.TAGS + "=condis",
            HealthCheck.TAGS + "=condis-adapters"
        })
public final class AdaptersCheck implements HealthCheck {
    private final NdisLibrary library;
    private final Clock clock;

    /**
     * Called by Declarative Services.
     *
     * @param library the core
     */
    @Activate
    public AdaptersCheck(@Reference final NdisLibrary library) {
        this(library, Clock.systemUTC());
    }

    AdaptersCheck(final NdisLibrary library, final Clock clock) {
        this.library = Objects.requireNonNull(library, "library");
        this.clock = clock;
    }

    @Override
    public Result execute() {
        final FormattingResultLog log = new FormattingResultLog();
        final List<AdapterSnapshot> adapters = library.adapters();
        log.info("{} adapters", adapters.size());
        // one that has gone meanwhile is of no interest
        adapters.forEach(adapter -> library.why(adapter.name()).ifPresent(choice -> check(adapter, choice, log)));
        return new Result(log);
    }

    private void check(final AdapterSnapshot adapter, final BackendChoice choice, final FormattingResultLog log) {
        choice.graceEnds().ifPresent(end -> waits(adapter, end, log));
        if (choice.active().isPresent()) {
            checkActive(adapter, choice, log);
        } else if (choice.graceEnds().isEmpty()) {
            log.critical(
                    "{}: no backend carries it: {}",
                    adapter.name(),
                    adapter.unavailableCause().orElse(choice.reason()));
        }
        choice.candidates().forEach(candidate -> tell(adapter.name(), candidate, log));
    }

    private void waits(final AdapterSnapshot adapter, final Instant end, final FormattingResultLog log) {
        final Duration left = Duration.between(clock.instant(), end);
        log.warn(
                "{}: VCs wait for a backend, {} NBLs are held; the grace period ends at {}, in {} ms",
                adapter.name(),
                adapter.vcs().stream().mapToLong(vc -> vc.sendsHeld()).sum(),
                end,
                Math.max(0, left.toMillis()));
    }

    private static void checkActive(
            final AdapterSnapshot adapter, final BackendChoice choice, final FormattingResultLog log) {
        final OptionalLong active = choice.active();
        log.info(
                "{}: {}, carried by service {} of {} candidates, {} VCs",
                adapter.name(),
                adapter.state(),
                active.getAsLong(),
                choice.candidates().size(),
                adapter.vcs().size());
        adapter.unavailableCause()
                .ifPresent(cause -> log.critical("{}: its backend is not in operation: {}", adapter.name(), cause));
        if (choice.pinned().equals(active)) {
            log.info("{}: an operator has pinned it there", adapter.name());
        } else {
            wanted(choice)
                    .filter(best -> !OptionalLong.of(best.serviceId()).equals(active))
                    .ifPresent(best -> log.warn(
                            "{}: service {} would be better: {}", adapter.name(), best.serviceId(), choice.reason()));
        }
        candidate(choice, active)
                .flatMap(BackendChoice.Candidate::demotedCause)
                .ifPresent(cause -> log.warn("{}: the active backend is demoted: {}", adapter.name(), cause));
    }

    /** The pinned one if it can be used, else the first that can. */
    private static Optional<BackendChoice.Candidate> wanted(final BackendChoice choice) {
        return candidate(choice, choice.pinned())
                .filter(pinned -> pinned.unavailableCause().isEmpty())
                .or(() -> choice.candidates().stream()
                        .filter(candidate -> candidate.unavailableCause().isEmpty())
                        .findFirst());
    }

    private static Optional<BackendChoice.Candidate> candidate(final BackendChoice choice, final OptionalLong service) {
        return choice.candidates().stream()
                .filter(candidate -> OptionalLong.of(candidate.serviceId()).equals(service))
                .findFirst();
    }

    private static void tell(
            final String adapter, final BackendChoice.Candidate candidate, final FormattingResultLog log) {
        candidate
                .unavailableCause()
                .ifPresent(
                        cause -> log.info("{}: service {} cannot be used: {}", adapter, candidate.serviceId(), cause));
        candidate
                .lastFailure()
                .filter(failure -> !candidate.unavailableCause().equals(Optional.of(failure)))
                .ifPresent(
                        failure -> log.info("{}: service {} last failed: {}", adapter, candidate.serviceId(), failure));
        if (candidate.staleCallbacks() > 0) {
            log.info(
                    "{}: {} callbacks of service {} came too late and were ignored",
                    adapter,
                    candidate.staleCallbacks(),
                    candidate.serviceId());
        }
    }
}
