// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/** The test benches: a driver under test in a real NDIS library, with the kit's own partners around it. */
package dev.condis.tck.rig;
