// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.pcap.FakeNdis.Client;
import dev.condis.adapter.pcap.FakeNdis.McmVcFake;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A call manager for discovered flows that gets orders instead of frames from a wire: what comes of any of them must be accounted for. */
final class DiscoveryScript implements AutoCloseable {
    private static final int FLOWS = 4;
    private static final int BUFFERS = 8;
    private static final int NEVER = 1000;
    private static final List<String> PATTERNS = List.of("*", "vlan:*", "vlan:5/pppoe:*", "mpls:16", "/vlan:*/");

    private final Path file;
    private final FakeNdis ndis = new FakeNdis();
    private final FlowDiscovery discovery;
    private final List<Client> clients;
    private final FrameParser parser = new FrameParser(LinkType.ETHERNET);
    private final Queue<CompletableFuture<Boolean>> unanswered = new ArrayDeque<>();
    private int answer;
    private int frames;
    private int evidence;

    static DiscoveryScript start() throws IOException, CaptureException {
        final Path file = Files.createTempFile("condis-fuzz-", ".pcap");
        Files.write(file, Frames.pcap(1, List.of()));
        final PcapSettings settings = PcapSettings.of("fuzz", file.toString(), PcapSettings.Mode.MCM)
                .with(new PcapSettings.FileReading(NEVER, 0, 1 << 20, 0))
                .with(new PcapSettings.Limits(FLOWS, 2, 64, BUFFERS));
        return new DiscoveryScript(file, settings);
    }

    private DiscoveryScript(final Path file, final PcapSettings settings) throws CaptureException {
        this.file = file;
        discovery = FlowDiscovery.open(settings, new PcapHost(() -> 0L, LinkStatus.IGNORED, LinkProbe.UNKNOWN), ndis);
        assertThat(discovery.register()).isEqualTo(NdisStatus.SUCCESS);
        discovery.operations().restart().toCompletableFuture().join();
        clients = List.of(ndis.open(this::answer), ndis.open(this::answer));
    }

    private CompletionStage<NdisResult<CallParameters>> answer(final McmVcFake vc) {
        final CompletableFuture<Boolean> accepted = new CompletableFuture<>();
        switch (answer) {
            case 0 -> accepted.complete(true);
            case 1 -> accepted.complete(false);
            default -> unanswered.add(accepted);
        }
        return accepted.thenApply(yes ->
                yes ? NdisResult.success(FakeNdis.call(vc.flow())) : NdisResult.failure(NdisStatus.NOT_SUPPORTED));
    }

    /**
     * Carries one order out.
     *
     * @param order which
     * @param orders what follows it
     */
    void order(final int order, final ByteBuffer orders) {
        final int argument = orders.get() & 0xff;
        switch (order & 7) {
            case 0 -> clients.get(argument & 1).register(PATTERNS.get((argument >> 1) % PATTERNS.size()));
            case 1 -> answer = argument % 3;
            case 2 -> answerOne(argument % 2 == 0);
            case 3 -> closeOne(argument);
            default -> frame(argument, orders);
        }
        assertThat(discovery.link().table().size()).isLessThanOrEqualTo(FLOWS);
        assertThat(discovery.link().held().get()).isBetween(0, discovery.link().maxHeld());
    }

    private void answerOne(final boolean accept) {
        if (!unanswered.isEmpty()) {
            unanswered.remove().complete(accept);
        }
    }

    private void closeOne(final int number) {
        if (!ndis.created().isEmpty()) {
            close(ndis.created().get(number % ndis.created().size()));
        }
    }

    private static void close(final McmVcFake vc) {
        if (vc.callState() == CallState.ACCEPTED || vc.callState() == CallState.CONNECTED) {
            assertThat(vc.closeCall().orTimeout(1, TimeUnit.MINUTES).join()).isEqualTo(NdisStatus.SUCCESS);
        }
    }

    private void frame(final int octets, final ByteBuffer orders) {
        final byte[] frame = new byte[Math.min(octets, orders.remaining())];
        orders.get(frame);
        parser.parse(frame, frame.length, frame.length);
        frames++;
        evidence += parser.isEvidence() ? 1 : 0;
        discovery.frame(parser, frame, 1);
    }

    /** Each frame is in one count: taken for a VC, or why it was not. */
    void assertAccountedFor() {
        final LinkCounters counters = discovery.link().counters();
        final long accounted = counters.get(LinkCounters.Received.PDUS)
                + counters.get(LinkCounters.Received.OF_NO_VC)
                + counters.get(LinkCounters.Received.REFUSED)
                + counters.lost();
        assertThat(accounted).isBetween((long) frames - evidence, (long) frames);
    }

    /** What is held goes with its call. */
    @Override
    public void close() throws IOException {
        try {
            while (!unanswered.isEmpty()) {
                answerOne(false);
            }
            ndis.created().forEach(DiscoveryScript::close);
            discovery.close();
            assertThat(discovery.link().outstandingBuffers()).isZero();
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
