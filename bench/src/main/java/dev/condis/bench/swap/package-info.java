// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Ways to replace the backend under calls that carry traffic, side by side: a swap of the core, a dynamic reference of Declarative Services,
 * and tearing everything down and calling again. Public only where Declarative Services reaches in.
 */
package dev.condis.bench.swap;
