// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.miniport;

import dev.condis.api.callmgr.CmVcContext;
import org.osgi.annotation.versioning.ConsumerType;

/** What an MCM keeps for a client's VC: a call manager's context that also carries the packets. */
@ConsumerType
public interface McmVcContext extends CmVcContext, VcDataPath {}
