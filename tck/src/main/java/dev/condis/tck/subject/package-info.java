// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/** What an author gives to the kit: the driver, what it can do, and the NDIS library to run it in. */
@Export
@Version("0.1.0")
package dev.condis.tck.subject;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
