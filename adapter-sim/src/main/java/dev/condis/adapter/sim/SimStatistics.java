// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

/**
 * What a NIC or one of its VCs did so far; 64-bit, the {@code OID_GEN_CO_*} statistics. Every send that the NIC was given is counted once,
 * as sent or as an error, when it comes back. Every PDU that came in is counted once, as received, damaged, without buffer or unknown.
 *
 * @param xmitPdusOk PDUs that left the NIC
 * @param xmitPdusError sends that were completed with an error
 * @param bytesXmit octets of the PDUs that left
 * @param rcvPdusOk PDUs that were indicated, and whole
 * @param rcvPdusError PDUs that were damaged, whether the VC takes such or not
 * @param rcvPdusNoBuffer PDUs that were dropped because no NBL was left, or the NIC was paused
 * @param rcvPdusUnknown PDUs for no active VC; counted for the NIC only
 * @param rcvCrcError those of the damaged ones whose checksum was wrong
 * @param bytesRcv octets of the PDUs that were indicated whole
 */
public record SimStatistics(
        long xmitPdusOk,
        long xmitPdusError,
        long bytesXmit,
        long rcvPdusOk,
        long rcvPdusError,
        long rcvPdusNoBuffer,
        long rcvPdusUnknown,
        long rcvCrcError,
        long bytesRcv) {}
