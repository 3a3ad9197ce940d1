// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.flows;

import dev.condis.api.media.MediaFlow;

/**
 * What was received on one flow.
 *
 * @param flow the flow
 * @param pdus how many PDUs
 * @param bytes their lengths together
 * @param firstNanos when the first one was captured, nanoseconds since 1970-01-01T00:00Z
 * @param lastNanos when the last one was captured; both are 0 when there was none
 */
public record FlowRecord(MediaFlow flow, long pdus, long bytes, long firstNanos, long lastNanos) {}
