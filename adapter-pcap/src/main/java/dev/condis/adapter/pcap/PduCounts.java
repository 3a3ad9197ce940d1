// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

/**
 * What the statistics OIDs tell, of the adapter or of one VC (rule R193). Octets are those of PDUs, as clients count
 * them, without the headers that name the flow.
 *
 * @param sent PDUs sent
 * @param sentBytes their octets
 * @param sendErrors PDUs that were completed with another status than success
 * @param received PDUs indicated
 * @param receivedBytes their octets
 * @param receiveErrors PDUs received and not indicated because of what they are: damaged, or longer than a buffer
 * @param noBuffer PDUs lost because nothing could take them
 * @param crcErrors frames with a wrong checksum, of the adapter only
 */
record PduCounts(
        long sent,
        long sentBytes,
        long sendErrors,
        long received,
        long receivedBytes,
        long receiveErrors,
        long noBuffer,
        long crcErrors) {}
