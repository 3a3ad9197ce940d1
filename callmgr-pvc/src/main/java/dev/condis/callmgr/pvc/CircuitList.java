// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The permanent circuits of one adapter: those of the configuration, without those that a client has deleted, and
 * those that clients have added ({@code OID_CO_ADD_PVC}, {@code OID_CO_DELETE_PVC}, sequence S33). A configured
 * circuit that was deleted stays away as long as its entry stays as it is. An added circuit gives way to an entry of
 * the configuration with the same name or flow. Confined to the lock of the binding.
 */
final class CircuitList {
    /** How many circuits clients can add on one adapter. */
    static final int MAX_ADDED = 4_096;

    private final List<PermanentCircuit> added = new ArrayList<>();
    private final List<PermanentCircuit> deleted = new ArrayList<>();
    private PvcSettings configured;
    private PvcSettings inForce;

    CircuitList(final PvcSettings configured) {
        this.configured = configured;
        this.inForce = configured;
    }

    /** The circuits that can be used. */
    PvcSettings inForce() {
        return inForce;
    }

    boolean isFull() {
        return added.size() >= MAX_ADDED;
    }

    /** Takes another configuration. */
    void configure(final PvcSettings next) {
        configured = next;
        deleted.retainAll(next.circuits());
        added.removeIf(circuit -> conflict(next.circuits(), circuit).isPresent());
        merge();
    }

    /**
     * Adds a circuit.
     *
     * @return the circuit that has its name or its flow; empty when it was added
     */
    Optional<PermanentCircuit> add(final PermanentCircuit circuit) {
        final Optional<PermanentCircuit> taken = conflict(inForce.circuits(), circuit);
        if (taken.isEmpty()) {
            if (!deleted.remove(circuit)) {
                added.add(circuit);
            }
            merge();
        }
        return taken;
    }

    /**
     * Deletes a circuit.
     *
     * @return the circuit; empty when there was none
     */
    Optional<PermanentCircuit> delete(final CoPvc.Selector which) {
        final Optional<PermanentCircuit> found =
                inForce.circuits().stream().filter(which::matches).findFirst();
        found.ifPresent(circuit -> {
            if (!added.remove(circuit)) {
                deleted.add(circuit);
            }
            merge();
        });
        return found;
    }

    private void merge() {
        final List<PermanentCircuit> all = new ArrayList<>(configured.circuits());
        all.removeAll(deleted);
        all.addAll(added);
        inForce = configured.withCircuits(all);
    }

    private static Optional<PermanentCircuit> conflict(
            final List<PermanentCircuit> circuits, final PermanentCircuit wanted) {
        return circuits.stream()
                .filter(circuit ->
                        circuit.name().equals(wanted.name()) || circuit.flow().equals(wanted.flow()))
                .findFirst();
    }
}
