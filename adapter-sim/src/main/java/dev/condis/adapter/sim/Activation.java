// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Refusal;
import dev.condis.api.media.FlowSyntaxException;
import dev.condis.api.media.MediaFlow;
import java.util.Optional;
import java.util.Set;

/**
 * Parameters that a NIC can put in force (rules R79, R82).
 *
 * @param parameters as they will be in force: rounded if that was allowed
 * @param circuit how the PDUs look on the wire
 * @param flags of the media parameters
 */
record Activation(CallParameters parameters, Circuit circuit, Set<MediaParameters.Flag> flags) {

    private static final int BITS = 8;

    static NdisResult<Activation> check(SimMiniport nic, CallParameters parameters) {
        Optional<MediaParameters> media = parameters.media();
        if (media.isEmpty() || media.get().specific().isEmpty()) {
            return refused(nic, "media parameters are missing: the NIC does not know the circuit");
        }
        if (media.get().flags().contains(MediaParameters.Flag.RESERVE_RESOURCES_VC)) {
            return refused(nic, "the NIC has nothing that could be reserved");
        }
        Optional<Circuit> circuit = flowOf(media.get()).flatMap(nic.circuits()::circuitOf);
        if (circuit.isEmpty()) {
            return refused(
                    nic,
                    "the media parameters name no circuit of " + nic.network().medium());
        }
        return checkFlows(nic, parameters, media.get(), circuit.get());
    }

    private static Optional<MediaFlow> flowOf(MediaParameters media) {
        try {
            return media.specific().flatMap(MediaFlow::fromSpecificParameters);
        } catch (FlowSyntaxException e) {
            return Optional.empty();
        }
    }

    private static NdisResult<Activation> checkFlows(
            SimMiniport nic, CallParameters parameters, MediaParameters media, Circuit circuit) {
        Optional<CallManagerParameters> asked = parameters.callManager();
        if (asked.isEmpty()) {
            return NdisResult.success(new Activation(parameters, circuit, media.flags()));
        }
        CallManagerParameters traffic = asked.get();
        int room = nic.network().medium().maxPdu() - circuit.headerLength();
        if (isLonger(traffic.transmit(), room) || isLonger(traffic.receive(), room)) {
            return refused(nic, "a PDU can have " + room + " octets at most");
        }
        CallManagerParameters rounded = new CallManagerParameters(
                round(nic, traffic.transmit()), round(nic, traffic.receive()), traffic.specific());
        if (rounded.equals(traffic)) {
            return NdisResult.success(new Activation(parameters, circuit, media.flags()));
        }
        if (!media.flags().contains(MediaParameters.Flag.ROUND_DOWN_FLOW)) {
            return refused(nic, "the link carries " + nic.linkBitsPerSecond() + " bit/s, and rounding is not asked");
        }
        CallParameters changed = parameters.withCallManager(rounded).with(CallParameters.Flag.CALL_PARAMETERS_CHANGED);
        return NdisResult.success(new Activation(changed, circuit, media.flags()));
    }

    private static boolean isLonger(FlowSpec flow, int room) {
        return flow.maxSduSize() != FlowSpec.UNSPECIFIED && flow.maxSduSize() > room;
    }

    /** The flow with no rate above the link's. */
    private static FlowSpec round(SimMiniport nic, FlowSpec flow) {
        long linkBits = nic.linkBitsPerSecond();
        if (linkBits == 0 || flow.serviceType() == FlowSpec.ServiceType.NOTRAFFIC) {
            return flow;
        }
        long linkOctets = linkBits / BITS;
        return new FlowSpec(
                limit(flow.tokenRate(), linkOctets),
                flow.tokenBucketSize(),
                limit(flow.peakBandwidth(), linkOctets),
                flow.latency(),
                flow.delayVariation(),
                flow.serviceType(),
                flow.maxSduSize(),
                flow.minimumPolicedSize());
    }

    private static long limit(long rate, long linkOctets) {
        return rate == FlowSpec.UNSPECIFIED ? rate : Math.min(rate, linkOctets);
    }

    private static NdisResult<Activation> refused(SimMiniport nic, String explanation) {
        return NdisResult.refused(
                NdisStatus.INVALID_DATA,
                new Refusal("R79", nic.toString(), "activating", explanation, Optional.empty()));
    }
}
