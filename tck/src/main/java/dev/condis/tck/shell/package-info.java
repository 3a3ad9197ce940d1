// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/** The kit at the prompt of a container: the checks that can be made on an adapter that runs already. */
package dev.condis.tck.shell;
