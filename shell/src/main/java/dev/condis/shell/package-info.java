// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/** The commands of scope {@code condis} at the prompt of a container. */
package dev.condis.shell;
