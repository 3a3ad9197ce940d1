// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/** How the kit sees a driver: a membrane around it that notes every callback and every call, with order, thread, arguments and outcome. */
package dev.condis.tck.observe;
