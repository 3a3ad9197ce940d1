// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.swap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** Notices what is left behind: threads, file descriptors, and objects that somebody still holds. */
final class Leaks {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final Set<Thread> threadsBefore = Thread.getAllStackTraces().keySet();
    private final Map<String, Long> descriptorsBefore = descriptors();
    private final ReferenceQueue<Object> collected = new ReferenceQueue<>();
    private final Map<PhantomReference<Object>, String> watched = new ConcurrentHashMap<>();

    /** From here on nobody should hold it. */
    void retired(final Object object) {
        watched.put(new PhantomReference<>(object, collected), object.toString());
    }

    /** Every object that was retired is really collected. */
    void assertRetiredAreCollected() {
        Awaitility.await().atMost(LoadedStack.PATIENCE).untilAsserted(() -> {
            System.gc();
            for (var gone = collected.poll(); gone != null; gone = collected.poll()) {
                watched.remove(gone);
            }
            assertThat(watched.values())
                    .as("retired, and still held by somebody")
                    .isEmpty();
        });
    }

    void assertNoThreads() {
        Awaitility.await().atMost(LoadedStack.PATIENCE).untilAsserted(() -> {
            final Set<Thread> left = new HashSet<>(Thread.getAllStackTraces().keySet());
            left.removeAll(threadsBefore);
            left.remove(Thread.currentThread());
            // a poll of Awaitility runs on a thread of its own
            left.removeIf(thread -> thread.getName().startsWith("awaitility"));
            assertThat(left).isEmpty();
        });
    }

    void assertNoDescriptors() {
        final Map<String, Long> now = descriptors();
        final List<String> more = now.keySet().stream()
                .filter(target -> now.get(target) > descriptorsBefore.getOrDefault(target, 0L))
                .toList();
        assertThat(more).as("open files that were not open before").isEmpty();
    }

    /** What is open and how often. Empty where there is no such folder. Jars are opened by class loaders when they like. */
    private static Map<String, Long> descriptors() {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return Map.of();
        }
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            return open.flatMap(Leaks::target)
                    .filter(target -> !target.endsWith(".jar") && !target.endsWith("/fd"))
                    .collect(Collectors.groupingBy(target -> target, Collectors.counting()));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> target(final Path descriptor) {
        try {
            return Stream.of(Files.readSymbolicLink(descriptor).toString());
        } catch (final NoSuchFileException e) {
            // closed since the folder was listed
            return Stream.empty();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
