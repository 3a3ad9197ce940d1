// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.checks;

import static dev.condis.tck.rig.Rig.expect;

import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.tck.rig.CallRig;
import dev.condis.tck.rig.KitClient;
import dev.condis.tck.rig.NotApplicable;
import dev.condis.tck.subject.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** OIDs between clients and a call manager. */
final class AddressChecks {
    /** An OID that nobody has. */
    private static final Oid UNKNOWN = new Oid(0xFE7F_7F7F);

    private static final int ENOUGH = 4096;

    private final Kind kind;
    private final List<Check> checks = new ArrayList<>();

    private AddressChecks(final Kind kind) {
        this.kind = kind;
    }

    static List<Check> of(final Kind kind) {
        final AddressChecks addresses = new AddressChecks(kind);
        addresses.add("R197", AddressChecks::anUnknownOidIsNotSupported);
        addresses.add("R202", AddressChecks::addressesAreAnnounced);
        addresses.add("R203", AddressChecks::signalingIsAnnounced);
        addresses.add("R204", AddressChecks::eachClientHasItsOwnAddresses);
        return addresses.checks;
    }

    private void add(final String rule, final Consumer<CallRig> procedure) {
        checks.add(new Check(rule, kind, environment -> {
            try (CallRig rig = new CallRig(environment)) {
                procedure.accept(rig);
            }
        }));
    }

    private static OidResult ask(final CallRig rig, final KitClient client, final OidRequest request) {
        return rig.patience().outcome(client.af().oidRequest(request), request.toString());
    }

    private static Octets addresses(final CallRig rig, final KitClient client) {
        final OidResult result = ask(rig, client, OidRequest.query(Oid.CO_GET_ADDRESSES, ENOUGH));
        if (result.status() == NdisStatus.NOT_SUPPORTED) {
            throw new NotApplicable("the call manager manages no addresses");
        }
        expect(result.isSuccess(), () -> "a query of the addresses was answered with " + result);
        return result.information();
    }

    private static void anUnknownOidIsNotSupported(final CallRig rig) {
        rig.openClient();
        final OidResult result = ask(rig, rig.client(), OidRequest.query(UNKNOWN, ENOUGH));
        expect(
                result.status() == NdisStatus.NOT_SUPPORTED,
                () -> "a request for an unknown OID was answered with " + result);
    }

    private static void addressesAreAnnounced(final CallRig rig) {
        rig.openClient();
        addresses(rig, rig.client());
        rig.patience()
                .until(
                        () -> rig.client().told().contains(Oid.CO_ADDRESS_CHANGE),
                        () -> "the client was not told of addresses after it had opened the family");
    }

    private static void signalingIsAnnounced(final CallRig rig) {
        rig.openClient();
        rig.remoteDoes(rig.remote().signaling(false), "interrupt signaling");
        awaitTold(rig, Oid.CO_SIGNALING_DISABLED);
        rig.remoteDoes(rig.remote().signaling(true), "restore signaling");
        awaitTold(rig, Oid.CO_SIGNALING_ENABLED);
    }

    private static void awaitTold(final CallRig rig, final Oid oid) {
        rig.patience().until(() -> rig.client().told().contains(oid), () -> "the client did not hear " + oid);
    }

    private static void eachClientHasItsOwnAddresses(final CallRig rig) {
        final Octets address = rig.subject()
                .address()
                .orElseThrow(() -> new NotApplicable("the author gave no address that a client can add"));
        rig.openClient();
        final KitClient other = rig.anotherClient();
        addresses(rig, rig.client());
        final OidResult added = ask(rig, rig.client(), OidRequest.set(Oid.CO_ADD_ADDRESS, address));
        expect(added.isSuccess(), () -> "the addition of an address was answered with " + added);
        expect(
                contains(addresses(rig, rig.client()), address),
                () -> "an added address is not among those of the client");
        expect(
                !contains(addresses(rig, other), address),
                () -> "an address that one client added is among those of another");
    }

    private static boolean contains(final Octets list, final Octets address) {
        return list.toString().contains(address.toString());
    }
}
