// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
/** The client that takes every flow as an incoming call, and the report of what it saw. */
package dev.condis.app.flows;
