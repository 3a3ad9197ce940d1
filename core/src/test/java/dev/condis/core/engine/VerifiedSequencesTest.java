// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.core.verifier.Verifier;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The sequences of the contract once more, with every driver checked: the verifier finds nothing in any form and timing. */
class VerifiedSequencesTest extends SequencesTest {
    private final Verifier verifier = TestStack.verifier();

    @BeforeEach
    void checkTheDrivers() {
        TestStack.checking = Optional.of(verifier);
    }

    @AfterEach
    void nothingWasFound() {
        TestStack.checking = Optional.empty();
        assertThat(verifier.violations()).isEmpty();
        assertThat(verifier.count()).isZero();
    }
}
