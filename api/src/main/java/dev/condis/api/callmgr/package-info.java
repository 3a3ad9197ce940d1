// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * The call manager's side of CoNDIS: {@code NdisCm*} and {@code NdisMCm*} as one vocabulary, {@code ProtocolCm*}, and what of
 * {@code NdisCo*} and {@code ProtocolCo*} a call manager uses. A signaling protocol implements
 * {@link dev.condis.api.callmgr.CallManager} and the context types once, and runs stand-alone or inside an MCM.
 * <p>
 * A call manager imports {@code dev.condis.api.callmgr;version="[0.1,1)"}; who implements the handles imports
 * {@code "[0.1,0.2)"}.
 */
@Export
@Version("0.1.0")
package dev.condis.api.callmgr;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
