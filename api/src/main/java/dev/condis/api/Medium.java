// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

/** What an adapter is attached to. */
public enum Medium {
    /** ATM: a VC is a VPI and VCI, a PDU is an AAL5 PDU, {@code NdisMediumAtm}. */
    ATM,
    /** Ethernet: a VC is a flow of frames, {@code NdisMedium802_3}. */
    ETHERNET,
    /** A connection-oriented WAN link, {@code NdisMediumCoWan}. */
    CO_WAN
}
