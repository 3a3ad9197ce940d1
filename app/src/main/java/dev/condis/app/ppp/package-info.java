// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
/** A client for PPPoE sessions that answers as much of PPP's link control as keeps a session up; nothing above it. */
package dev.condis.app.ppp;
