// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
/** Clients that call each other and check every PDU: what the demo is made of. */
package dev.condis.app.traffic;
