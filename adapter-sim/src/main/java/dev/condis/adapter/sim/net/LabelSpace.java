// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which labels of one link are taken. Labels for switched circuits go round, so that one comes back as late as possible:
 * a PDU that was late on its way does not end up in another call.
 */
final class LabelSpace {

    private final int firstVci;
    private final int lastVci;
    private final Set<Integer> taken = new HashSet<>();
    private int nextVci;

    LabelSpace(int firstVci, int lastVci) {
        this.firstVci = firstVci;
        this.lastVci = lastVci;
        this.nextVci = firstVci;
    }

    /** Takes a free label on VPI 0; empty if there is none. */
    synchronized Optional<AtmLabel> allocate() {
        int range = lastVci - firstVci + 1;
        for (int i = 0; i < range; i++) {
            int vci = nextVci;
            nextVci = vci == lastVci ? firstVci : vci + 1;
            if (taken.add(vci)) {
                return Optional.of(new AtmLabel(0, vci));
            }
        }
        return Optional.empty();
    }

    /** Takes this very label; false if it is taken. */
    synchronized boolean reserve(AtmLabel label) {
        return taken.add(label.packed());
    }

    synchronized void free(AtmLabel label) {
        taken.remove(label.packed());
    }

    synchronized int size() {
        return taken.size();
    }
}
