// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench.swap;

import dev.condis.api.nbl.NetBufferList;
import java.time.Duration;
import java.util.Map;

/** A way to replace a backend under traffic. */
interface Contender extends AutoCloseable {
    /** For the table. */
    String title();

    /**
     * Sends a PDU.
     *
     * @return {@code false} when it was refused at once; the caller has it back
     */
    boolean send(int circuit, NetBufferList nbl);

    /** PDUs that were accepted and came back as failed. */
    long failed();

    /** Replaces the backend; on return the one before is halted and all circuits are up. The longest steps, and how long they took. */
    Map<String, Duration> replace();

    @Override
    void close();
}
