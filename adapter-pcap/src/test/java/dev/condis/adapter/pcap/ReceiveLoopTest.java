// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What pcap4j does badly when it is stopped does no harm here: the hazards that need no live interface. */
@Timeout(60)
class ReceiveLoopTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    @BeforeEach
    void needsLibpcap() {
        Captures.requireLibpcap();
    }

    private record Outcome(boolean stopped, Optional<String> cause) {}

    private PcapFrameSource source(final int frames) throws IOException, CaptureException {
        final byte[] frame = Frames.ethernet().vlan(5).u16(0x0800).text("x").toBytes();
        final Path path = Files.write(folder.resolve("loop.pcap"), Frames.pcap(1, Collections.nCopies(frames, frame)));
        return PcapFrameSource.openFile(path.toString(), PcapSettings.FileReading.DEFAULT);
    }

    private static ReceiveLoop loop(
            final FrameSource source, final FrameSink sink, final CompletableFuture<Outcome> end) {
        return new ReceiveLoop("loop", source, sink, (stopped, cause) -> end.complete(new Outcome(stopped, cause)));
    }

    @Test
    void shouldEndByItself_whenTheFileIsRead() throws IOException, CaptureException {
        final CompletableFuture<Outcome> end = new CompletableFuture<>();
        final AtomicInteger count = new AtomicInteger();
        final ReceiveLoop loop = loop(source(1000), (f, w, t) -> count.incrementAndGet(), end);
        loop.start();
        assertThat(end.orTimeout(10, java.util.concurrent.TimeUnit.SECONDS).join())
                .isEqualTo(new Outcome(false, Optional.empty()));
        assertThat(count).hasValue(1000);
        assertThat(loop.stop(DEADLINE)).isTrue();
        assertThat(loop.state()).isEqualTo(ReceiveLoop.State.CLOSED);
    }

    /** Hazard A: close while the loop runs blocks for ever; here the loop's own thread closes. */
    @Test
    void shouldStopInTheMiddle_andCloseOnlyAfterwards() throws IOException, CaptureException {
        final CompletableFuture<Outcome> end = new CompletableFuture<>();
        final CountDownLatch some = new CountDownLatch(10);
        final ReceiveLoop loop = loop(source(100_000), (f, w, t) -> some.countDown(), end);
        loop.start();
        await().until(() -> some.getCount() == 0);
        assertThat(loop.stop(DEADLINE)).isTrue();
        assertThat(end.join()).satisfies(e -> assertThat(e.cause()).isEmpty());
    }

    /** Hazard C: close inside the listener waits for itself; a stop from there only asks. */
    @Test
    void shouldNotWaitForItself_whenStoppedByItsOwnThread() throws IOException, CaptureException {
        final CompletableFuture<Outcome> end = new CompletableFuture<>();
        final AtomicReference<ReceiveLoop> self = new AtomicReference<>();
        final AtomicInteger count = new AtomicInteger();
        final ReceiveLoop loop = loop(
                source(100_000),
                (f, w, t) -> {
                    count.incrementAndGet();
                    assertThat(self.get().stop(DEADLINE)).isTrue();
                },
                end);
        self.set(loop);
        loop.start();
        assertThat(end.orTimeout(10, java.util.concurrent.TimeUnit.SECONDS).join())
                .isEqualTo(new Outcome(true, Optional.empty()));
        // libpcap may deliver one more after a break
        assertThat(count.get()).isBetween(1, 2);
        assertThat(loop.stop(DEADLINE)).isTrue();
    }

    /** Hazard D: pcap4j swallows what a listener throws; here it is counted, and too much of it ends the capture. */
    @Test
    void shouldCountExceptions_andGiveUpAfterManyInARow() throws IOException, CaptureException {
        final CompletableFuture<Outcome> seldom = new CompletableFuture<>();
        final AtomicInteger count = new AtomicInteger();
        final ReceiveLoop now = loop(
                source(1000),
                (f, w, t) -> {
                    if (count.incrementAndGet() % 10 == 0) {
                        throw new IllegalStateException("every tenth");
                    }
                },
                seldom);
        now.start();
        assertThat(seldom.orTimeout(10, java.util.concurrent.TimeUnit.SECONDS)
                        .join()
                        .cause())
                .isEmpty();
        assertThat(now.sinkFailures()).isEqualTo(100);

        final CompletableFuture<Outcome> always = new CompletableFuture<>();
        final ReceiveLoop never = loop(
                source(1000),
                (f, w, t) -> {
                    throw new IllegalStateException("always");
                },
                always);
        never.start();
        assertThat(always.orTimeout(10, java.util.concurrent.TimeUnit.SECONDS)
                        .join()
                        .cause())
                .hasValueSatisfying(
                        cause -> assertThat(cause).contains("gave up").contains("always"));
    }

    /** Hazard F: a break before the loop is remembered and ends it at once. */
    @Test
    void shouldStop_whereverTheStopMeetsTheStart() throws IOException, CaptureException, InterruptedException {
        for (int i = 0; i < 300; i++) {
            final CompletableFuture<Outcome> end = new CompletableFuture<>();
            final ReceiveLoop loop = loop(source(50), (f, w, t) -> Thread.onSpinWait(), end);
            final Thread starter = new Thread(loop::start);
            starter.start();
            assertThat(loop.stop(DEADLINE)).isTrue();
            starter.join(DEADLINE.toMillis());
            loop.start();
            assertThat(loop.state()).isEqualTo(ReceiveLoop.State.CLOSED);
        }
    }

    @Test
    void shouldCloseTheSource_whenStoppedBeforeItWasStarted() throws IOException, CaptureException {
        final CompletableFuture<Outcome> end = new CompletableFuture<>();
        final ReceiveLoop loop = loop(source(5), (f, w, t) -> {}, end);
        assertThat(loop.stop(DEADLINE)).isTrue();
        loop.start();
        assertThat(loop.state()).isEqualTo(ReceiveLoop.State.CLOSED);
        assertThat(end).isNotDone();
    }

    /** A native stall: the thread does not come back, and the stop says so instead of hanging. */
    @Test
    void shouldReportAThreadThatDoesNotEnd() {
        final CountDownLatch running = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);
        final FrameSource stalled = new FrameSource() {
            @Override
            public LinkType linkType() {
                return LinkType.ETHERNET;
            }

            @Override
            public boolean isLive() {
                return true;
            }

            @Override
            public End run(final FrameSink sink) throws CaptureException {
                running.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new CaptureException("interrupted", e);
                }
                return End.STOPPED;
            }

            @Override
            public void breakLoop() {
                // is not heard
            }

            @Override
            public void close() {
                // nothing is open
            }

            @Override
            public KernelCounts kernelCounts() {
                return KernelCounts.NONE;
            }
        };
        final CompletableFuture<Outcome> end = new CompletableFuture<>();
        final ReceiveLoop loop = loop(stalled, (f, w, t) -> {}, end);
        loop.start();
        await().until(() -> running.getCount() == 0);
        assertThat(loop.stop(Duration.ofMillis(200))).isFalse();
        release.countDown();
        assertThat(loop.stop(DEADLINE)).isTrue();
        assertThat(end.join().stopped()).isTrue();
    }

    /** Hazard E: an interrupt does not reach the loop; the stop does, and keeps the stopper's own interrupt. */
    @Test
    void shouldStop_thoughTheStoppingThreadIsInterrupted() throws IOException, CaptureException {
        final CompletableFuture<Outcome> end = new CompletableFuture<>();
        final CountDownLatch some = new CountDownLatch(1);
        final ReceiveLoop loop = loop(source(100_000), (f, w, t) -> some.countDown(), end);
        loop.start();
        await().until(() -> some.getCount() == 0);
        Thread.currentThread().interrupt();
        assertThat(loop.stop(DEADLINE)).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(List.of(end.join())).hasSize(1);
    }
}
