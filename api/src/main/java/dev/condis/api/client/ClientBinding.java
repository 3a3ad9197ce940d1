// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.client;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.NdisResult;
import dev.condis.api.ThreadLevel;
import dev.condis.api.nbl.NetBufferList;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/** A client's binding to a logical adapter, {@code NdisBindingHandle}. Valid from bind to the end of unbind. Thread safe. */
@ProviderType
public interface ClientBinding {
    /**
     * The adapter.
     *
     * @return what is known of it
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    AdapterInfo adapter();

    /**
     * Opens an address family that a call manager offers here, {@code NdisClOpenAddressFamilyEx}; the stage completes as
     * {@code ProtocolClOpenAfCompleteEx} is called, at PASSIVE.
     *
     * @param addressFamily a family that {@link CoClient#afRegisterNotify} announced
     * @param context takes the callbacks of the address family, {@code ClientAfContext}
     * @return the open address family; or {@code FAILURE} when it is not registered here or a binding is closing (rule R32),
     *     {@code RESOURCES}, or the call manager's status
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    CompletionStage<NdisResult<ClientAf>> openAddressFamily(AddressFamily addressFamily, ClientAfContext context);

    /**
     * Gives received NBLs back, {@code NdisReturnNetBufferLists}: the core finds the VC from the source handle (C34).
     *
     * @param nbls head of a chain in which every NBL was received on the same VC of this binding
     * @param flags {@link dev.condis.api.nbl.NblFlags}{@code .RETURN_*}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void returnNetBufferLists(NetBufferList nbls, int flags);

    /**
     * Closes everything that was opened through this binding, by the book (sequence S36): for each address family what
     * {@link ClientAf#closeAll()} does.
     *
     * @return completes when all is closed
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<Void>> closeAll();
}
