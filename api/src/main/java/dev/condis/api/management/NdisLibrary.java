// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.management;

import dev.condis.api.ThreadLevel;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** The core as operators see it: what is there now. A service of the core. Thread safe. */
@ProviderType
public interface NdisLibrary {
    /**
     * Every logical adapter that has a backend, usable or not.
     *
     * @return snapshots, ordered by name
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    List<AdapterSnapshot> adapters();
}
