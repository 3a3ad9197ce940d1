// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Random programs of clients, call managers, miniports and operators, compared with the tables step by step. A program that diverges is
 * shrunk; what is printed then has the seed, the program and what happened. To run it again, write the seed into the {@code Property}.
 */
class ModelTest {
    private static final int ENOUGH_TO_REACH_EVERYTHING = 100_000;
    private static final EngineLog LOG = new EngineLog();
    private static int programs;

    @BeforeContainer
    static void silence() {
        LOG.attach();
    }

    @AfterContainer
    static void restore() {
        LOG.detach();
        if (programs >= ENOUGH_TO_REACH_EVERYTHING) {
            assertThat(Coverage.missed())
                    .as("transitions of the tables that no program has made")
                    .isEmpty();
        }
    }

    @Property(
            tries = 2_000,
            shrinking = ShrinkingMode.FULL,
            generation = GenerationMode.RANDOMIZED,
            edgeCases = EdgeCasesMode.NONE)
    void programsDoWhatTheTablesSay(@ForAll("programs") final Program program) {
        Run.of(program, LOG);
    }

    /** The same programs each time, so that whoever sees one fail has changed something. Without the seed it looks for others. */
    @Tag("long")
    @Property(
            tries = ENOUGH_TO_REACH_EVERYTHING,
            seed = "7166101378532632988",
            shrinking = ShrinkingMode.FULL,
            generation = GenerationMode.RANDOMIZED,
            edgeCases = EdgeCasesMode.NONE)
    void aHundredThousandProgramsDoWhatTheTablesSay(@ForAll("programs") final Program program) {
        programs++;
        Run.of(program, LOG);
    }

    @Provide
    Arbitrary<Program> programs() {
        return Programs.arbitrary();
    }
}
