// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck;

import dev.condis.api.NdisResult;
import dev.condis.api.Octets;
import dev.condis.api.nbl.NblFlags;
import dev.condis.tck.observe.Invocation;
import dev.condis.tck.observe.Invocation.Direction;
import dev.condis.tck.observe.Trace;
import dev.condis.tck.report.Capability;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Reads from a trace what a driver can do. */
final class Capabilities {
    private Capabilities() {}

    static Set<Capability> shownIn(final Trace trace) {
        final Set<Capability> shown = EnumSet.noneOf(Capability.class);
        for (final Invocation invocation : trace.all()) {
            note(shown, Capability.PENDED_COMPLETIONS, isPendedAnswer(invocation));
            note(shown, Capability.LENDING, isLoan(invocation));
            note(shown, Capability.OUTGOING_CALLS, succeeded(invocation, "makeCall"));
            note(shown, Capability.INCOMING_CALLS, succeeded(invocation, "dispatchIncomingCall", "incomingCall"));
            note(shown, Capability.CLOSE_DATA, isCloseData(invocation));
        }
        note(shown, Capability.REACTIVATION, activations(trace).stream().anyMatch(i -> isAgain(trace, i)));
        note(shown, Capability.ROUNDING, activations(trace).stream().anyMatch(Capabilities::isRounded));
        return shown;
    }

    private static void note(final Set<Capability> shown, final Capability capability, final boolean seen) {
        if (seen) {
            shown.add(capability);
        }
    }

    private static boolean isPendedAnswer(final Invocation invocation) {
        return invocation.direction() == Direction.CALLBACK && invocation.isPended() && invocation.isComplete();
    }

    private static boolean isLoan(final Invocation invocation) {
        return invocation.method().equals("indicateReceiveNetBufferLists")
                && invocation
                        .argument(Integer.class)
                        .filter(f -> (f & NblFlags.RECEIVE_RESOURCES) != 0)
                        .isPresent();
    }

    private static boolean succeeded(final Invocation invocation, final String... methods) {
        return List.of(methods).contains(invocation.method()) && isSuccess(invocation);
    }

    private static boolean isSuccess(final Invocation invocation) {
        return invocation
                .answer()
                .filter(a -> a instanceof NdisResult<?> result && result.isSuccess()
                        || a instanceof dev.condis.api.NdisStatus status && status.isSuccess())
                .isPresent();
    }

    private static boolean isCloseData(final Invocation invocation) {
        return succeeded(invocation, "closeCall")
                && invocation.argument(Octets.class).filter(o -> o.length() > 0).isPresent();
    }

    private static List<Invocation> activations(final Trace trace) {
        return trace.all().stream().filter(i -> succeeded(i, "activateVc")).toList();
    }

    /** Two successful activations of one object with no deactivation between them. */
    private static boolean isAgain(final Trace trace, final Invocation activation) {
        final Predicate<Invocation> later =
                i -> i.object() == activation.object() && i.enteredAt() > activation.enteredAt();
        return trace.all().stream()
                .filter(later)
                .filter(i -> i.method().equals("activateVc") || i.method().equals("deactivateVc"))
                .findFirst()
                .filter(i -> succeeded(i, "activateVc"))
                .isPresent();
    }

    private static boolean isRounded(final Invocation activation) {
        final var asked = activation.argument(dev.condis.api.CallParameters.class);
        return activation
                .answer()
                .filter(a -> a instanceof NdisResult<?> result
                        && result.value()
                                .filter(v -> v instanceof dev.condis.api.CallParameters inForce
                                        && !asked.map(p -> p.callManager().equals(inForce.callManager()))
                                                .orElse(true))
                                .isPresent())
                .isPresent();
    }
}
