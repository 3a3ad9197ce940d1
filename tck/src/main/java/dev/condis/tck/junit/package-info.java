// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/** The kit as a JUnit 5 suite. Needs JUnit Jupiter; the rest of the kit does not. */
@Export
@Version("0.1.0")
package dev.condis.tck.junit;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
