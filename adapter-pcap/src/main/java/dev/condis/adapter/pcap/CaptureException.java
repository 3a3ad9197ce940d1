// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

/** A capture cannot be opened, or broke off. The message is the cause, for people. */
final class CaptureException extends Exception {

    private static final long serialVersionUID = 1L;

    CaptureException(final String message) {
        super(message);
    }

    CaptureException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
