// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/** The kit inside a container: its drivers are services, like everybody's. */
@Export
@Version("0.1.0")
package dev.condis.tck.osgi;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
