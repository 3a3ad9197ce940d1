// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.client;

import dev.condis.api.AddressFamily;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.ThreadLevel;
import dev.condis.api.status.StatusIndication;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A connection-oriented client: the protocol driver that makes and takes calls. An OSGi service of this type is bound to every
 * adapter that its {@link dev.condis.api.ServiceProperties#ADAPTER_TARGET} matches, now or later.
 * <p>
 * For one adapter the callbacks come in the order bind, restart, notify for each address family, pause, unbind, one at a time. A pause may
 * come between, with a restart after it; statuses come at any time.
 */
@ConsumerType
public interface CoClient {
    /**
     * An adapter is there, {@code ProtocolBindAdapterEx}. The binding is open when this is called.
     *
     * @param binding the client's side of the adapter
     * @return {@link NdisStatus#SUCCESS} to stay bound; anything else declines the adapter, and the binding is closed
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    default NdisStatus bindAdapter(final ClientBinding binding) {
        return NdisStatus.SUCCESS;
    }

    /**
     * A call manager offers an address family on the adapter, {@code ProtocolCoAfRegisterNotify}: once for each family, also
     * for one that was there before the client (rule R27). The client opens it, or declines by just returning (rule R28).
     *
     * @param binding the client's side of the adapter
     * @param addressFamily the family
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    void afRegisterNotify(ClientBinding binding, AddressFamily addressFamily);

    /**
     * The adapter, or the client itself, is going away, {@code ProtocolUnbindAdapterEx}. It cannot be refused (rule R215).
     * The client closes its calls, SAPs, VCs and address families (rule R213); the default leaves that to
     * {@link ClientBinding#closeAll()}. What is left when the stage completes, the core removes.
     *
     * @param binding the client's side of the adapter; dead when the stage has completed
     * @return completes when the client has closed everything
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    default CompletionStage<NdisStatus> unbindAdapter(final ClientBinding binding) {
        return binding.closeAll().thenApply(NdisResult::status);
    }

    /**
     * The binding is paused, {@code NetEventPause} (contract B.2): until it is restarted no send is accepted on it. The client stops sending
     * and returns what it received at once (rule R217); the core waits for what is on its way. VCs and calls stay (R223).
     *
     * @param binding the binding
     * @return success, when the client has nothing more to do; a pause cannot be refused
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    default CompletionStage<NdisStatus> pause(final ClientBinding binding) {
        return NdisStatus.SUCCESS.asStage();
    }

    /**
     * The binding is restarted, {@code NetEventRestart}: sends are accepted from the moment in which the stage has completed with success. It
     * comes after each bind too. What the miniport can do may have changed meanwhile.
     *
     * @param binding the binding
     * @return success; anything else leaves the binding paused
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    default CompletionStage<NdisStatus> restart(final ClientBinding binding) {
        return NdisStatus.SUCCESS.asStage();
    }

    /**
     * The miniport indicates a status of the adapter, {@code ProtocolCoStatusEx}; the core a reset, {@code NDIS_STATUS_RESET_START} and
     * {@code NDIS_STATUS_RESET_END} (rules R208, R210). One indication at a time for each binding (R206).
     *
     * @param binding the binding
     * @param indication what has happened
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default void status(final ClientBinding binding, final StatusIndication indication) {
        // most indications are of no consequence for a client
    }
}
