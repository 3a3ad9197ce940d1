// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.FlowSpec.ServiceType;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.FlowLayer;
import dev.condis.api.media.FlowSyntaxException;
import dev.condis.api.media.MacAddress;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.pppoe.PppoeParameters;
import dev.condis.api.pppoe.PppoeTag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a client asks for in an outgoing call.
 *
 * @param asked its call parameters
 * @param wanted the part that is PPPoE's
 * @param link where to look
 * @param peer the only access concentrator that will do, by its address
 */
record CallPlan(CallParameters asked, PppoeParameters wanted, DiscoveryLink link, Optional<MacAddress> peer) {
    private static final int PROTOCOL_NUMBER = 2;
    private static final Set<CallParameters.Flag> UNSUPPORTED = Set.of(
            CallParameters.Flag.PERMANENT_VC, CallParameters.Flag.BROADCAST_VC, CallParameters.Flag.MULTIPOINT_VC);

    /** Says which link has a stack of tags. */
    @FunctionalInterface
    interface Links {
        Optional<DiscoveryLink> with(List<FlowLayer> tags);
    }

    /**
     * Reads and checks what a client asks for (rule R119).
     *
     * @return the plan; {@code NOT_SUPPORTED} for what this medium cannot do, {@code INVALID_DATA} for what is malformed
     */
    static NdisResult<CallPlan> of(final CallParameters asked, final Links links, final Object call) {
        final Optional<PppoeParameters> wanted = PppoeParameters.of(asked);
        if (wanted.isEmpty()) {
            return unsupported(call, "the call manager specific parameters are none of PPPoE's");
        }
        if (UNSUPPORTED.stream().anyMatch(asked::has)) {
            return unsupported(call, "a session is point to point and switched");
        }
        if (isGuaranteed(asked)) {
            return unsupported(call, "Ethernet promises no rate");
        }
        final List<FlowLayer> where;
        try {
            where = station(asked);
        } catch (final FlowSyntaxException e) {
            return Outcomes.refused(NdisStatus.INVALID_DATA, "R119", call, "IDLE", e.getMessage());
        }
        final List<FlowLayer> tags =
                where.stream().filter(layer -> layer.kind().isTag()).toList();
        final List<FlowLayer> inner = where.subList(tags.size(), where.size());
        if (inner.size() > 1 || !inner.isEmpty() && inner.get(0).kind() != FlowLayer.Kind.PEER) {
            return unsupported(call, "the medium names VLAN tags and a peer, and nothing inside of them");
        }
        return links.with(tags)
                .map(link -> NdisResult.success(new CallPlan(
                        asked,
                        wanted.get(),
                        link,
                        inner.stream()
                                .map(layer -> new MacAddress(layer.value()))
                                .findFirst())))
                .orElseGet(() -> unsupported(call, "there is no signaling within these tags: " + tags));
    }

    private static NdisResult<CallPlan> unsupported(final Object call, final String why) {
        return Outcomes.refused(NdisStatus.NOT_SUPPORTED, "R119", call, "IDLE", why);
    }

    private static boolean isGuaranteed(final CallParameters asked) {
        return asked.callManager()
                .filter(traffic -> traffic.transmit().serviceType() == ServiceType.GUARANTEED
                        || traffic.receive().serviceType() == ServiceType.GUARANTEED)
                .isPresent();
    }

    private static List<FlowLayer> station(final CallParameters asked) {
        final Optional<MediaFlow> flow =
                asked.media().flatMap(MediaParameters::specific).flatMap(MediaFlow::fromSpecificParameters);
        if (flow.isPresent() && !(flow.get() instanceof EthernetFlow)) {
            throw new FlowSyntaxException(flow.get().text(), 0, "this is no station on Ethernet");
        }
        return flow.map(medium -> ((EthernetFlow) medium).layers()).orElse(List.of());
    }

    /** What a PADI and a PADR say of this. */
    List<PppoeTag> tags(final Octets hostUniq, final int maxPayload) {
        final List<PppoeTag> tags = new ArrayList<>();
        tags.add(PppoeTag.ofText(PppoeTag.SERVICE_NAME, wanted.serviceName()));
        tags.add(new PppoeTag(PppoeTag.HOST_UNIQ, hostUniq));
        if (maxPayload > PppoeParameters.DEFAULT_MAX_PAYLOAD) {
            tags.add(PppoeParameters.maxPayloadTag(maxPayload));
        }
        tags.addAll(wanted.others());
        return tags;
    }

    /** Whether an offer is what was asked for. RFC 2516, section 5.2: it has one AC-Name, and the service that was asked for. */
    boolean fits(final SignalFrame offer) {
        final DiscoveryPacket packet = offer.packet();
        final Optional<String> name = packet.tag(PppoeTag.AC_NAME).map(PppoeTag::text);
        final boolean service = packet.tags().stream()
                .anyMatch(tag -> tag.type() == PppoeTag.SERVICE_NAME
                        && (wanted.serviceName().isEmpty() || tag.text().equals(wanted.serviceName())));
        return name.isPresent()
                && service
                && packet.error().isEmpty()
                && wanted.acName().map(name.get()::equals).orElse(true)
                && peer.map(offer.source()::equals).orElse(true);
    }

    /** The parameters with which the VC of a session is activated. */
    CallParameters session(final EthernetFlow session, final PppoeParameters agreed) {
        return session(asked, session, agreed);
    }

    /** Call parameters with a session, and with PDUs as long as both sides agreed. */
    static CallParameters session(final CallParameters base, final EthernetFlow session, final PppoeParameters agreed) {
        final CallManagerParameters traffic = base.callManager().orElseGet(CallManagerParameters::bestEffort);
        final int maxPdu = agreed.maxPayload() + PROTOCOL_NUMBER;
        final MediaParameters whole = session.toMediaParameters();
        final MediaParameters media = base.media()
                .map(asked -> new MediaParameters(
                        asked.flags(), asked.receivePriority(), asked.receiveSizeHint(), whole.specific()))
                .orElse(whole);
        return base.without(CallParameters.Flag.CALL_PARAMETERS_CHANGED)
                .withMedia(media)
                .withCallManager(new CallManagerParameters(
                        sized(traffic.transmit(), maxPdu),
                        sized(traffic.receive(), maxPdu),
                        Optional.of(agreed.toSpecific())));
    }

    private static FlowSpec sized(final FlowSpec flow, final int maxPdu) {
        return new FlowSpec(
                flow.tokenRate(),
                flow.tokenBucketSize(),
                flow.peakBandwidth(),
                flow.latency(),
                flow.delayVariation(),
                flow.serviceType(),
                maxPdu,
                flow.minimumPolicedSize());
    }
}
