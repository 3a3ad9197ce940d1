// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * What a client says to, and hears from, a call manager of the address family {@link dev.condis.api.AddressFamily#PPPOE}: PPP over Ethernet
 * (RFC 2516) and its larger payloads (RFC 4638).
 *
 * <p>The media parameters of such a call are an {@link dev.condis.api.media.EthernetFlow}: in what a client asks for the VLAN tags, and the peer if
 * only one access concentrator will do; in what is in force the session, {@code vlan:7/peer:02-00-00-00-00-01/pppoe:3847}. PDUs begin with the PPP
 * protocol number. A SAP is the name of a service, {@link dev.condis.api.Sap#pppoe}.
 *
 * <p>All types are immutable and may be used by any thread at any level. What is read here came from the wire: reading stays within the given octets
 * and allocates no more than they are.
 */
@Export
@Version("0.1.0")
package dev.condis.api.pppoe;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
