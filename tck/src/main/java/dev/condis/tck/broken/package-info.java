// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/** Drivers that break one rule each, on purpose: a kit that never fails proves nothing. */
@Export
@Version("0.1.0")
package dev.condis.tck.broken;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
