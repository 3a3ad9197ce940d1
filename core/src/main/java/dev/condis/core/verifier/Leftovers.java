// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.AfState;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientAf;
import java.util.List;
import java.util.Set;

/**
 * What a driver has open on a binding, and must have closed when it is through with it. Not a call manager's address families: the core
 * itself asks their clients to close them before (R44), and who does not is not the call manager.
 */
final class Leftovers {
    private Leftovers() {}

    /** Remembers what a binding's end must find closed; forgets what is closed already. */
    static void opened(final HandleProxy parent, final Object target) {
        if (isOpen(target)) {
            final Set<Object> children = parent.children();
            children.removeIf(child -> !isOpen(child));
            children.add(target);
        }
    }

    static List<Object> of(final HandleProxy binding) {
        return binding.children().stream().filter(Leftovers::isOpen).toList();
    }

    private static boolean isOpen(final Object target) {
        return target instanceof ClientAf af && af.state() != AfState.CLOSED
                || target instanceof SignalingVc vc && vc.state() != VcState.DELETED;
    }

    /** The rule that is broken by leaving it. */
    static String rule(final Object target) {
        return target instanceof ClientAf ? "R213" : "S37";
    }
}
