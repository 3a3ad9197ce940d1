// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.pppoe.PppoeParameters;
import dev.condis.api.pppoe.PppoeTag;
import java.util.List;
import java.util.Optional;

/** How outcomes are said on the wire (RFC 2516, appendix A), and what those mean that come from there. */
final class ErrorTags {
    private ErrorTags() {}

    /** The error of a session that was not given. */
    static PppoeTag of(final NdisStatus status) {
        return switch (status) {
            case INVALID_SAP, NOT_SUPPORTED ->
                PppoeTag.ofText(PppoeTag.SERVICE_NAME_ERROR, "nobody takes calls for this service");
            case RESOURCES -> PppoeTag.ofText(PppoeTag.AC_SYSTEM_ERROR, "no room for another session");
            default -> PppoeTag.ofText(PppoeTag.GENERIC_ERROR, "the call was refused: " + status.name());
        };
    }

    /** What an error of the other side is here. */
    static NdisStatus status(final Optional<PppoeTag> error) {
        return error.map(tag -> switch (tag.type()) {
                    case PppoeTag.SERVICE_NAME_ERROR -> NdisStatus.INVALID_SAP;
                    case PppoeTag.AC_SYSTEM_ERROR -> NdisStatus.RESOURCES;
                    default -> NdisStatus.FAILURE;
                })
                .orElse(NdisStatus.FAILURE);
    }

    /** The tags of a PADT: close data of a client travel as a Generic-Error. */
    static List<PppoeTag> ofClose(final Octets closeData) {
        return closeData.length() == 0 ? List.of() : List.of(new PppoeTag(PppoeTag.GENERIC_ERROR, closeData));
    }

    /** The close data that a PADT carries. */
    static Octets closeData(final DiscoveryPacket padt) {
        return padt.tag(PppoeTag.GENERIC_ERROR)
                .map(PppoeTag::value)
                .filter(data -> data.length() <= PppoeParameters.MAX_NAME)
                .orElse(Octets.EMPTY);
    }
}
