// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Refusal;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.oid.OidResult;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the classes of this package have in common about outcomes. */
final class Outcomes {
    private static final Logger LOG = LoggerFactory.getLogger(PppoeCallManager.class);

    private Outcomes() {}

    /** A refusal of this call manager. */
    static <T> NdisResult<T> refused(
            final NdisStatus status, final String rule, final Object object, final Object state, final String why) {
        return NdisResult.refused(
                status, new Refusal(rule, object.toString(), state.toString(), why, Optional.empty()));
    }

    /** A refusal of a request about an object. */
    static OidResult refusedRequest(
            final NdisStatus status, final String rule, final Object requester, final String why) {
        return OidResult.refused(status, new Refusal(rule, requester.toString(), "open", why, Optional.empty()));
    }

    /**
     * Tells whether a deactivation left the VC inactive: it succeeded, or there was nothing to do because the adapter had been
     * taken away before (C27).
     */
    static boolean isInactive(final NdisResult<Void> deactivation, final CmVc vc) {
        return deactivation.isSuccess() || vc.state() == VcState.INACTIVE || vc.state() == VcState.DELETED;
    }

    /**
     * Turns a stage that ended in an exception, which nobody who keeps the contract makes, into a failure: the caller has
     * something to release in either case.
     */
    static <T> CompletionStage<NdisResult<T>> settled(final CompletionStage<NdisResult<T>> stage) {
        return stage.exceptionally(thrown -> {
            LOG.error("an operation of the adapter ended in an exception", thrown);
            return NdisResult.failure(NdisStatus.FAILURE);
        });
    }
}
