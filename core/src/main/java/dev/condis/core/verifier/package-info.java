// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
/** The verifier: checks drivers at run time, when it is switched on. Knows the API, not the engine. */
package dev.condis.core.verifier;
