// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.shell;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.Sap;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientVc;
import dev.condis.tck.rig.Patience;
import dev.condis.tck.rig.Unmet;
import dev.condis.tck.subject.NdisHost;
import dev.condis.tck.subject.NdisHost.Registration;
import dev.condis.tck.subject.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Finds somebody whom the kit can call from an adapter by Q.2931: itself, with a number of its own, on the same adapter or on another.
 * Whom it finds answers until this is closed.
 */
final class Reach implements AutoCloseable {
    /** Octets a second of a call with a guaranteed flow: little enough for any link. */
    private static final int RATE = 10_000;

    private static final int PDU = 1500;
    /** Numbers that no country has: those of the kit. */
    private static final String PREFIX = "9999";

    private static final int NUMBERS = 100_000_000;

    private final NdisHost host;
    private final Patience patience;
    private final String adapter;
    private final Sap number;
    private final List<Registration> registrations = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private Optional<String> partner = Optional.empty();
    private boolean quality;
    private boolean parties;

    private Reach(final NdisHost host, final Patience patience, final String adapter, final RandomGenerator random) {
        this.host = Objects.requireNonNull(host, "host");
        this.patience = Objects.requireNonNull(patience, "patience");
        this.adapter = Objects.requireNonNull(adapter, "adapter");
        number = Sap.e164(PREFIX + String.format("%08d", random.nextInt(NUMBERS)));
    }

    /**
     * Looks for somebody.
     *
     * @param host the library
     * @param patience how long to wait
     * @param adapter where calls are made
     * @param partners adapters where the kit may listen, the first choice first
     * @param random gives the number
     * @return what was found
     */
    static Reach from(
            final NdisHost host,
            final Patience patience,
            final String adapter,
            final List<String> partners,
            final RandomGenerator random) {
        final Reach reach = new Reach(host, patience, adapter, random);
        try {
            reach.explore(partners);
        } catch (final RuntimeException e) {
            reach.close();
            throw e;
        }
        return reach;
    }

    private void explore(final List<String> partners) {
        final Scout caller = new Scout(AddressFamily.Q2931);
        final Registration calling = host.registerClient("tck-caller", adapter, caller);
        try {
            for (final String each : partners) {
                if (partner.isEmpty()) {
                    tryPartner(caller, each);
                }
            }
        } finally {
            patience.ends(calling.unregister());
        }
    }

    private void tryPartner(final Scout caller, final String candidate) {
        final Scout called = new Scout(AddressFamily.Q2931);
        final Registration listening = host.registerClient("tck-called", candidate, called);
        boolean found = false;
        try {
            patience.outcome(called.listen(number), "registerSap").get();
            found = call(caller);
        } catch (final Unmet | IllegalStateException e) {
            notes.add("nobody can be called on " + candidate + ": " + e.getMessage());
        }
        if (found) {
            partner = Optional.of(candidate);
            registrations.add(listening);
        } else {
            patience.ends(listening.unregister());
        }
    }

    /** A call, a change of its quality, a multipoint call: what can be had. */
    private boolean call(final Scout caller) {
        final ClientAf af =
                patience.outcome(caller.opened(), "openAddressFamily").get();
        final ClientVc vc = af.createVc(caller).get();
        final NdisResult<CallParameters> made = patience.outcome(vc.makeCall(bestEffort()), "makeCall");
        if (made.isSuccess()) {
            quality = patience.outcome(vc.modifyCallQoS(guaranteed()), "modifyCallQoS")
                            .status()
                    != NdisStatus.NOT_SUPPORTED;
            patience.outcome(vc.closeCall(), "closeCall");
            parties = hasParties(caller, vc);
        } else {
            notes.add("a call from " + adapter + " to " + number + " was answered with " + made.status());
        }
        vc.deleteVc();
        return made.isSuccess();
    }

    private boolean hasParties(final Scout caller, final ClientVc vc) {
        final NdisResult<ClientParty> first =
                patience.outcome(vc.makeCall(bestEffort(), caller), "makeCall to a party");
        if (!first.isSuccess()) {
            return false;
        }
        final NdisResult<ClientParty> second = patience.outcome(vc.addParty(bestEffort(), caller), "addParty");
        second.value().ifPresent(party -> patience.outcome(party.dropParty(Octets.EMPTY), "dropParty"));
        patience.outcome(vc.closeCall(), "closeCall");
        return second.isSuccess();
    }

    private CallParameters bestEffort() {
        return Q2931Parameters.call(number);
    }

    private CallParameters guaranteed() {
        final FlowSpec flow = FlowSpec.guaranteed(RATE, PDU);
        return Q2931Parameters.call(number, flow, flow);
    }

    /** Tells a subject whom it can call. */
    void describe(final Subject.Builder subject) {
        if (partner.isEmpty()) {
            return;
        }
        subject.parameters(bestEffort(), bestEffort());
        if (quality) {
            subject.change(guaranteed());
        }
        if (parties) {
            subject.partyParameters(bestEffort(), bestEffort());
        }
    }

    /** What people may want to know of it. */
    List<String> notes() {
        final List<String> all = new ArrayList<>(notes);
        partner.ifPresent(where -> all.add("calls go to " + number + " on " + where));
        return all;
    }

    @Override
    public void close() {
        registrations.forEach(registration -> patience.ends(registration.unregister()));
        registrations.clear();
    }
}
