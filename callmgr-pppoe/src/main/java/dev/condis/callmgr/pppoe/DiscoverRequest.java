// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.NdisStatus;
import dev.condis.api.SpecificParameters;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.pppoe.PppoeOffer;
import dev.condis.api.pppoe.PppoeParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code OID_PPPOE_DISCOVER}: asks on every link of an adapter who is there. Confined to the loop. */
final class DiscoverRequest {
    private DiscoverRequest() {}

    /** Answers when the time to wait for offers has passed; with {@code INVALID_DATA} at once if the question is none. */
    static void answer(
            final PppoeBinding binding,
            final PppoeClient client,
            final OidRequest request,
            final CompletableFuture<OidResult> answered) {
        final Optional<PppoeParameters> wanted = request.information().length() == 0
                ? Optional.of(PppoeParameters.service(""))
                : PppoeParameters.parse(new SpecificParameters(PppoeParameters.PARAM_TYPE, request.information()));
        if (wanted.isEmpty() || binding.isStopping()) {
            answered.complete(Outcomes.refusedRequest(
                    wanted.isEmpty() ? NdisStatus.INVALID_DATA : NdisStatus.CLOSING,
                    "R196",
                    client,
                    wanted.isEmpty() ? "the information is no list of tags with a Service-Name" : "the adapter goes"));
            return;
        }
        final List<PppoeOffer> all = new ArrayList<>();
        final List<DiscoveryLink> links = binding.linksInUse();
        final int[] waiting = {links.size()};
        links.forEach(link -> new OfferCollection(binding, link, wanted.get(), offers -> {
                    all.addAll(offers);
                    waiting[0]--;
                    if (waiting[0] == 0) {
                        answered.complete(OidResult.success(PppoeOffer.write(all, request.bufferLength())));
                    }
                })
                .begin());
    }
}
