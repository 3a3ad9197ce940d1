// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.miniport.MiniportDriver;
import dev.condis.api.oid.OidResult;
import java.util.Optional;

/** What a binding has below it: whichever backend carries the adapter at the moment. */
interface Below extends Traffic {
    /** Says why the miniport is asked nothing now; empty when it is. */
    Optional<OidResult> refusesOid();

    /** Who is asked. */
    MiniportDriver driver();
}
