// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.Octets;

/** A call that has a session id. */
interface PppoeSession {
    /**
     * The peer has ended the session; nothing is to be sent in it any more (RFC 2516, section 5.5).
     *
     * @param reason the text that it gave, empty if it gave none
     */
    void endedByPeer(Octets reason);
}
