// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisStatus;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The OID requests that one requester has under way. They are not serialized (R195). */
final class OidRequests {
    private final Set<OidExchange> open = ConcurrentHashMap.newKeySet();

    /** Keeps a request until it is over. */
    void add(final OidExchange exchange) {
        open.add(exchange);
        exchange.over().thenRun(() -> open.remove(exchange));
    }

    /** Tells the targets of all requests of this name; 0 is no name. */
    void cancel(final long requestId) {
        if (requestId != 0) {
            open.stream()
                    .filter(exchange -> exchange.request().requestId() == requestId)
                    .forEach(OidExchange::cancel);
        }
    }

    /** What is under way now. */
    Stream<OidExchange> open() {
        return open.stream();
    }

    /** Nobody waits any more for what is under way now. */
    void abortAll(final NdisStatus status, final String rule, final String explanation) {
        open.forEach(exchange -> exchange.abort(exchange.refused(status, rule, explanation)));
    }
}
