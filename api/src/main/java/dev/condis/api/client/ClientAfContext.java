// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.client;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.ThreadLevel;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/** What a client keeps for an open address family, {@code ClientAfContext}, and the callbacks that carry it. */
@ConsumerType
public interface ClientAfContext {
    /**
     * The call manager creates a VC for an incoming call, {@code ProtocolCoCreateVc}. Synchronous; it must not take longer
     * than storing the handle (rules R69, R71). The default is that of a client that takes no calls.
     *
     * @param vc the client's side of the VC
     * @return the client's context for the VC, or a failure, {@code RESOURCES} when memory is short (rule R72)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default NdisResult<ClientVcContext> createVc(final ClientVc vc) {
        return NdisResult.failure(NdisStatus.NOT_SUPPORTED);
    }

    /**
     * The call manager wants the address family closed, {@code ProtocolClNotifyCloseAf}. The client closes its calls,
     * deregisters its SAPs and closes the address family, in this order (rule R46); the default leaves that to
     * {@link ClientAf#closeAll()}. Completing the stage is {@code NdisClNotifyCloseAddressFamilyComplete}.
     *
     * @param af the address family; usable until it is closed (rule R48)
     * @return success when the address family is closed; another status when the client does not close it
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default CompletionStage<NdisStatus> notifyCloseAf(final ClientAf af) {
        return af.closeAll().thenApply(NdisResult::status);
    }

    /**
     * The call manager tells the client something, or asks it, {@code ProtocolCoOidRequest}: above all {@code OID_CO_ADDRESS_CHANGE}, after
     * which the client queries {@code OID_CO_GET_ADDRESSES} (rule R202), and {@code OID_CO_SIGNALING_ENABLED} and
     * {@code OID_CO_SIGNALING_DISABLED} (R203). Completing the stage is {@code NdisCoOidRequestComplete}.
     *
     * @param af the address family
     * @param request what is asked
     * @return the answer, {@code NOT_SUPPORTED} for an OID that the client does not know (rule R197)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default CompletionStage<OidResult> oidRequest(final ClientAf af, final OidRequest request) {
        return OidResult.failure(NdisStatus.NOT_SUPPORTED).asStage();
    }
}
