// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;

/** The same with the verifier, which looks at every call: fewer VCs, fewer swaps, and it finds nothing. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class SwapUnderLoadVerifiedIT extends SwapUnderLoadIT {
    private static final int VCS = 100;
    private static final int SWAPS = 10;

    public SwapUnderLoadVerifiedIT() {
        super(VCS, SWAPS);
    }

    @Override
    @Configuration
    public Option[] framework() {
        return new Option[] {Container.product()};
    }
}
