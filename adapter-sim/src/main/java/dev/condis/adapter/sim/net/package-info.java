// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * The simulated network: NICs on links of their own to one switch, on the wall clock or on virtual time. Plain Java; the
 * drivers that make adapters of it are in {@link dev.condis.adapter.sim}.
 */
@Export
@Version("0.1.0")
package dev.condis.adapter.sim.net;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
