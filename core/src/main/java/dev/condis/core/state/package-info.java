// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/** The state machines of the contract (B.4 to B.8) as tables without side effects. */
package dev.condis.core.state;
