// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.miniport;

import dev.condis.api.NdisVcHandle;
import dev.condis.api.ThreadLevel;
import dev.condis.api.callmgr.CmVc;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A client's VC as its MCM sees it: the {@code NdisMCm*} functions and the data path. {@link #activateVc} and
 * {@link #deactivateVc} reach no miniport callback (rules R78, R91); their stages are complete on return (C1). Thread safe.
 */
@ProviderType
public interface McmVc extends CmVc, VcIndications {
    @Override
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisVcHandle handle();
}
