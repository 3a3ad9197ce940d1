// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Object identifiers and the requests that carry them: {@code NDIS_OID_REQUEST}, the OIDs of connection-oriented miniports and of call
 * managers with their clients (contract F.3, F.4), and {@link dev.condis.api.oid.OidTable}, which answers them.
 * <p>
 * Everybody imports {@code dev.condis.api.oid;version="[0.1,1)"}.
 */
@Export
@Version("0.1.0")
package dev.condis.api.oid;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
