// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import dev.condis.api.CallParameters;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.media.MediaFlow;
import dev.condis.tck.subject.RemoteEnd;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What there is at the other end of permanent circuits: nobody who calls, but an operator who provides circuits, and takes them away. A
 * circuit that is provided as incoming is a call.
 */
final class Operator implements RemoteEnd {
    private final PvcCallManager callManager;
    private final RemoteEnd wire;
    private final List<String> circuits;
    private int nextVci;

    /**
     * Makes an operator.
     *
     * @param callManager whom the circuits are configured for
     * @param configured the circuits there are already
     * @param firstVci of the circuits that are provided later
     * @param wire what the circuits lead to
     */
    Operator(
            final PvcCallManager callManager, final List<String> configured, final int firstVci, final RemoteEnd wire) {
        this.callManager = callManager;
        this.wire = wire;
        circuits = new CopyOnWriteArrayList<>(configured);
        nextVci = firstVci;
    }

    private void configure() {
        callManager.configure(PvcSettings.parse(circuits, false));
    }

    @Override
    public boolean call(final Sap sap) {
        synchronized (this) {
            circuits.add("called" + nextVci + "=atm:0/" + nextVci + ";incoming");
            nextVci++;
        }
        configure();
        return true;
    }

    @Override
    public boolean breakDown(final CallParameters vc, final NdisStatus cause) {
        final Optional<MediaFlow> flow =
                vc.media().flatMap(MediaParameters::specific).flatMap(MediaFlow::fromSpecificParameters);
        flow.ifPresent(gone ->
                circuits.removeIf(entry -> entry.replaceAll("[^=]*=|;.*", "").equals(gone.text())));
        configure();
        return flow.isPresent();
    }

    @Override
    public boolean signaling(final boolean works) {
        return wire.link(works);
    }

    @Override
    public boolean transmit(final CallParameters vc, final Octets pdu) {
        return wire.transmit(vc, pdu);
    }

    @Override
    public Optional<List<Octets>> received(final CallParameters vc) {
        return wire.received(vc);
    }

    @Override
    public boolean link(final boolean up) {
        return wire.link(up);
    }
}
