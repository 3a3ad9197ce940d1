// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Status indications of miniports: {@code NDIS_STATUS_INDICATION}.
 * <p>
 * Everybody imports {@code dev.condis.api.status;version="[0.1,1)"}.
 */
@Export
@Version("0.1.0")
package dev.condis.api.status;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
