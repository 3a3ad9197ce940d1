// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.nbl.NetBufferList;
import java.util.ArrayList;
import java.util.List;

/** What the drivers of one interleaving have seen, and what they should never have seen. */
final class Notes {
    private final List<String> faults = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();
    private final List<Integer> completed = new ArrayList<>();
    private final List<Integer> failed = new ArrayList<>();
    private final List<Integer> received = new ArrayList<>();

    /** The octet by which an NBL is known. */
    static int octet(final NetBufferList nbl) {
        return nbl.data().get(nbl.data().position());
    }

    synchronized void never(final boolean seen, final String what) {
        if (seen) {
            faults.add(what);
        }
    }

    synchronized void sent(final String nic, final NetBufferList nbl) {
        sent.add(octet(nbl) + nic);
    }

    synchronized void completed(final NetBufferList nbl) {
        (nbl.status().isSuccess() ? completed : failed).add(octet(nbl));
    }

    synchronized void received(final NetBufferList nbl) {
        received.add(octet(nbl));
    }

    synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    /** What went out, in order: the octet and the NIC. */
    synchronized List<String> sent() {
        return List.copyOf(sent);
    }

    synchronized List<Integer> completed() {
        return List.copyOf(completed);
    }

    synchronized List<Integer> failed() {
        return List.copyOf(failed);
    }

    synchronized List<Integer> received() {
        return List.copyOf(received);
    }
}
