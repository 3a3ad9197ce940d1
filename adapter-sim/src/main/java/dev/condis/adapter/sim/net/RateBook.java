// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import dev.condis.api.CallManagerParameters;
import java.util.HashMap;
import java.util.Map;

/** Rates promised to calls, per direction of each link. Confined to the network's thread. */
final class RateBook {

    private final Map<SwitchPort, Rates> promised = new HashMap<>();

    /** Promises something else; false, and nothing changed, if the link cannot carry it. Less than before always fits. */
    boolean change(final SwitchPort port, final Rates before, final Rates after) {
        final Rates free = available(port, before);
        final boolean fits = (after.up() <= before.up() || after.up() <= free.up())
                && (after.down() <= before.down() || after.down() <= free.down());
        if (fits) {
            final Rates all = promisedOn(port);
            promised.put(
                    port, new Rates(all.up() - before.up() + after.up(), all.down() - before.down() + after.down()));
        }
        return fits;
    }

    /** What a call that has something already could have on a link. */
    Rates available(final SwitchPort port, final Rates own) {
        final long rate = port.profile().bitsPerSecond();
        if (rate == 0) {
            return new Rates(Long.MAX_VALUE, Long.MAX_VALUE);
        }
        final Rates all = promisedOn(port);
        return new Rates(Math.max(0, rate - all.up() + own.up()), Math.max(0, rate - all.down() + own.down()));
    }

    /** The parameters, as seen by the one who is to have them, with no more guaranteed than is available. */
    static CallManagerParameters limited(final CallManagerParameters traffic, final Rates available) {
        return new CallManagerParameters(
                Rates.limited(traffic.transmit(), available.up()),
                Rates.limited(traffic.receive(), available.down()),
                traffic.specific());
    }

    void remove(final SwitchPort port) {
        promised.remove(port);
    }

    private Rates promisedOn(final SwitchPort port) {
        return promised.getOrDefault(port, Rates.NONE);
    }
}
