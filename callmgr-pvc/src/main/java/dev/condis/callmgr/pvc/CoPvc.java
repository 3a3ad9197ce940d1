// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.SpecificParameters;
import dev.condis.api.media.AtmConnection;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.oid.OidResult;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * The information of {@code OID_CO_ADD_PVC} and {@code OID_CO_DELETE_PVC}: {@code CO_PVC} without its
 * {@code NdisAfHandle}, which is the address family that the request is made on. What is left is {@code PvcParameters}, a
 * {@code CO_SPECIFIC_PARAMETERS}: ParamType (4 octets), Length (4 octets), so many octets of parameters; numbers are
 * little-endian. The parameters are text in UTF-8. Those of type {@link Sap#PVC} are an entry as in the
 * configuration, of which a deletion needs the name only, or a flow; those of type {@link AtmConnection#PARAM_TYPE}
 * are a flow. The name of a circuit that was added as a flow is the flow's text.
 */
final class CoPvc {
    private static final int HEADER = 2 * Integer.BYTES;
    private static final int MAX_PARAMETERS = 4096;

    private CoPvc() {}

    /** Why the information cannot be read. */
    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient OidResult answer;

        UnreadableException(final OidResult answer) {
            super(answer.toString());
            this.answer = answer;
        }

        /** What the requester is told. */
        OidResult answer() {
            return answer;
        }
    }

    /** Reads the information. */
    static SpecificParameters read(final Octets information, final Object requester) throws UnreadableException {
        final byte[] octets = information.toByteArray();
        if (octets.length < HEADER) {
            throw wrongLength(HEADER);
        }
        final ByteBuffer header = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        final int type = header.getInt();
        final int length = header.getInt();
        if (length < 0 || length > MAX_PARAMETERS) {
            throw new UnreadableException(Outcomes.refusedRequest(
                    NdisStatus.INVALID_DATA, "R196", requester, "more parameters than " + MAX_PARAMETERS + " octets"));
        }
        if (octets.length != HEADER + length) {
            throw wrongLength(HEADER + length);
        }
        return new SpecificParameters(type, Octets.of(Arrays.copyOfRange(octets, HEADER, octets.length)));
    }

    private static UnreadableException wrongLength(final int needed) {
        return new UnreadableException(OidResult.wrongLength(NdisStatus.INVALID_LENGTH, needed));
    }

    /** Writes the information. */
    static Octets write(final SpecificParameters parameters) {
        final byte[] octets = parameters.parameters().toByteArray();
        return Octets.of(ByteBuffer.allocate(HEADER + octets.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(parameters.paramType())
                .putInt(octets.length)
                .put(octets)
                .array());
    }

    /**
     * The circuit that is to be added.
     *
     * @throws IllegalArgumentException if the parameters name none; the message names the rule
     */
    static PermanentCircuit circuit(final SpecificParameters parameters) {
        return isFlow(parameters)
                ? PermanentCircuit.unconfigured(flow(parameters))
                : PermanentCircuit.parse(parameters.parameters().toText());
    }

    /**
     * Which circuit is to be deleted.
     *
     * @throws IllegalArgumentException if the parameters name none
     */
    static Selector selector(final SpecificParameters parameters) {
        if (isFlow(parameters)) {
            return new Selector(Optional.empty(), Optional.of(flow(parameters)));
        }
        final String text = parameters.parameters().toText();
        final int equals = text.indexOf('=');
        return new Selector(Optional.of((equals < 0 ? text : text.substring(0, equals)).strip()), Optional.empty());
    }

    /** Flows of Ethernet and entries have one type: a flow has a colon and no equals sign. */
    private static boolean isFlow(final SpecificParameters parameters) {
        final String text = parameters.parameters().toText();
        return parameters.paramType() != Sap.PVC || text.indexOf(':') >= 0 && text.indexOf('=') < 0;
    }

    private static MediaFlow flow(final SpecificParameters parameters) {
        return MediaFlow.fromSpecificParameters(parameters)
                .orElseThrow(() -> new IllegalArgumentException("parameters of type 0x"
                        + Integer.toHexString(parameters.paramType()) + " describe no permanent circuit"));
    }

    /** A circuit by its name or by its flow. */
    record Selector(Optional<String> name, Optional<MediaFlow> flow) {
        boolean matches(final PermanentCircuit circuit) {
            return name.map(circuit.name()::equals)
                    .or(() -> flow.map(circuit.flow()::equals))
                    .orElse(false);
        }

        @Override
        public String toString() {
            return name.map(text -> "'" + text + "'")
                    .or(() -> flow.map(MediaFlow::text))
                    .orElse("");
        }
    }
}
