// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * The arbiter: the lifecycle of adapters, bindings, address families, SAPs, VCs and calls, and the data path between them. Plain
 * Java; it knows no framework. {@link dev.condis.core.engine.NdisEngine} is where drivers are registered.
 */
package dev.condis.core.engine;
