// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** The engine's log during runs: silent, since drivers misbehave all the time; but a failure of the core itself is kept. */
final class EngineLog extends AppenderBase<ILoggingEvent> {
    private static final String CORE = "dev.condis.core";

    private final Logger logger = (Logger) LoggerFactory.getLogger(CORE);
    private Optional<String> failure = Optional.empty();

    /** Takes the place of other appenders. */
    void attach() {
        logger.setAdditive(false);
        logger.setLevel(Level.ERROR);
        logger.addAppender(this);
        start();
    }

    void detach() {
        logger.detachAppender(this);
        logger.setAdditive(true);
        logger.setLevel(null);
        stop();
    }

    @Override
    protected void append(final ILoggingEvent event) {
        if (event.getThrowableProxy() != null && failure.isEmpty()) {
            failure = Optional.of(event.getFormattedMessage() + ": "
                    + event.getThrowableProxy().getClassName() + ": "
                    + event.getThrowableProxy().getMessage());
        }
    }

    /** What went wrong since the last time that somebody asked. */
    Optional<String> takeFailure() {
        final Optional<String> taken = failure;
        failure = Optional.empty();
        return taken;
    }
}
