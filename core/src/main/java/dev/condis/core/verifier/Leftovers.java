// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.AfState;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientAf;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a driver has open on a binding, and must have closed when it is through with it. */
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
        return afState(target).filter(state -> state != AfState.CLOSED).isPresent()
                || target instanceof SignalingVc vc && vc.state() != VcState.DELETED;
    }

    private static Optional<AfState> afState(final Object target) {
        if (target instanceof ClientAf af) {
            return Optional.of(af.state());
        }
        return target instanceof CmAf af ? Optional.of(af.state()) : Optional.empty();
    }

    /** The rule that is broken by leaving it. */
    static String rule(final Object target) {
        if (target instanceof ClientAf) {
            return "R213";
        }
        return target instanceof CmAf ? "R44" : "S37";
    }
}
