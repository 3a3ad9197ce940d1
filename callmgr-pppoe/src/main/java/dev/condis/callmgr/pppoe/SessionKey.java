// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.media.MacAddress;

/**
 * What a session is on the wire (RFC 2516, section 4: the addresses and the id together).
 *
 * @param link where
 * @param peer the other station
 * @param id 1..65534
 */
record SessionKey(DiscoveryLink link, MacAddress peer, int id) {}
