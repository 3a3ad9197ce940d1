// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.oid;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Who asked, {@code NDIS_OID_REQUEST.RequestHandle}: opaque, given by the core to the miniport with a request, and back by the miniport
 * as the destination of a status indication that answers it.
 */
@ProviderType
public interface RequestHandle {}
