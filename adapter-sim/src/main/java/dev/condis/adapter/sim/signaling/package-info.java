// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * The signaling of the simulated network: messages between a NIC's signaling engine and the switch, on VPI 0/VCI 5. Not
 * exported.
 */
package dev.condis.adapter.sim.signaling;
