// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.subject;

/** The roles that the kit can test. */
public enum Kind {
    /** A miniport, {@link dev.condis.api.miniport.CoMiniport}. */
    MINIPORT("miniport"),
    /** A miniport call manager, {@link dev.condis.api.miniport.MiniportCallManager}. */
    MCM("MCM"),
    /** A stand-alone call manager, {@link dev.condis.api.callmgr.CallManager}. */
    CALL_MANAGER("call manager"),
    /** A client, {@link dev.condis.api.client.CoClient}. */
    CLIENT("client");

    private final String text;

    Kind(final String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
