// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.media;

import dev.condis.api.MediaParameters;
import dev.condis.api.Octets;
import dev.condis.api.SpecificParameters;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What names a circuit on its medium; the media-specific part of the parameters with which a VC is activated.
 *
 * <p>Source: {@code CO_MEDIA_PARAMETERS.MediaSpecific} ({@code CO_SPECIFIC_PARAMETERS}).
 */
public sealed interface MediaFlow permits EthernetFlow, AtmConnection {

    /**
     * Returns the textual form, which {@link #parse} reads back to an equal value.
     *
     * @return the text, ASCII
     */
    String text();

    /**
     * Says why a station must not send on this flow, although it may be met on the wire or in a capture.
     *
     * @return one clause for each reason; empty if the flow is fit for sending
     */
    List<String> sendProblems();

    /**
     * Returns the parameter type under which this kind of flow travels in call parameters.
     *
     * @return {@link AtmConnection#PARAM_TYPE} or {@link EthernetFlow#PARAM_TYPE}
     */
    int paramType();

    /**
     * Wraps the flow for use as media-specific parameters.
     *
     * @return parameters of type {@link #paramType()} that hold the textual form in UTF-8
     */
    default SpecificParameters toSpecificParameters() {
        return new SpecificParameters(paramType(), Octets.ofText(text()));
    }

    /**
     * The media parameters of a VC that sends and receives on this flow.
     *
     * @return the parameters
     */
    default MediaParameters toMediaParameters() {
        return MediaParameters.duplex(toSpecificParameters());
    }

    /**
     * Reads the textual form of either kind.
     *
     * @param text such as {@code vlan:100} or {@code atm:0/100}
     * @return the flow
     * @throws FlowSyntaxException if {@code text} is not one; names the place and the rule
     */
    static MediaFlow parse(final String text) {
        Objects.requireNonNull(text, "text");
        return text.startsWith(AtmConnection.PREFIX) ? AtmConnection.parse(text) : EthernetFlow.parse(text);
    }

    /**
     * Reads media-specific parameters back.
     *
     * @param parameters the media-specific part of call parameters
     * @return the flow, or empty if the parameter type is neither of the two known ones
     * @throws FlowSyntaxException if the type is known and the content is not the textual form of a flow of that type
     */
    static Optional<MediaFlow> fromSpecificParameters(final SpecificParameters parameters) {
        return switch (parameters.paramType()) {
            case AtmConnection.PARAM_TYPE ->
                Optional.of(AtmConnection.parse(parameters.parameters().toText()));
            case EthernetFlow.PARAM_TYPE ->
                Optional.of(EthernetFlow.parse(parameters.parameters().toText()));
            default -> Optional.empty();
        };
    }
}
