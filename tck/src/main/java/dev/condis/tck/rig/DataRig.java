// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.rig;

import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.tck.observe.Invocation;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A bench for a driver that carries packets: a miniport or an MCM. */
public abstract class DataRig extends Rig {
    /**
     * Makes a bench.
     *
     * @param environment what the check runs in
     */
    protected DataRig(final Environment environment) {
        super(environment);
    }

    /**
     * Opens a VC that carries packets.
     *
     * @param index which of the subject's parameters to use
     * @return the VC
     */
    public abstract Line openLine(int index);

    /**
     * The moments at which the driver said that the transfers of a VC are over: it completed {@code MiniportCoDeactivateVc}, or called
     * {@code NdisMCmDeactivateVc}.
     *
     * @return positions in the trace
     */
    public abstract List<Long> endsOfTransfers();

    /**
     * Takes the adapter down.
     *
     * @return {@code true} when it is down in time
     */
    public abstract boolean halt();

    /**
     * Takes the hardware away, and the adapter down.
     *
     * @return {@code true} when it is down in time
     */
    public abstract boolean surpriseRemove();

    /**
     * The callbacks that ended the adapter.
     *
     * @return the halts so far
     */
    public final List<Invocation> halts() {
        return trace().callbacks("halt");
    }

    /**
     * Asks the adapter.
     *
     * @param request what is asked
     * @return the outcome
     */
    public abstract CompletionStage<OidResult> oidRequest(OidRequest request);

    /**
     * Asks the adapter about a VC.
     *
     * @param line the VC
     * @param request what is asked
     * @return the outcome
     */
    public abstract CompletionStage<OidResult> oidRequest(Line line, OidRequest request);
}
