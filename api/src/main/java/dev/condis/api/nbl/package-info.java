// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Packets: {@link dev.condis.api.nbl.NetBufferList}, the pools they come from and the queues drivers keep them in. Concrete
 * final classes on purpose: everybody on the data path sees one implementation, so that calls on it are direct.
 * <p>
 * Everybody imports {@code dev.condis.api.nbl;version="[0.1,1)"}.
 */
@Export
@Version("0.1.0")
package dev.condis.api.nbl;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
