// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

/** Takes the PDUs of one flow. Called by the capture thread. */
@FunctionalInterface
interface FlowReceiver {

    /**
     * One PDU.
     *
     * @param frame holds the PDU
     * @param from index of its first octet
     * @param to index after its last octet
     * @param epochNanos when its frame was captured
     */
    void receive(byte[] frame, int from, int to, long epochNanos);
}
