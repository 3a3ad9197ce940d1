// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/** The thin layer between the engine and the OSGi framework. */
package dev.condis.core.osgi;
