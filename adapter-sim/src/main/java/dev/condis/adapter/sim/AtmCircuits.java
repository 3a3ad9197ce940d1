// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.adapter.sim.net.WirePdu;
import dev.condis.api.media.AtmConnection;
import dev.condis.api.media.MediaFlow;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Circuits by VPI/VCI: an array of arrays, so that a look-up per PDU allocates nothing. */
final class AtmCircuits implements Circuits {

    private static final int ROW = 256;
    private static final int ROWS = (AtmLabel.MAX_VPI + 1) * ROW;

    private record Labelled(int label) implements Circuit {

        @Override
        public boolean write(WirePdu pdu, ByteBuffer data) {
            pdu.label(label);
            pdu.append(data, data.position(), data.remaining());
            return true;
        }

        @Override
        public int headerLength() {
            return 0;
        }

        @Override
        public int payloadLength(WirePdu pdu) {
            return pdu.length();
        }
    }

    private final AtomicReferenceArray<AtomicReferenceArray<SimVc>> rows = new AtomicReferenceArray<>(ROWS);

    @Override
    public Optional<Circuit> circuitOf(MediaFlow flow) {
        if (flow instanceof AtmConnection connection
                && connection.sendProblems().isEmpty()
                && AtmLabel.isValid(connection.vpi(), connection.vci())) {
            return Optional.of(new Labelled(new AtmLabel(connection.vpi(), connection.vci()).packed()));
        }
        return Optional.empty();
    }

    @Override
    public synchronized boolean bind(Circuit circuit, SimVc vc) {
        int label = label(circuit);
        AtomicReferenceArray<SimVc> row = rows.get(label >>> 8);
        if (row == null) {
            row = new AtomicReferenceArray<>(ROW);
            rows.set(label >>> 8, row);
        }
        SimVc owner = row.get(label & 0xFF);
        if (owner != null && owner != vc) {
            return false;
        }
        row.set(label & 0xFF, vc);
        return true;
    }

    @Override
    public synchronized void unbind(Circuit circuit, SimVc vc) {
        int label = label(circuit);
        AtomicReferenceArray<SimVc> row = rows.get(label >>> 8);
        if (row != null) {
            row.compareAndSet(label & 0xFF, vc, null);
        }
    }

    @Override
    public SimVc lookup(WirePdu pdu, SimVc fallback) {
        SimVc vc = at(pdu.label());
        return vc == null ? fallback : vc;
    }

    private SimVc at(int label) {
        AtomicReferenceArray<SimVc> row = rows.get(label >>> 8 & ROWS - 1);
        return row == null ? null : row.get(label & 0xFF);
    }

    @Override
    public int fit(WirePdu pdu) {
        return at(pdu.label()) == null ? 0 : 1;
    }

    private static int label(Circuit circuit) {
        return ((Labelled) circuit).label();
    }
}
