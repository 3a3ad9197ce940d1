// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Simulated adapters: a miniport, a signaling engine and a miniport call manager for NICs on a
 * {@link dev.condis.adapter.sim.net.SimNetwork}. They run without a framework too; {@link dev.condis.adapter.sim.SimAdapter}
 * makes services of configurations.
 */
@Export
@Version("0.1.0")
package dev.condis.adapter.sim;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
