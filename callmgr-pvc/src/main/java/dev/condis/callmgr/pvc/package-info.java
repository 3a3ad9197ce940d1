// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * A stand-alone call manager for permanent circuits (sequence S33): operators configure them, clients call on them, nothing is
 * signaled. It works above any miniport and imports nothing but the API.
 */
package dev.condis.callmgr.pvc;
