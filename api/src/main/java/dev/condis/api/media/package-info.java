// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Names of circuits on a medium: what a miniport must know to carry a virtual circuit.
 *
 * <p>On ATM hardware a circuit is a {@link dev.condis.api.media.AtmConnection} (VPI and VCI). On Ethernet it is a flow,
 * that is, a stack of protocol layers every frame of the circuit carries: {@link dev.condis.api.media.EthernetFlow}.
 * Both are {@link dev.condis.api.media.MediaFlow}s: immutable values with one textual form, used alike in configuration,
 * in tables and inside the media-specific part of call parameters ({@code CO_MEDIA_PARAMETERS.MediaSpecific}).
 * {@link dev.condis.api.media.FlowPattern} is a wildcard over them, for SAPs.
 *
 * <p>All types are immutable and may be used by any thread at any level.
 */
@Export
@Version("0.1.0")
package dev.condis.api.media;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
