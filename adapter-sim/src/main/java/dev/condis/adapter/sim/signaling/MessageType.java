// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.signaling;

/** Kinds of signaling messages; named after Q.2931, Q.2963 and Q.2971 where these have the like. */
public enum MessageType {
    /** User: a call to the called party. Network: a call from the calling party, with the label to use. */
    SETUP(0x05),
    /** Network: the call is on its way; holds the label that the caller will use. */
    CALL_PROCEEDING(0x02),
    /** User: the called party accepted and its VC is active. Network: passed on to the caller. */
    CONNECT(0x07),
    /** User: the caller's VC is active. Network: passed on to the called party; data may flow. */
    CONNECT_ACK(0x0F),
    /** User: the called party takes data from now on; what the caller sent before was held by the switch. */
    READY(0x10),
    /** Ends a call, with cause and close data. */
    RELEASE(0x4D),
    /**
     * User: the VC is inactive, the label may be given to another call. Network: answer to RELEASE, or to a SETUP that it
     * cannot carry out.
     */
    RELEASE_COMPLETE(0x5A),
    /** The sender has forgotten all calls; the receiver is to forget them as well. The network's holds the address of the user. */
    RESTART(0x46),
    /** All calls are forgotten and their VCs inactive. The network's holds the address of the user. */
    RESTART_ACK(0x4E),
    /** User: calls to this SAP shall come to this NIC. */
    REGISTER(0x60),
    /** Network: the SAP is registered. */
    REGISTER_ACK(0x61),
    /** Network: it is not; holds the cause. */
    REGISTER_REJECT(0x62),
    /** User: no more calls to this SAP. */
    DEREGISTER(0x63),
    /**
     * User: heard nothing for a while. With the reference of a call: whether it still is; with reference 0: everything that waits for an
     * answer of the user, and its address.
     */
    STATUS_ENQUIRY(0x75),
    /** Network: answer to STATUS_ENQUIRY with reference 0; holds the address of the user. */
    STATUS(0x7D),
    /** User: one more party for a point-to-multipoint call. */
    ADD_PARTY(0x80),
    /** Network: the party is connected. */
    ADD_PARTY_ACK(0x81),
    /** Network: it is not; holds the cause. */
    ADD_PARTY_REJECT(0x82),
    /** User: the party is to leave. Network: the party has left, and was not the last. With cause and close data. */
    DROP_PARTY(0x83),
    /** Answer to DROP_PARTY. */
    DROP_PARTY_ACK(0x84),
    /** User: other traffic parameters for a connected call. Network: the other side asks for them. */
    MODIFY_REQUEST(0x88),
    /** User: they are in force here. Network: they are in force on the other side, in the form that this message holds. */
    MODIFY_ACK(0x89),
    /** They are not, and the old ones still are; holds the cause. */
    MODIFY_REJECT(0x8A);

    private final int code;

    MessageType(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
