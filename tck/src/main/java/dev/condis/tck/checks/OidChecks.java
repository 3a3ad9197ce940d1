// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.checks;

import static dev.condis.tck.rig.Rig.expect;

import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.oid.OidTable;
import dev.condis.tck.rig.DataRig;
import dev.condis.tck.rig.Environment;
import dev.condis.tck.rig.Line;
import dev.condis.tck.rig.NotApplicable;
import dev.condis.tck.subject.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** OID requests to a miniport, or to the miniport half of an MCM. */
final class OidChecks {
    /** What every connection-oriented miniport answers (contract F.4). */
    private static final List<Oid> MANDATORY = List.of(
            Oid.GEN_CO_SUPPORTED_LIST,
            Oid.GEN_CO_HARDWARE_STATUS,
            Oid.GEN_CO_MEDIA_SUPPORTED,
            Oid.GEN_CO_MEDIA_IN_USE,
            Oid.GEN_CO_LINK_SPEED,
            Oid.GEN_CO_VENDOR_ID,
            Oid.GEN_CO_VENDOR_DESCRIPTION,
            Oid.GEN_CO_DRIVER_VERSION,
            Oid.GEN_CO_MAC_OPTIONS,
            Oid.GEN_CO_MEDIA_CONNECT_STATUS,
            Oid.GEN_CO_VENDOR_DRIVER_VERSION,
            Oid.GEN_CO_MINIMUM_LINK_SPEED,
            Oid.GEN_CO_XMIT_PDUS_OK,
            Oid.GEN_CO_RCV_PDUS_OK,
            Oid.GEN_CO_XMIT_PDUS_ERROR,
            Oid.GEN_CO_RCV_PDUS_ERROR,
            Oid.GEN_CO_RCV_PDUS_NO_BUFFER);

    /** An OID that nobody has. */
    private static final Oid UNKNOWN = new Oid(0x7F7F_7F7F);

    private static final int ENOUGH = 4096;
    private static final int SOME = 5;

    private final Kind kind;
    private final Function<Environment, DataRig> rigs;
    private final List<Check> checks = new ArrayList<>();

    private OidChecks(final Kind kind, final Function<Environment, DataRig> rigs) {
        this.kind = kind;
        this.rigs = rigs;
    }

    static List<Check> of(final Kind kind, final Function<Environment, DataRig> rigs) {
        final OidChecks oids = new OidChecks(kind, rigs);
        oids.add(kind == Kind.MCM ? "R16" : "R17", OidChecks::mandatoryOidsAreAnswered);
        oids.add("R193", OidChecks::statisticsAreOfOneVcOrOfAll);
        oids.add("R196", OidChecks::lengthsAreChecked);
        oids.add("R197", OidChecks::anUnknownOidIsCalledSo);
        oids.add("R201", OidChecks::countersHaveTwoSizes);
        return oids.checks;
    }

    private void add(final String rule, final Consumer<DataRig> procedure) {
        checks.add(new Check(rule, kind, environment -> {
            try (DataRig rig = rigs.apply(environment)) {
                procedure.accept(rig);
            }
        }));
    }

    private static OidResult ask(final DataRig rig, final OidRequest request) {
        return rig.patience().outcome(rig.oidRequest(request), request.toString());
    }

    private static OidResult query(final DataRig rig, final Oid oid, final int length) {
        return ask(rig, OidRequest.query(oid, length));
    }

    private static void mandatoryOidsAreAnswered(final DataRig rig) {
        for (final Oid oid : MANDATORY) {
            final OidResult result = query(rig, oid, ENOUGH);
            expect(result.isSuccess(), () -> "a query of " + oid + ", which is mandatory, was answered with " + result);
        }
        final OidResult set = ask(rig, OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, OidTable.u32(0)));
        expect(set.isSuccess(), () -> "a set of " + Oid.GEN_CO_PROTOCOL_OPTIONS + " to 0 was answered with " + set);
    }

    private static void statisticsAreOfOneVcOrOfAll(final DataRig rig) {
        final Line busy = rig.openLine(0);
        final Line quiet = rig.openLine(1);
        busy.send(SOME);
        rig.patience().until(() -> busy.traffic().outstanding() == 0, () -> "sends were not completed");
        final long ofBusy = sent(rig, Optional.of(busy));
        final long ofQuiet = sent(rig, Optional.of(quiet));
        final long ofAll = sent(rig, Optional.empty());
        expect(ofBusy == SOME, () -> SOME + " PDUs were sent on a VC, and its statistics say " + ofBusy);
        expect(ofQuiet == 0, () -> "nothing was sent on a VC, and its statistics say " + ofQuiet);
        expect(ofAll >= SOME, () -> SOME + " PDUs were sent, and the statistics of the adapter say " + ofAll);
    }

    private static long sent(final DataRig rig, final Optional<Line> line) {
        final OidRequest request = OidRequest.query(Oid.GEN_CO_XMIT_PDUS_OK, Long.BYTES);
        final OidResult result = rig.patience()
                .outcome(
                        line.map(l -> rig.oidRequest(l, request)).orElseGet(() -> rig.oidRequest(request)),
                        request.toString());
        if (line.isPresent()
                && (result.status() == NdisStatus.NOT_SUPPORTED || result.status() == NdisStatus.INVALID_OID)) {
            throw new NotApplicable("the driver keeps no statistics of single VCs");
        }
        expect(result.isSuccess(), () -> request + " was answered with " + result);
        return OidTable.number(result.information());
    }

    private static void lengthsAreChecked(final DataRig rig) {
        final OidResult query = query(rig, Oid.GEN_CO_SUPPORTED_LIST, 1);
        expect(
                isWrongLength(query) && query.bytesNeeded() > 1,
                () -> "a query with a buffer that is too short was answered with " + query);
        final OidResult set = ask(rig, OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, Octets.of((byte) 0)));
        expect(isWrongLength(set), () -> "a set with too few octets was answered with " + set);
    }

    private static boolean isWrongLength(final OidResult result) {
        return result.status() == NdisStatus.BUFFER_TOO_SHORT || result.status() == NdisStatus.INVALID_LENGTH;
    }

    private static void anUnknownOidIsCalledSo(final DataRig rig) {
        final OidResult query = query(rig, UNKNOWN, ENOUGH);
        expect(query.status() == NdisStatus.INVALID_OID, () -> "a query of an unknown OID was answered with " + query);
        final OidResult set = ask(rig, OidRequest.set(UNKNOWN, Octets.EMPTY));
        expect(set.status() == NdisStatus.INVALID_OID, () -> "a set of an unknown OID was answered with " + set);
    }

    private static void countersHaveTwoSizes(final DataRig rig) {
        for (final int size : List.of(Integer.BYTES, Long.BYTES)) {
            final OidResult result = query(rig, Oid.GEN_CO_XMIT_PDUS_OK, size);
            expect(
                    result.isSuccess() && result.information().length() == size,
                    () -> "a query of a counter in " + size + " octets was answered with " + result);
        }
        final OidResult shorter = query(rig, Oid.GEN_CO_XMIT_PDUS_OK, Integer.BYTES - 1);
        expect(
                shorter.status() == NdisStatus.INVALID_LENGTH && shorter.bytesNeeded() >= Integer.BYTES,
                () -> "a query of a counter in 3 octets was answered with " + shorter);
    }
}
