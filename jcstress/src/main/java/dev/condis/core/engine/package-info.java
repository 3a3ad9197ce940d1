// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
/** Interleavings of the engine that jcstress explores; in the package of the engine, since the rundown of a VC is not public. */
package dev.condis.core.engine;
