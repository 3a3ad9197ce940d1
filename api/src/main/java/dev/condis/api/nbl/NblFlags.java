// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.nbl;

/** Flags of the data path functions; numbers as in {@code ndis.h}. Several are combined with {@code |}. */
public final class NblFlags {
    /** No flag. */
    public static final int NONE = 0;
    /** Send: the caller runs at DISPATCH, {@code NDIS_SEND_FLAGS_DISPATCH_LEVEL}; set only from knowledge (rule E10). */
    public static final int SEND_DISPATCH_LEVEL = 0x1;
    /**
     * Send: indicate the PDU to its own sender too, {@code NDIS_SEND_FLAGS_CHECK_FOR_LOOPBACK} (rule R188): as a receive with
     * {@link #RECEIVE_RESOURCES}, before it is sent. The core does it, so miniports never see the flag; best effort, a PDU of more than 65,535
     * octets and one of many at the same time are sent only.
     */
    public static final int SEND_CHECK_FOR_LOOPBACK = 0x2;
    /** Send completion: at DISPATCH, {@code NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL}. */
    public static final int SEND_COMPLETE_DISPATCH_LEVEL = 0x1;
    /** Receive: at DISPATCH, {@code NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL}. */
    public static final int RECEIVE_DISPATCH_LEVEL = 0x1;
    /**
     * Receive: the miniport takes the NBLs back when the indication returns, {@code NDIS_RECEIVE_FLAGS_RESOURCES}: the
     * receiver copies what it needs and does not return them (rule R186).
     */
    public static final int RECEIVE_RESOURCES = 0x2;
    /** Return: at DISPATCH, {@code NDIS_RETURN_FLAGS_DISPATCH_LEVEL}. */
    public static final int RETURN_DISPATCH_LEVEL = 0x1;

    private NblFlags() {}
}
