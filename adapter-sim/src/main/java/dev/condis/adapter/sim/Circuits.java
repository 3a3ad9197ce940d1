// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.WirePdu;
import dev.condis.api.media.MediaFlow;
import java.util.Optional;

/** Which VC of a NIC has which circuit. Changed by any thread, looked up by the network's thread. */
interface Circuits {

    /** The circuit of a flow; empty if the medium of this NIC cannot carry it. */
    Optional<Circuit> circuitOf(MediaFlow flow);

    /** Gives the circuit to the VC; false if another VC has it. */
    boolean bind(Circuit circuit, SimVc vc);

    void unbind(Circuit circuit, SimVc vc);

    /** The VC a PDU is for, or the given one if there is none. Allocates nothing. */
    SimVc lookup(WirePdu pdu, SimVc fallback);

    /** How much the circuit says that a PDU is for: 0 if there is none. Allocates nothing. */
    int fit(WirePdu pdu);
}
