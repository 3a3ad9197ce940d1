// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Refusal;
import dev.condis.api.media.AtmConnection;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.FlowLayer;
import dev.condis.api.media.FlowSyntaxException;
import dev.condis.api.media.MediaFlow;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the call parameters of an active VC mean on a link.
 *
 * @param key the flow, for looking frames up
 * @param flow the flow
 * @param encapsulation how its PDUs are sent; empty if they cannot be
 * @param withStations whether PDUs begin with the addresses of both stations
 * @param stampSends whether the time stamps of sent NBLs are used, where the medium can (a file)
 */
record FlowBinding(
        FlowKey key, MediaFlow flow, Optional<Encapsulation> encapsulation, boolean withStations, boolean stampSends) {

    /** Parameters are checked each time (rule R79). */
    private static final String RULE = "R79";

    /**
     * Reads and checks call parameters.
     *
     * @param parameters the parameters to put in force
     * @param link where
     * @param object the VC, for a refusal
     * @return what they mean, or {@code INVALID_DATA} with the reason
     */
    static NdisResult<FlowBinding> of(final CallParameters parameters, final PcapLink link, final String object) {
        if (parameters.media().isEmpty() || parameters.media().get().specific().isEmpty()) {
            return refuse(object, "the media parameters that name the flow are missing");
        }
        final MediaParameters media = parameters.media().get();
        try {
            return MediaFlow.fromSpecificParameters(media.specific().get())
                    .map(flow -> of(flow, parameters, media, link, object))
                    .orElseGet(() -> refuse(
                            object,
                            "media parameters of type 0x"
                                    + Integer.toHexString(media.specific().get().paramType()) + " name no flow"));
        } catch (FlowSyntaxException e) {
            return refuse(object, "the media parameters name no flow: " + e.getMessage());
        }
    }

    private static NdisResult<FlowBinding> of(
            final MediaFlow flow,
            final CallParameters parameters,
            final MediaParameters media,
            final PcapLink link,
            final String object) {
        final Optional<String> foreign = foreignTo(link.linkType(), flow);
        if (foreign.isPresent()) {
            return refuse(object, flow + ": " + foreign.get());
        }
        final boolean sends = link.canSend() && transmits(media.flags());
        final List<String> problems = sends ? flow.sendProblems() : List.of();
        if (!problems.isEmpty()) {
            return refuse(object, flow + ": " + String.join("; ", problems));
        }
        final Optional<Encapsulation> encapsulation = sends && flow instanceof EthernetFlow ethernet
                ? Optional.of(Encapsulation.of(ethernet, link.localAddress(), Priority.of(parameters)))
                : Optional.empty();
        final Optional<String> tooLong =
                tooLong(parameters.callManager().orElseGet(CallManagerParameters::bestEffort), encapsulation, link);
        if (tooLong.isPresent()) {
            return refuse(object, flow + ": " + tooLong.get());
        }
        final boolean stamps = media.flags().contains(MediaParameters.Flag.USE_TIME_STAMPS);
        final boolean stations =
                flow instanceof EthernetFlow ethernet && ethernet.innermost().kind() == FlowLayer.Kind.STATIONS;
        return NdisResult.success(new FlowBinding(FlowKey.of(flow), flow, encapsulation, stations, stamps));
    }

    /** Whether it is one other station that frames come from, and sends them to the address of this one. */
    boolean isWithOneStation() {
        return flow instanceof EthernetFlow ethernet
                && (ethernet.peer().isPresent() || ethernet.innermost().kind() == FlowLayer.Kind.PPPOE);
    }

    /** Why the PDUs that somebody wants to exchange do not fit. */
    private static Optional<String> tooLong(
            final CallManagerParameters asked, final Optional<Encapsulation> encapsulation, final PcapLink link) {
        final int room = encapsulation
                .map(headers -> headers.longestPdu(link.maxFrameBytes(headers.isTagged())))
                .orElse(Integer.MAX_VALUE);
        if (room <= 0) {
            return Optional.of("its headers leave no room in a frame" + byTheMtu(link));
        }
        if (isLonger(asked.transmit(), room)) {
            return Optional.of("a PDU that is sent can have " + room + " octets at most" + byTheMtu(link));
        }
        return isLonger(asked.receive(), link.longestReceived())
                ? Optional.of("a PDU that is received can have " + link.longestReceived() + " octets at most")
                : Optional.empty();
    }

    private static String byTheMtu(final PcapLink link) {
        return link.mtu() == 0 ? "" : " (MTU " + link.mtu() + ")";
    }

    private static boolean isLonger(final FlowSpec flow, final int room) {
        return flow.serviceType() != FlowSpec.ServiceType.NOTRAFFIC
                && flow.maxSduSize() != FlowSpec.UNSPECIFIED
                && flow.maxSduSize() > room;
    }

    private static boolean transmits(final Set<MediaParameters.Flag> flags) {
        return flags.contains(MediaParameters.Flag.TRANSMIT_VC) || !flags.contains(MediaParameters.Flag.RECEIVE_VC);
    }

    /** Why frames of a flow cannot occur on a kind of link. */
    private static Optional<String> foreignTo(final LinkType link, final MediaFlow flow) {
        if (flow instanceof AtmConnection || link == LinkType.SUNATM) {
            final boolean fits = flow instanceof AtmConnection && link == LinkType.SUNATM;
            return fits ? Optional.empty() : Optional.of("no such flow on a link of kind " + link);
        }
        return ((EthernetFlow) flow)
                .layers().stream()
                        .filter(layer -> !occurs(link, layer.kind()))
                        .findFirst()
                        .map(layer -> "no " + layer.kind().word() + " on a link of kind " + link)
                        .or(() -> tooDeep((EthernetFlow) flow));
    }

    private static boolean occurs(final LinkType link, final FlowLayer.Kind kind) {
        return switch (link) {
            case ETHERNET -> kind != FlowLayer.Kind.PPP;
            case LINUX_SLL -> kind != FlowLayer.Kind.PPP && kind != FlowLayer.Kind.STATIONS;
            case PPP -> kind == FlowLayer.Kind.PPP || kind == FlowLayer.Kind.MPLS;
            case PPP_SERIAL -> kind == FlowLayer.Kind.PPP || kind == FlowLayer.Kind.MPLS || kind == FlowLayer.Kind.TYPE;
            case C_HDLC -> kind == FlowLayer.Kind.MPLS || kind == FlowLayer.Kind.TYPE;
            case SUNATM -> false;
        };
    }

    private static Optional<String> tooDeep(final EthernetFlow flow) {
        final long tags = flow.layers().stream().filter(l -> l.kind().isTag()).count();
        final long labels = flow.layers().stream()
                .filter(l -> l.kind() == FlowLayer.Kind.MPLS)
                .count();
        return tags > FrameParser.MAX_TAGS || labels > FrameParser.MAX_LABELS
                ? Optional.of("more than " + FrameParser.MAX_TAGS + " tags or " + FrameParser.MAX_LABELS + " labels")
                : Optional.empty();
    }

    static <T> NdisResult<T> refuse(final String object, final String explanation) {
        return refuse(NdisStatus.INVALID_DATA, object, explanation);
    }

    static <T> NdisResult<T> refuse(final NdisStatus status, final String object, final String explanation) {
        return NdisResult.refused(status, new Refusal(RULE, object, "checking", explanation, Optional.empty()));
    }
}
