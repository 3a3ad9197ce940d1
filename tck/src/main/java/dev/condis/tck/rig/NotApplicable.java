// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.rig;

/** A rule cannot be checked on this driver; the message says why. */
public final class NotApplicable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param why the reason
     */
    public NotApplicable(final String why) {
        super(why);
    }
}
