// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.media.MacAddress;

/**
 * A discovery packet with the addresses of its frame.
 *
 * @param destination for whom it is
 * @param source from whom it says that it comes
 * @param packet the packet
 */
record SignalFrame(MacAddress destination, MacAddress source, DiscoveryPacket packet) {}
