// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.CallParameters.Flag;
import dev.condis.api.FlowSpec;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.Sap;
import dev.condis.api.SpecificParameters;
import dev.condis.api.media.MediaFlow;
import java.util.Optional;
import java.util.Set;

/**
 * What a client's call parameters mean (S33.2): a circuit, and the parameters with which the VC is activated.
 *
 * @param circuit the circuit
 * @param activation the parameters for the miniport
 */
record CallPlan(PermanentCircuit circuit, CallParameters activation) {
    /**
     * Finds the circuit.
     *
     * @param settings the circuits there are
     * @param asked what the client asks for
     * @param caller who asks, for refusals
     * @return the plan; {@code NOT_SUPPORTED} for parameters that name no circuit (R119), {@code FAILURE} when the circuit is
     *     not configured, {@code INCOMPATIBLE_QOS} when it is too small
     */
    static NdisResult<CallPlan> of(final PvcSettings settings, final CallParameters asked, final Object caller) {
        if (asked.has(Flag.MULTIPOINT_VC) || asked.has(Flag.BROADCAST_VC)) {
            return unusable(caller, "a permanent circuit is between two points");
        }
        final NdisResult<PermanentCircuit> circuit = asked.media().isPresent()
                ? byMedia(settings, asked.media().get(), caller)
                : byDestination(settings, asked.callManager().flatMap(CallManagerParameters::specific), caller);
        if (!circuit.isSuccess()) {
            return new NdisResult<>(circuit.status(), Optional.empty(), circuit.refusal());
        }
        return plan(circuit.get(), asked, caller);
    }

    private static NdisResult<PermanentCircuit> byMedia(
            final PvcSettings settings, final MediaParameters media, final Object caller) {
        final Optional<MediaFlow> flow;
        try {
            flow = media.specific().flatMap(MediaFlow::fromSpecificParameters);
        } catch (final IllegalArgumentException e) {
            return unusable(caller, "the media parameters name no circuit: " + e.getMessage());
        }
        if (flow.isEmpty()) {
            return unusable(caller, "the media parameters hold no flow");
        }
        final Optional<PermanentCircuit> configured = settings.circuits().stream()
                .filter(c -> c.flow().equals(flow.get()))
                .findFirst();
        return configured
                .or(() -> settings.open() ? Optional.of(PermanentCircuit.unconfigured(flow.get())) : Optional.empty())
                .map(NdisResult::success)
                .orElseGet(() -> Outcomes.refused(
                        NdisStatus.FAILURE,
                        "S33",
                        caller,
                        "idle",
                        "no permanent circuit is configured for " + flow.get() + ", and the call manager is not open"));
    }

    /** The circuit whose SAP is the destination: its name is one, the address at its other end another. */
    private static NdisResult<PermanentCircuit> byDestination(
            final PvcSettings settings, final Optional<SpecificParameters> specific, final Object caller) {
        final Optional<Sap> destination = specific.flatMap(CallPlan::destination);
        if (destination.isEmpty()) {
            return unusable(
                    caller,
                    "without media parameters the call manager's own must name a PVC (type " + Sap.PVC
                            + ") or an address (type " + Q2931Parameters.PARAM_TYPE + ")");
        }
        final Sap sap = destination.get();
        return settings.circuits().stream()
                .filter(circuit ->
                        Sap.pvc(circuit.name()).equals(sap) || circuit.sap().equals(destination))
                .findFirst()
                .map(NdisResult::success)
                .orElseGet(() -> Outcomes.refused(
                        NdisStatus.FAILURE, "S33", caller, "idle", "no permanent circuit leads to " + sap));
    }

    private static Optional<Sap> destination(final SpecificParameters specific) {
        return specific.paramType() == Sap.PVC
                ? Optional.of(new Sap(Sap.PVC, specific.parameters()))
                : Q2931Parameters.parse(specific).map(Q2931Parameters::called);
    }

    private static NdisResult<CallPlan> plan(
            final PermanentCircuit circuit, final CallParameters asked, final Object caller) {
        final Optional<CallManagerParameters> flows = asked.callManager();
        if (flows.isPresent()
                && (exceeds(flows.get().transmit(), circuit.transmit())
                        || exceeds(flows.get().receive(), circuit.receive()))) {
            return Outcomes.refused(
                    NdisStatus.INCOMPATIBLE_QOS,
                    "R119",
                    caller,
                    "idle",
                    "the quality of a permanent circuit is not negotiable, and PVC '" + circuit.name()
                            + "' is smaller");
        }
        return NdisResult.success(new CallPlan(
                circuit,
                new CallParameters(
                        Set.of(Flag.PERMANENT_VC),
                        traffic(circuit, flows),
                        Optional.of(media(circuit, asked.media())))));
    }

    private static boolean exceeds(final FlowSpec asked, final Optional<FlowSpec> ordered) {
        return ordered.isPresent()
                && (more(asked.tokenRate(), ordered.get().tokenRate())
                        || more(asked.maxSduSize(), ordered.get().maxSduSize()));
    }

    private static boolean more(final long asked, final long ordered) {
        return asked != FlowSpec.UNSPECIFIED && ordered != FlowSpec.UNSPECIFIED && asked > ordered;
    }

    private static Optional<CallManagerParameters> traffic(
            final PermanentCircuit circuit, final Optional<CallManagerParameters> asked) {
        if (circuit.transmit().isEmpty() && circuit.receive().isEmpty()) {
            return asked;
        }
        final CallManagerParameters base = asked.orElseGet(CallManagerParameters::bestEffort);
        return Optional.of(new CallManagerParameters(
                circuit.transmit().orElse(base.transmit()), circuit.receive().orElse(base.receive()), base.specific()));
    }

    private static MediaParameters media(final PermanentCircuit circuit, final Optional<MediaParameters> asked) {
        return asked.map(m -> new MediaParameters(
                        m.flags(), m.receivePriority(), m.receiveSizeHint(), Optional.of(circuit.media())))
                .orElseGet(() -> MediaParameters.duplex(circuit.media()));
    }

    /** The parameters of an incoming call on a circuit. */
    static CallParameters incoming(final PermanentCircuit circuit) {
        final CallParameters asked = CallParameters.permanent(MediaParameters.duplex(circuit.media()));
        return new CallParameters(asked.flags(), traffic(circuit, Optional.empty()), asked.media());
    }

    /**
     * The answer to the client: what is in force, marked as permanent, and as changed when it is not what was asked for (R120).
     */
    static CallParameters answer(final CallParameters asked, final CallParameters inForce) {
        final CallParameters permanent =
                inForce.without(Flag.CALL_PARAMETERS_CHANGED).with(Flag.PERMANENT_VC);
        final boolean same = asked.has(Flag.PERMANENT_VC)
                && asked.callManager().equals(permanent.callManager())
                && asked.media().equals(permanent.media());
        return same ? permanent : permanent.with(Flag.CALL_PARAMETERS_CHANGED);
    }

    private static <T> NdisResult<T> unusable(final Object caller, final String why) {
        return Outcomes.refused(NdisStatus.NOT_SUPPORTED, "R119", caller, "idle", why);
    }
}
