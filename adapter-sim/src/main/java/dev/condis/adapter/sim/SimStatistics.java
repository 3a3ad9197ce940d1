// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

/**
 * What a NIC or one of its VCs did so far; 64-bit, the {@code OID_GEN_CO_*} statistics.
 *
 * @param xmitPdusOk PDUs that left the NIC
 * @param xmitPdusError sends that were completed with an error
 * @param bytesXmit octets of the PDUs that left
 * @param rcvPdusOk PDUs that were indicated
 * @param rcvPdusError PDUs that were damaged and not indicated
 * @param rcvPdusNoBuffer PDUs that were dropped because no NBL was left
 * @param rcvPdusUnknown PDUs for no active VC; counted for the NIC only
 * @param bytesRcv octets of the indicated PDUs
 */
public record SimStatistics(
        long xmitPdusOk,
        long xmitPdusError,
        long bytesXmit,
        long rcvPdusOk,
        long rcvPdusError,
        long rcvPdusNoBuffer,
        long rcvPdusUnknown,
        long bytesRcv) {}
