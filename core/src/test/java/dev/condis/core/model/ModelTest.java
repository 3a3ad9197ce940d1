// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

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
 * Random programs of clients, call managers and miniports, compared with the tables step by step. A program that diverges is shrunk; what
 * is printed then has the seed, the program and what happened.
 */
class ModelTest {
    private static final EngineLog LOG = new EngineLog();

    @BeforeContainer
    static void silence() {
        LOG.attach();
    }

    @AfterContainer
    static void restore() {
        LOG.detach();
    }

    @Property(
            tries = 2_000,
            shrinking = ShrinkingMode.FULL,
            generation = GenerationMode.RANDOMIZED,
            edgeCases = EdgeCasesMode.NONE)
    void programsDoWhatTheTablesSay(@ForAll("programs") final Program program) {
        Run.of(program, LOG);
    }

    @Tag("long")
    @Property(
            tries = 100_000,
            shrinking = ShrinkingMode.FULL,
            generation = GenerationMode.RANDOMIZED,
            edgeCases = EdgeCasesMode.NONE)
    void aHundredThousandProgramsDoWhatTheTablesSay(@ForAll("programs") final Program program) {
        Run.of(program, LOG);
    }

    @Provide
    Arbitrary<Program> programs() {
        return Programs.arbitrary();
    }
}
