// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/** The checks: for each rule that shows from outside, a stimulus and a verdict. */
package dev.condis.tck.checks;
