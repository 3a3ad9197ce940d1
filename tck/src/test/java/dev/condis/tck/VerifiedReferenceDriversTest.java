// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.tck.subject.Kind;
import dev.condis.tck.subject.KitOptions;
import dev.condis.tck.subject.Subject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The verifier finds nothing about the reference drivers: what the kit does to them is not always by the book; what they do is. */
class VerifiedReferenceDriversTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.condis.tck.ReferenceDriversTest#subjects")
    void theVerifierFindsNothingAboutThem(final Subject subject) {
        final List<EngineHost> hosts = new CopyOnWriteArrayList<>();
        new ConformanceKit(
                        subject,
                        () -> {
                            final EngineHost host = EngineHost.verifying(LIMIT);
                            hosts.add(host);
                            return host;
                        },
                        KitOptions.standard())
                .run();
        final boolean carries = subject.kind() == Kind.MINIPORT || subject.kind() == Kind.MCM;
        assertThat(hosts).isNotEmpty();
        assertThat(hosts.stream().flatMap(host -> host.library().violations().stream()))
                .filteredOn(violation -> violation.driver().startsWith(carries ? "miniport of" : "tck-subject"))
                .isEmpty();
    }
}
