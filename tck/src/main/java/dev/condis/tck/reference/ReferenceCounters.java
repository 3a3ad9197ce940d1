// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.reference;

import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.oid.OidTable;
import java.util.concurrent.atomic.AtomicLong;

/** What was sent and received: by one VC, or by the whole NIC. Thread safe. */
public final class ReferenceCounters {
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong unbuffered = new AtomicLong();
    private final OidTable statistics;

    /**
     * Makes counters at zero.
     *
     * @param table declares what else can be asked
     */
    public ReferenceCounters(final OidTable.Builder table) {
        statistics = table.counter(Oid.GEN_CO_XMIT_PDUS_OK, sent::get)
                .counter(Oid.GEN_CO_XMIT_PDUS_ERROR, failed::get)
                .counter(Oid.GEN_CO_RCV_PDUS_OK, received::get)
                .counter(Oid.GEN_CO_RCV_PDUS_ERROR, () -> 0)
                .counter(Oid.GEN_CO_RCV_PDUS_NO_BUFFER, unbuffered::get)
                .build();
    }

    /**
     * Answers a request.
     *
     * @param request what is asked
     * @return the answer
     */
    public OidResult answer(final OidRequest request) {
        return statistics.answer(request);
    }

    void sent(final boolean well) {
        (well ? sent : failed).incrementAndGet();
    }

    void received() {
        received.incrementAndGet();
    }

    void unbuffered() {
        unbuffered.incrementAndGet();
    }
}
