// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Health checks of what the core carries, and backends that are demoted because a health check says that something is wrong with them. Nothing
 * is exported; what others see are services.
 */
package dev.condis.health;
