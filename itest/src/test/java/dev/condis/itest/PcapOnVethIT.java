// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Runs {@link PcapOnVeth}, a container test of its own, on a cable of its own. */
public class PcapOnVethIT {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void adapterPcapCarriesCallsOverAVethPair() throws Exception {
        VethNamespace.run(PcapOnVeth.class, folder.getRoot().toPath()).stream()
                .filter(line -> line.contains(PcapOnVeth.FIGURE))
                .forEach(System.out::println);
    }
}
