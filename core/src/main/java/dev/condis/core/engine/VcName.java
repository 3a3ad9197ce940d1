// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

/**
 * The name of a VC in logs, refusals and tables.
 *
 * @param number unique within one engine
 * @param place the adapter
 */
record VcName(long number, String place) {
    /** The name that management knows the VC by, when it was given one (R226). */
    String instance(final String baseName) {
        return baseName + "#" + number;
    }

    @Override
    public String toString() {
        return "vc#" + number + " on " + place;
    }
}
