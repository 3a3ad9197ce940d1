// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
/** Text for people: tables, numbers, times. */
package dev.condis.app.text;
