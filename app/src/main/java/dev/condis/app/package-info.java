// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
/** The command line. */
package dev.condis.app;
