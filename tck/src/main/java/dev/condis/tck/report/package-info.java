// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/** What the kit found: a verdict for each rule, as text and as JUnit XML, and what the driver showed that it can do. */
@Export
@Version("0.1.0")
package dev.condis.tck.report;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
