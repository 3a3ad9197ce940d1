// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * PPP over Ethernet as signaling (RFC 2516, RFC 4638): outgoing calls as a host, incoming calls as an access concentrator. The engine is written once,
 * against {@link dev.condis.api.callmgr.CmBinding}; it stands alone above a miniport, or is one half of a miniport call manager. It imports nothing
 * but the API.
 */
package dev.condis.callmgr.pppoe;
