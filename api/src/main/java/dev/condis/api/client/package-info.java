// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * The client's side of CoNDIS: {@code NdisCl*}, {@code ProtocolCl*}, and what of {@code NdisCo*} and {@code ProtocolCo*} a
 * client uses. A client implements {@link dev.condis.api.client.CoClient} and the context types, and calls the handle types.
 * <p>
 * A client imports {@code dev.condis.api.client;version="[0.1,1)"}; who implements the handles imports {@code "[0.1,0.2)"}.
 */
@Export
@Version("0.1.0")
package dev.condis.api.client;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
