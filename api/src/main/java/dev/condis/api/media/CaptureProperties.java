// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.media;

/**
 * Names of the service properties with which an adapter on a capture says how far it is, beside those of
 * {@link dev.condis.api.ServiceProperties}. Those with counts appear when a capture file has been read; by then every call on it
 * has been closed from the adapter's side.
 */
public final class CaptureProperties {
    /** How far the capture is, {@code String}: {@link #STATE_OPEN} or {@link #STATE_ENDED}; missing before it is opened. */
    public static final String STATE = "condis.capture.state";
    /** Value of {@link #STATE}: frames may come. */
    public static final String STATE_OPEN = "open";
    /** Value of {@link #STATE}: the capture file has been read, to its end or to where it broke off. */
    public static final String STATE_ENDED = "ended";
    /** Why a capture file broke off, {@code String}; missing if it did not. */
    public static final String CAUSE = "condis.capture.cause";
    /** Frames read, {@code Long}. */
    public static final String FRAMES = "condis.capture.frames";
    /** Their octets on the wire, {@code Long}. */
    public static final String BYTES = "condis.capture.bytes";
    /** Frames that are damaged, {@code Long}. */
    public static final String MALFORMED = "condis.capture.malformed";
    /** Frames of no VC, {@code Long}. */
    public static final String OF_NO_VC = "condis.capture.ofnovc";
    /** PDUs of a VC that did not reach it, {@code Long}. */
    public static final String LOST = "condis.capture.lost";
    /** All counters that are not zero, in one line, {@code String}. */
    public static final String SUMMARY = "condis.capture.summary";

    private CaptureProperties() {}
}
