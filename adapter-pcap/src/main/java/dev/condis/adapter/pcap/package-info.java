// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * The real NIC: live Ethernet interfaces and capture files through libpcap, as a miniport or as a miniport call manager.
 * Nothing here is exported; the bundle's face is its services and its configuration
 * ({@link dev.condis.adapter.pcap.PcapAdapterConfig}).
 */
package dev.condis.adapter.pcap;
