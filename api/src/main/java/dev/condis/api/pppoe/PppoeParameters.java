// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.pppoe;

import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.Octets;
import dev.condis.api.SpecificParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The call manager specific parameters of a call in the address family PPPoE. The octets are those of a list of {@link PppoeTag}s, as they travel in
 * discovery.
 *
 * <p>In what a client asks for: which service of which access concentrator. In what is in force: the service, the name of the access concentrator,
 * the largest payload that both sides agreed on, and the tags of the other side that concern nobody here.
 *
 * @param serviceName the service; empty for any
 * @param acName the access concentrator; empty for any
 * @param maxPayload the largest PPP payload in octets, without the protocol number: {@value #DEFAULT_MAX_PAYLOAD}, or more if both sides can (RFC
 *     4638), at most {@value #MOST_PAYLOAD}
 * @param others further tags, none of those that the call manager writes itself; at most {@value #MAX_OTHERS} octets
 */
public record PppoeParameters(String serviceName, Optional<String> acName, int maxPayload, List<PppoeTag> others) {
    /** The parameter type; Condis' own, not a number of the DDI. */
    public static final int PARAM_TYPE = 0x0C0D_0002;

    /** What fits into an Ethernet frame of 1500 octets behind the header of PPPoE and the protocol number (RFC 2516, section 7). */
    public static final int DEFAULT_MAX_PAYLOAD = 1492;

    /** What the length field of a session's header can say, without the protocol number. */
    public static final int MOST_PAYLOAD = 65_533;

    /** Most octets of a name. */
    public static final int MAX_NAME = 255;

    /** Most octets of further tags. */
    public static final int MAX_OTHERS = 512;

    private static final int PROTOCOL_NUMBER = 2;
    private static final int U16 = 2;

    /** The tags that a call manager writes and reads itself. */
    private static final Set<Integer> OWN_TAGS = Set.of(
            PppoeTag.END_OF_LIST,
            PppoeTag.SERVICE_NAME,
            PppoeTag.AC_NAME,
            PppoeTag.HOST_UNIQ,
            PppoeTag.AC_COOKIE,
            PppoeTag.RELAY_SESSION_ID,
            PppoeTag.PPP_MAX_PAYLOAD,
            PppoeTag.SERVICE_NAME_ERROR,
            PppoeTag.AC_SYSTEM_ERROR,
            PppoeTag.GENERIC_ERROR);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a name is too long, the payload out of range, or a further tag is not allowed
     */
    public PppoeParameters {
        Objects.requireNonNull(serviceName, "serviceName");
        Objects.requireNonNull(acName, "acName");
        others = List.copyOf(others);
        requireName(serviceName);
        acName.ifPresent(PppoeParameters::requireName);
        if (maxPayload < DEFAULT_MAX_PAYLOAD || maxPayload > MOST_PAYLOAD) {
            throw new IllegalArgumentException(
                    "maxPayload is " + DEFAULT_MAX_PAYLOAD + ".." + MOST_PAYLOAD + ": " + maxPayload);
        }
        if (!others.stream().allMatch(PppoeParameters::isOther) || PppoeTag.length(others) > MAX_OTHERS) {
            throw new IllegalArgumentException(
                    "these are no further tags, or more than " + MAX_OTHERS + " octets: " + others);
        }
    }

    private static void requireName(final String name) {
        if (Octets.ofText(name).length() > MAX_NAME) {
            throw new IllegalArgumentException("a name has at most " + MAX_NAME + " octets: '" + name + "'");
        }
    }

    /**
     * Tells the tags that concern nobody here from those that a call manager writes and reads itself.
     *
     * @param tag a tag
     * @return whether it may be among {@link #others}
     */
    public static boolean isOther(final PppoeTag tag) {
        return !OWN_TAGS.contains(tag.type());
    }

    /**
     * A service of any access concentrator, with the usual payload.
     *
     * @param serviceName the service; empty for any
     * @return the parameters
     */
    public static PppoeParameters service(final String serviceName) {
        return new PppoeParameters(serviceName, Optional.empty(), DEFAULT_MAX_PAYLOAD, List.of());
    }

    /**
     * These parameters for one access concentrator.
     *
     * @param name its name
     * @return the parameters
     */
    public PppoeParameters at(final String name) {
        return new PppoeParameters(serviceName, Optional.of(name), maxPayload, others);
    }

    /**
     * These parameters with another payload.
     *
     * @param octets the largest PPP payload
     * @return the parameters
     */
    public PppoeParameters withMaxPayload(final int octets) {
        return new PppoeParameters(serviceName, acName, octets, others);
    }

    /**
     * These parameters with other further tags.
     *
     * @param tags the tags
     * @return the parameters
     */
    public PppoeParameters withOthers(final List<PppoeTag> tags) {
        return new PppoeParameters(serviceName, acName, maxPayload, tags);
    }

    /**
     * Call parameters with these; the longest PDU is the payload and the two octets of the protocol number.
     *
     * @return best-effort parameters without a medium
     */
    public CallParameters toCall() {
        final FlowSpec best = FlowSpec.bestEffort();
        final FlowSpec flow = new FlowSpec(
                best.tokenRate(),
                best.tokenBucketSize(),
                best.peakBandwidth(),
                best.latency(),
                best.delayVariation(),
                best.serviceType(),
                maxPayload + PROTOCOL_NUMBER,
                best.minimumPolicedSize());
        return CallParameters.of(new CallManagerParameters(flow, flow, Optional.of(toSpecific())));
    }

    /**
     * The octets of these parameters.
     *
     * @return parameters of type {@link #PARAM_TYPE}
     */
    public SpecificParameters toSpecific() {
        final List<PppoeTag> tags = new ArrayList<>();
        tags.add(PppoeTag.ofText(PppoeTag.SERVICE_NAME, serviceName));
        acName.ifPresent(name -> tags.add(PppoeTag.ofText(PppoeTag.AC_NAME, name)));
        if (maxPayload > DEFAULT_MAX_PAYLOAD) {
            tags.add(maxPayloadTag(maxPayload));
        }
        tags.addAll(others);
        return new SpecificParameters(PARAM_TYPE, Octets.of(PppoeTag.write(tags)));
    }

    /**
     * The tag of a payload.
     *
     * @param octets the largest PPP payload, 0..65535
     * @return the tag
     */
    public static PppoeTag maxPayloadTag(final int octets) {
        return new PppoeTag(PppoeTag.PPP_MAX_PAYLOAD, Octets.of((byte) (octets >>> 8), (byte) octets));
    }

    /**
     * The payload that tags ask for or grant.
     *
     * @param tags tags of any kind
     * @return the value of the first tag of the kind, when it is one that counts: two octets, more than {@link #DEFAULT_MAX_PAYLOAD} (RFC 4638,
     *     section 3); else {@link #DEFAULT_MAX_PAYLOAD}
     */
    public static int maxPayloadOf(final List<PppoeTag> tags) {
        return PppoeTag.first(tags, PppoeTag.PPP_MAX_PAYLOAD)
                .map(tag -> tag.value().toByteArray())
                .filter(value -> value.length == U16)
                .map(value -> (value[0] & 0xff) << 8 | value[1] & 0xff)
                .filter(octets -> octets > DEFAULT_MAX_PAYLOAD && octets <= MOST_PAYLOAD)
                .orElse(DEFAULT_MAX_PAYLOAD);
    }

    /**
     * Reads parameters back.
     *
     * @param specific any parameters
     * @return the parameters; empty if they are of another type or malformed
     */
    public static Optional<PppoeParameters> parse(final SpecificParameters specific) {
        if (specific.paramType() != PARAM_TYPE) {
            return Optional.empty();
        }
        final byte[] octets = specific.parameters().toByteArray();
        return PppoeTag.read(octets, 0, octets.length).flatMap(PppoeParameters::ofTags);
    }

    /**
     * The parameters of a call.
     *
     * @param call call parameters
     * @return the parameters; empty if there are none of this kind
     */
    public static Optional<PppoeParameters> of(final CallParameters call) {
        return call.callManager().flatMap(CallManagerParameters::specific).flatMap(PppoeParameters::parse);
    }

    private static Optional<PppoeParameters> ofTags(final List<PppoeTag> tags) {
        final Optional<String> service =
                PppoeTag.first(tags, PppoeTag.SERVICE_NAME).map(PppoeTag::text);
        final Optional<String> name = PppoeTag.first(tags, PppoeTag.AC_NAME).map(PppoeTag::text);
        final List<PppoeTag> further =
                tags.stream().filter(PppoeParameters::isOther).toList();
        final boolean fits = service.isPresent()
                && Octets.ofText(service.get()).length() <= MAX_NAME
                && name.map(Octets::ofText).map(Octets::length).orElse(0) <= MAX_NAME
                && PppoeTag.length(further) <= MAX_OTHERS;
        return fits
                ? Optional.of(new PppoeParameters(service.get(), name, maxPayloadOf(tags), further))
                : Optional.empty();
    }
}
