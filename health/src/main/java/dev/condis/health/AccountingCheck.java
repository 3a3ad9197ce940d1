// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.health;

import dev.condis.api.management.NdisLibrary;
import java.util.Objects;
import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The health check of the accounting: critical when packets of a VC are neither back, nor held, nor under way. The VC is named. It may run on any
 * thread, and does not block. It is immediate, so that it remembers between two runs what it has seen.
 */
@Component(
        service = HealthCheck.class,
        immediate = true,
        property = {
            HealthCheck.NAME + "=Condis accounting",
            HealthCheck.TAGS + "=condis",
            HealthCheck.TAGS + "=condis-accounting"
        })
public final class AccountingCheck implements HealthCheck {
    private static final int NAMED = 20;

    private final NdisLibrary library;
    private final AccountingLaw law = new AccountingLaw();

    /**
     * Called by Declarative Services.
     *
     * @param library the core
     */
    @Activate
    public AccountingCheck(@Reference final NdisLibrary library) {
        this.library = Objects.requireNonNull(library, "library");
    }

    @Override
    public Result execute() {
        final AccountingLaw.Finding found = law.check(library.adapters());
        final FormattingResultLog log = new FormattingResultLog();
        log.info(
                "{} VCs: {} NBLs offered, {} back, {} held, {} under way",
                found.vcs(),
                found.offered(),
                found.back(),
                found.held(),
                found.underWay());
        found.violations().stream().limit(NAMED).forEach(violation -> log.critical("{}", violation));
        if (found.violations().size() > NAMED) {
            log.critical("and {} more", found.violations().size() - NAMED);
        }
        return new Result(log);
    }
}
