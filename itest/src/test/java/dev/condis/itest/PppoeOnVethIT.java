// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Runs {@link PppoeOnVeth}, a container test of its own, on a cable of its own. */
public class PppoeOnVethIT {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void signalingIsHalfOfAnAdapter() throws Exception {
        VethNamespace.run(PppoeOnVeth.class, folder.getRoot().toPath());
    }
}
