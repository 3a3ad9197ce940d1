// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

/**
 * What is asked of a driver, for people. It becomes text only when there is something to say: most answers come, and well.
 *
 * @param function the DDI name, or what else is done
 * @param object to what it is done
 */
record Callout(String function, Object object) {
    @Override
    public String toString() {
        return function + " of " + object;
    }
}
