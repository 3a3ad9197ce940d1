// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Drivers that keep the contract: a miniport, a call manager, an MCM and a client on a network in memory. They show the kit's good case,
 * are its partners for drivers of the other roles, and an author's example. Their protected methods are the steps that
 * {@code dev.condis.tck.broken} gets wrong, one at a time.
 */
@Export
@Version("0.1.0")
package dev.condis.tck.reference;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
