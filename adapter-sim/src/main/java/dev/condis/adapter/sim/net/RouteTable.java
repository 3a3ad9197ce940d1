// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where the PDUs of each label of one port go. Three levels of arrays: a look-up per PDU allocates nothing. */
final class RouteTable {

    /** A way out of the switch. */
    static final class Route {

        /** Where it leaves. */
        final SwitchPort port;

        /** Packed label on that port's link. */
        final int label;

        /** What came before the receiver was ready for it. */
        final PduList held = new PduList();

        boolean open;

        /** Next branch of a point-to-multipoint circuit. */
        Optional<Route> further = Optional.empty();

        Route(SwitchPort port, int label, boolean open) {
            this.port = port;
            this.label = label;
            this.open = open;
        }
    }

    private static final int FANOUT = 256;

    private final Route[][][] byVpi = new Route[FANOUT][][];

    /** The route, or the given one if there is none. */
    Route lookup(int label, Route fallback) {
        Route[][] page = byVpi[label >>> 16 & 0xFF];
        if (page == null) {
            return fallback;
        }
        Route[] row = page[label >>> 8 & 0xFF];
        if (row == null) {
            return fallback;
        }
        Route route = row[label & 0xFF];
        return route == null ? fallback : route;
    }

    void put(AtmLabel label, Route route) {
        row(label.packed())[label.packed() & 0xFF] = route;
    }

    /** One more branch of a point-to-multipoint circuit. */
    void add(AtmLabel label, Route branch) {
        branch.further = find(label);
        put(label, branch);
    }

    /** Takes a branch away; the others stay. */
    void remove(AtmLabel label, Route branch) {
        Optional<Route> rest = find(label);
        List<Route> kept = new ArrayList<>();
        while (rest.isPresent()) {
            Route route = rest.get();
            rest = route.further;
            if (route != branch) {
                kept.add(route);
            }
        }
        remove(label);
        kept.forEach(route -> add(label, route));
    }

    /** Removes the route of the label, all its branches. */
    void remove(AtmLabel label) {
        row(label.packed())[label.packed() & 0xFF] = null;
    }

    Optional<Route> find(AtmLabel label) {
        return Optional.ofNullable(row(label.packed())[label.packed() & 0xFF]);
    }

    private Route[] row(int label) {
        int vpi = label >>> 16 & 0xFF;
        int high = label >>> 8 & 0xFF;
        if (byVpi[vpi] == null) {
            byVpi[vpi] = new Route[FANOUT][];
        }
        if (byVpi[vpi][high] == null) {
            byVpi[vpi][high] = new Route[FANOUT];
        }
        return byVpi[vpi][high];
    }
}
