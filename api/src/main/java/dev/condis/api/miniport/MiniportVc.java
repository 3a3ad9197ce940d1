// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.miniport;

import org.osgi.annotation.versioning.ProviderType;

/** A VC as its miniport sees it: data only. Control comes to {@link MiniportVcContext}. Thread safe. */
@ProviderType
public interface MiniportVc extends VcIndications {}
