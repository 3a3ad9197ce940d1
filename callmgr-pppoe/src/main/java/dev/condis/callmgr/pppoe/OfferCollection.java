// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.Octets;
import dev.condis.api.media.MacAddress;
import dev.condis.api.pppoe.PppoeOffer;
import dev.condis.api.pppoe.PppoeParameters;
import dev.condis.api.pppoe.PppoeTag;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Asks on one link who is there, and gathers the answers for a time. Confined to the loop. */
final class OfferCollection implements HostExchange {
    private static final int MAX_OFFERS = 256;

    private final PppoeBinding binding;
    private final DiscoveryLink link;
    private final PppoeParameters wanted;
    private final Consumer<List<PppoeOffer>> then;
    private final List<PppoeOffer> offers = new ArrayList<>();
    private Octets mark = Octets.EMPTY;
    private boolean over;

    /**
     * Prepares to ask.
     *
     * @param then takes the offers, once
     */
    OfferCollection(
            final PppoeBinding binding,
            final DiscoveryLink link,
            final PppoeParameters wanted,
            final Consumer<List<PppoeOffer>> then) {
        this.binding = binding;
        this.link = link;
        this.wanted = wanted;
        this.then = then;
    }

    void begin() {
        mark = binding.host().ask(link, this);
        final List<PppoeTag> tags = new ArrayList<>();
        tags.add(PppoeTag.ofText(PppoeTag.SERVICE_NAME, wanted.serviceName()));
        tags.add(new PppoeTag(PppoeTag.HOST_UNIQ, mark));
        if (wanted.maxPayload() > PppoeParameters.DEFAULT_MAX_PAYLOAD) {
            tags.add(PppoeParameters.maxPayloadTag(wanted.maxPayload()));
        }
        tags.addAll(wanted.others());
        link.send(MacAddress.BROADCAST, DiscoveryPacket.of(DiscoveryPacket.Code.PADI, tags));
        binding.loop().schedule(binding.settings().timing().discovery(), this::end);
    }

    @Override
    public void offered(final SignalFrame offer) {
        final String name = offer.packet().text(PppoeTag.AC_NAME);
        final PppoeOffer made =
                new PppoeOffer(link.station(offer.source()), offer.packet().tags());
        if (offers.stream().anyMatch(other -> other.station().equals(made.station()))) {
            binding.counters().dropped(Dropped.DUPLICATE);
            return;
        }
        if (offers.size() == MAX_OFFERS
                || wanted.acName().map(asked -> !asked.equals(name)).orElse(false)) {
            binding.counters().dropped(Dropped.UNFIT);
            return;
        }
        offers.add(made);
    }

    @Override
    public boolean confirmedNow(final SignalFrame confirmation) {
        return false;
    }

    @Override
    public void confirmed(final SignalFrame confirmation) {
        binding.counters().dropped(Dropped.UNASKED);
    }

    @Override
    public void abandoned() {
        end();
    }

    private void end() {
        if (!over) {
            over = true;
            binding.host().forget(mark);
            then.accept(List.copyOf(offers));
        }
    }
}
