// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * The conformance kit: shows of a miniport, an MCM, a call manager or a client which rules of the CoNDIS contract it keeps.
 */
@Export
@Version("0.1.0")
package dev.condis.tck;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
