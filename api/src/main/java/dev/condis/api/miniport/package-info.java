// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * The miniport's side of CoNDIS: {@code NdisMCo*} and {@code MiniportCo*}, and the form of a miniport call manager. An adapter
 * implements {@link dev.condis.api.miniport.CoMiniport} or {@link dev.condis.api.miniport.MiniportCallManager} and the context
 * types, and registers one OSGi service for each backend instance.
 * <p>
 * An adapter imports {@code dev.condis.api.miniport;version="[0.1,1)"}; who implements the handles imports {@code "[0.1,0.2)"}.
 */
@Export
@Version("0.1.0")
package dev.condis.api.miniport;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
