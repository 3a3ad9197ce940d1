// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * The vocabulary that every CoNDIS role shares: statuses and results, address families, SAPs, call parameters, the states of
 * VCs and calls, thread levels and the names of service properties.
 * <p>
 * Who uses these types imports {@code dev.condis.api;version="[0.1,1)"}; who implements the provider types of the role
 * packages imports {@code dev.condis.api;version="[0.1,0.2)"}.
 */
@Export
@Version("0.1.0")
package dev.condis.api;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
