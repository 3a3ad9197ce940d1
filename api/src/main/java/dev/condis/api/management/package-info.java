// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * What operators and tools see of the core: snapshots of adapters and VCs.
 * <p>
 * Tools import {@code dev.condis.api.management;version="[0.1,1)"}.
 */
@Export
@Version("0.1.0")
package dev.condis.api.management;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
