// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.health;

import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.VcSnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * The law of {@link VcSnapshot}, checked from one look at the VCs to the next: offered = back + held + under way, where nothing is negative, and
 * neither what was offered nor what is back ever gets less. It remembers four numbers of each VC. Thread safe.
 */
final class AccountingLaw {
    private Map<Key, Counts> before = Map.of();

    /** A VC; after the core was started anew its numbers begin again. */
    private record Key(String name, Instant created) {}

    /** What never gets less. */
    private record Counts(long offered, long back, long indicated, long returned) {
        static Counts of(final VcSnapshot vc) {
            return new Counts(vc.sendsOffered(), backOf(vc), vc.receivesIndicated(), vc.receivesReturned());
        }
    }

    /**
     * What was found.
     *
     * @param vcs how many VCs were looked at
     * @param offered NBLs that were offered to them in all
     * @param back NBLs that came back in all: completed or refused
     * @param held NBLs that wait for a backend
     * @param underWay NBLs that backends have
     * @param violations what is against the law, with the name of the VC
     */
    record Finding(long vcs, long offered, long back, long held, long underWay, List<String> violations) {
        Finding {
            violations = List.copyOf(violations);
        }
    }

    /** Looks at every VC, and compares it with what was seen of it before. */
    synchronized Finding check(final List<AdapterSnapshot> adapters) {
        final List<VcSnapshot> vcs =
                adapters.stream().flatMap(adapter -> adapter.vcs().stream()).toList();
        final List<String> violations = new ArrayList<>();
        final Map<Key, Counts> now = new HashMap<>();
        for (final VcSnapshot vc : vcs) {
            final Key key = new Key(vc.name(), vc.created());
            final Counts counts = Counts.of(vc);
            now.put(key, counts);
            checkAlone(vc, violations);
            Optional.ofNullable(before.get(key))
                    .ifPresent(earlier -> checkAgainst(vc.name(), earlier, counts, violations));
        }
        before = now;
        return new Finding(
                vcs.size(),
                sum(vcs, VcSnapshot::sendsOffered),
                sum(vcs, AccountingLaw::backOf),
                sum(vcs, VcSnapshot::sendsHeld),
                sum(vcs, VcSnapshot::sendsUnderWay),
                violations);
    }

    private static long backOf(final VcSnapshot vc) {
        return vc.sendsCompleted() + vc.sendsRefused();
    }

    private static long sum(final List<VcSnapshot> vcs, final ToLongFunction<VcSnapshot> count) {
        return vcs.stream().mapToLong(count).sum();
    }

    private static void checkAlone(final VcSnapshot vc, final List<String> violations) {
        notNegative(vc, "sends accepted", vc.sendsAccepted(), violations);
        notNegative(vc, "sends completed", vc.sendsCompleted(), violations);
        notNegative(vc, "sends held", vc.sendsHeld(), violations);
        notNegative(vc, "sends refused", vc.sendsRefused(), violations);
        notNegative(vc, "sends under way", vc.sendsUnderWay(), violations);
        notNegative(vc, "receives not returned", vc.receivesUnderWay(), violations);
        notNegative(vc, "receives held", vc.receivesHeld(), violations);
        notNegative(vc, "receives refused", vc.receivesRefused(), violations);
    }

    private static void notNegative(
            final VcSnapshot vc, final String what, final long count, final List<String> violations) {
        if (count < 0) {
            violations.add(vc.name() + ": " + what + " is " + count);
        }
    }

    private static void checkAgainst(
            final String vc, final Counts earlier, final Counts now, final List<String> violations) {
        notLess(vc, "sends offered", earlier.offered(), now.offered(), violations);
        notLess(vc, "sends back", earlier.back(), now.back(), violations);
        notLess(vc, "receives indicated", earlier.indicated(), now.indicated(), violations);
        notLess(vc, "receives returned", earlier.returned(), now.returned(), violations);
    }

    private static void notLess(
            final String vc, final String what, final long earlier, final long now, final List<String> violations) {
        if (now < earlier) {
            violations.add(vc + ": " + what + " went from " + earlier + " to " + now);
        }
    }
}
