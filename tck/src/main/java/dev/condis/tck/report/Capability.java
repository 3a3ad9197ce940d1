// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.report;

/** What a driver may be able to do beyond what every driver must. */
public enum Capability {
    /** Answers some operations later, {@code NDIS_STATUS_PENDING}. */
    PENDED_COMPLETIONS("pend operations"),
    /** Changes the parameters of an active VC. */
    REACTIVATION("change the parameters of an active VC"),
    /** Rounds flows. */
    ROUNDING("round flows"),
    /** Lends received packets instead of handing them over. */
    LENDING("indicate receives that must be copied"),
    /** Takes or makes outgoing calls. */
    OUTGOING_CALLS("outgoing calls"),
    /** Offers or takes incoming calls. */
    INCOMING_CALLS("incoming calls"),
    /** Carries close data. */
    CLOSE_DATA("close data");

    private final String text;

    Capability(final String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
