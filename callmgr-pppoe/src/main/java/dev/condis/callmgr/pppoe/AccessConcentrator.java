// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.media.MacAddress;
import dev.condis.api.pppoe.PppoeParameters;
import dev.condis.api.pppoe.PppoeTag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/**
 * The access concentrator's side of discovery: offers the services for which clients have registered SAPs, and turns requests into calls. A PADI costs no
 * memory: what a PADR has to prove stands in its cookie. Without a SAP it keeps silent. Confined to the loop.
 */
final class AccessConcentrator {
    /** The SAP for every service that has none of its own. */
    static final String ANY = "*";

    /** Octets of names of further services in an offer. */
    private static final int MAX_FURTHER = 512;

    private static final List<Integer> ECHOED = List.of(PppoeTag.HOST_UNIQ, PppoeTag.RELAY_SESSION_ID);

    /** What tells a PADR that is sent again from another one: nobody gets the same cookie twice. */
    private record Request(DiscoveryLink link, MacAddress peer, Octets cookie, Octets hostUniq) {}

    private final PppoeBinding binding;
    private final CookieJar cookies;
    private final Map<String, PppoeSap> saps = new LinkedHashMap<>();
    private final Map<Request, IncomingCall> requests = new HashMap<>();

    AccessConcentrator(final PppoeBinding binding, final RandomGenerator random) {
        this.binding = binding;
        this.cookies = new CookieJar(
                random, binding.loop(), () -> binding.settings().timing().cookieLife());
    }

    // --- services

    NdisResult<CmSapContext> register(final PppoeClient client, final CmSap handle) {
        final Sap sap = handle.sap();
        final String service = sap.address().toText();
        if (sap.type() != Sap.PPPOE
                || service.isEmpty()
                || !Octets.ofText(service).equals(sap.address())) {
            return invalid(client, sap + " names no service of PPPoE in UTF-8");
        }
        if (sap.address().length() > PppoeParameters.MAX_NAME) {
            return invalid(client, "the name of a service has at most " + PppoeParameters.MAX_NAME + " octets");
        }
        final PppoeSap registered = new PppoeSap(binding, client, handle, service);
        if (saps.putIfAbsent(service, registered) != null) {
            return invalid(client, "service '" + service + "' is registered already");
        }
        return NdisResult.success(registered);
    }

    private static NdisResult<CmSapContext> invalid(final PppoeClient client, final String why) {
        return Outcomes.refused(NdisStatus.INVALID_DATA, "R50", client, "open", why);
    }

    void deregister(final PppoeSap sap) {
        saps.remove(sap.service(), sap);
    }

    void deregisterAll(final PppoeClient client) {
        saps.values().removeIf(sap -> sap.client() == client);
    }

    /** Who takes a call for a service: whoever registered it, or any; for no service in particular whoever came first. */
    private Optional<PppoeSap> sapOf(final String service) {
        if (service.isEmpty()) {
            return saps.values().stream().findFirst();
        }
        return Optional.ofNullable(saps.get(service)).or(() -> Optional.ofNullable(saps.get(ANY)));
    }

    // --- PADI

    void initiated(final DiscoveryLink link, final SignalFrame frame) {
        final DiscoveryPacket padi = frame.packet();
        final Optional<Dropped> silence = whySilent(link, frame);
        if (silence.isPresent()) {
            binding.counters().dropped(silence.get());
            return;
        }
        final List<PppoeTag> tags = new ArrayList<>();
        tags.add(PppoeTag.ofText(PppoeTag.AC_NAME, binding.settings().acName()));
        final PppoeTag asked = padi.tag(PppoeTag.SERVICE_NAME).orElse(PppoeTag.ofText(PppoeTag.SERVICE_NAME, ""));
        tags.add(asked);
        addFurther(tags, asked.text());
        tags.add(new PppoeTag(PppoeTag.AC_COOKIE, cookies.bake(link, frame.source())));
        addEchoes(tags, padi);
        addMaxPayload(tags, padi);
        link.send(frame.source(), DiscoveryPacket.of(DiscoveryPacket.Code.PADO, tags));
    }

    private Optional<Dropped> whySilent(final DiscoveryLink link, final SignalFrame frame) {
        if (saps.isEmpty() || binding.isStopping() || !link.isInUse()) {
            return Optional.of(Dropped.NOT_SERVING);
        }
        if (sapOf(frame.packet().text(PppoeTag.SERVICE_NAME)).isEmpty()) {
            return Optional.of(Dropped.UNKNOWN_SERVICE);
        }
        // RFC 2516, section 5.2: who cannot serve must not offer
        return binding.sessions().hasRoomFor(frame.source()) ? Optional.empty() : Optional.of(Dropped.FULL);
    }

    private void addFurther(final List<PppoeTag> tags, final String asked) {
        int room = MAX_FURTHER;
        for (final String service : saps.keySet()) {
            final PppoeTag tag = PppoeTag.ofText(PppoeTag.SERVICE_NAME, service);
            room -= tag.value().length();
            if (!service.equals(ANY) && !service.equals(asked) && room >= 0) {
                tags.add(tag);
            }
        }
    }

    private static void addEchoes(final List<PppoeTag> tags, final DiscoveryPacket question) {
        ECHOED.forEach(type -> question.tag(type).ifPresent(tags::add));
    }

    private int addMaxPayload(final List<PppoeTag> tags, final DiscoveryPacket question) {
        final int granted = Math.min(
                PppoeParameters.maxPayloadOf(question.tags()),
                binding.settings().limits().maxPayload());
        if (granted > PppoeParameters.DEFAULT_MAX_PAYLOAD) {
            tags.add(PppoeParameters.maxPayloadTag(granted));
        }
        return granted;
    }

    // --- PADR

    void requested(final DiscoveryLink link, final SignalFrame frame) {
        final DiscoveryPacket padr = frame.packet();
        final Octets cookie = value(padr, PppoeTag.AC_COOKIE);
        if (!cookies.isGood(link, frame.source(), cookie)) {
            binding.counters().dropped(Dropped.COOKIE);
            return;
        }
        final Request request = new Request(link, frame.source(), cookie, value(padr, PppoeTag.HOST_UNIQ));
        final Optional<IncomingCall> before = Optional.ofNullable(requests.get(request));
        if (before.isPresent()) {
            binding.counters().dropped(Dropped.DUPLICATE);
            before.get().askedAgain();
            return;
        }
        final Optional<PppoeSap> sap =
                binding.isStopping() || !link.isInUse() ? Optional.empty() : sapOf(padr.text(PppoeTag.SERVICE_NAME));
        if (sap.isEmpty()) {
            refuse(link, frame, NdisStatus.INVALID_SAP);
        } else if (!binding.sessions().hasRoomFor(frame.source())) {
            refuse(link, frame, NdisStatus.RESOURCES);
        } else {
            begin(request, frame, sap.get());
        }
    }

    private static Octets value(final DiscoveryPacket packet, final int type) {
        return packet.tag(type).map(PppoeTag::value).orElse(Octets.EMPTY);
    }

    private void begin(final Request request, final SignalFrame frame, final PppoeSap sap) {
        final DiscoveryPacket padr = frame.packet();
        final List<PppoeTag> answer = new ArrayList<>();
        answer.add(padr.tag(PppoeTag.SERVICE_NAME).orElse(PppoeTag.ofText(PppoeTag.SERVICE_NAME, "")));
        addEchoes(answer, padr);
        final int payload = addMaxPayload(answer, padr);
        final List<PppoeTag> others =
                padr.tags().stream().filter(PppoeParameters::isOther).toList();
        final PppoeParameters agreed = new PppoeParameters(
                name(padr.text(PppoeTag.SERVICE_NAME)),
                Optional.of(binding.settings().acName()),
                payload,
                PppoeTag.length(others) <= PppoeParameters.MAX_OTHERS ? others : List.of());
        final IncomingCall call = new IncomingCall(binding, sap, answer, () -> requests.remove(request));
        final OptionalInt id = binding.sessions().give(request.link(), request.peer(), call);
        if (id.isEmpty()) {
            refuse(request.link(), frame, NdisStatus.RESOURCES);
            return;
        }
        requests.put(request, call);
        call.offer(new SessionKey(request.link(), request.peer(), id.getAsInt()), agreed);
    }

    /** A name that a client can be told; for one that is too long somebody took the call who takes any. */
    private static String name(final String service) {
        return Octets.ofText(service).length() <= PppoeParameters.MAX_NAME ? service : "";
    }

    private void refuse(final DiscoveryLink link, final SignalFrame frame, final NdisStatus why) {
        final List<PppoeTag> tags = new ArrayList<>();
        tags.add(frame.packet().tag(PppoeTag.SERVICE_NAME).orElse(PppoeTag.ofText(PppoeTag.SERVICE_NAME, "")));
        addEchoes(tags, frame.packet());
        tags.add(ErrorTags.of(why));
        link.send(frame.source(), DiscoveryPacket.of(DiscoveryPacket.Code.PADS, tags));
    }

    /** How many requests are remembered: those whose sessions are there. */
    int requests() {
        return requests.size();
    }
}
