// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.rig;

import dev.condis.tck.observe.Trace;
import dev.condis.tck.subject.KitOptions;
import dev.condis.tck.subject.NdisHost;
import dev.condis.tck.subject.Subject;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What a check runs in.
 *
 * @param subject what is tested
 * @param host the NDIS library
 * @param options how long to wait, how much to send
 * @param witness gets the trace of every rig when it is closed
 */
public record Environment(Subject subject, NdisHost host, KitOptions options, Consumer<Trace> witness) {
    /** Checks that nothing is missing. */
    public Environment {
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(witness, "witness");
    }
}
