// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.VcState;
import dev.condis.api.status.StatusCode;
import dev.condis.api.status.StatusIndication;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes status indications to those who are to hear of them (R205), one at a time to each (R206). That is all the core does with a
 * status: a lost link ends no call (R212).
 */
final class StatusIndications {
    private static final Logger LOG = LoggerFactory.getLogger(StatusIndications.class);
    private static final Set<StatusCode> OF_THE_CORE = Set.of(StatusCode.RESET_START, StatusCode.RESET_END);

    private StatusIndications() {}

    /**
     * Somebody who may be concerned.
     *
     * @param listener who
     * @param callback {@code ProtocolCoStatusEx}
     */
    record Hearer(Listener listener, Runnable callback) {}

    /** Indicates a status of a VC to those who share it. */
    static void indicate(final VirtualCircuit circuit, final StatusIndication indication, final List<Hearer> sharing) {
        if (circuit.state() == VcState.NONE || circuit.state() == VcState.DELETED) {
            LOG.warn("R111: {} is indicated for {}, which is {}", indication.code(), circuit, circuit.state());
            return;
        }
        final List<Hearer> whileAlive = sharing.stream()
                .map(hearer -> new Hearer(hearer.listener(), () -> {
                    if (circuit.state() != VcState.DELETED) {
                        hearer.callback().run();
                    }
                }))
                .toList();
        indicate(circuit.toString(), indication, whileAlive);
    }

    /** Indicates a status of whatever has it to those of the hearers whom it is for. */
    static void indicate(final String object, final StatusIndication indication, final List<Hearer> hearers) {
        if (OF_THE_CORE.contains(indication.code())) {
            LOG.error("R208: the miniport indicates {} for {}; resets are the core's to announce", indication, object);
            return;
        }
        final List<Hearer> concerned = hearers.stream()
                .filter(hearer -> indication
                        .destination()
                        .map(destination -> destination == hearer.listener())
                        .orElse(true))
                .toList();
        if (concerned.isEmpty() && indication.destination().isPresent()) {
            LOG.warn(
                    "R205: {} of {} is for {}, whom it does not concern",
                    indication.code(),
                    object,
                    indication.destination().get());
        }
        for (final Hearer hearer : concerned) {
            hearer.listener().tell(new Callout("ProtocolCoStatusEx", hearer.listener()), hearer.callback());
        }
    }
}
