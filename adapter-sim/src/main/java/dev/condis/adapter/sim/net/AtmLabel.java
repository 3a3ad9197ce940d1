// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import java.util.Locale;

/**
 * The VPI/VCI pair that names a circuit on one link. It has a meaning on that link only: the switch replaces it.
 *
 * @param vpi virtual path identifier, 0..255 (UNI)
 * @param vci virtual channel identifier, 0..65535; 0..31 are kept for the network itself
 */
public record AtmLabel(int vpi, int vci) {

    /** The largest VPI at a user-network interface. */
    public static final int MAX_VPI = 255;

    /** The largest VCI. */
    public static final int MAX_VCI = 65535;

    /** The first VCI that a circuit of a user can have. */
    public static final int FIRST_USER_VCI = 32;

    /** The channel between a NIC and its switch that carries signaling: VPI 0, VCI 5. */
    public static final AtmLabel SIGNALING = new AtmLabel(0, 5);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public AtmLabel {
        if (!isValid(vpi, vci)) {
            throw new IllegalArgumentException("no VPI/VCI: " + vpi + "/" + vci);
        }
    }

    /**
     * Whether the two numbers make a label.
     *
     * @param vpi virtual path identifier
     * @param vci virtual channel identifier
     * @return true if both are in range
     */
    public static boolean isValid(int vpi, int vci) {
        return vpi >= 0 && vpi <= MAX_VPI && vci >= 0 && vci <= MAX_VCI;
    }

    /**
     * The label in one number: VPI in bits 16 to 23, VCI in bits 0 to 15.
     *
     * @return the packed label
     */
    public int packed() {
        return vpi << 16 | vci;
    }

    /**
     * The label of a packed number.
     *
     * @param packed as {@link #packed} gives it
     * @return the label
     * @throws IllegalArgumentException if bits above 23 are set
     */
    public static AtmLabel ofPacked(int packed) {
        return new AtmLabel(packed >>> 16, packed & MAX_VCI);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d/%d", vpi, vci);
    }
}
