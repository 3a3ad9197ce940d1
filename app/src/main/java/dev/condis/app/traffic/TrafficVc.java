// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.traffic;

import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * One end of a call: sends a stream, checks the stream that comes in, closes when the other end closes. Thread safe.
 */
final class TrafficVc implements ClientVcContext {
    private final StreamSender sender;
    private final SequenceCheck check;
    private final Executor executor;
    private final CompletableFuture<NdisStatus> ended = new CompletableFuture<>();
    private final CompletableFuture<Void> deleted = new CompletableFuture<>();
    private volatile Optional<NdisStatus> remoteClose = Optional.empty();
    private volatile Optional<ClientVc> started = Optional.empty();

    TrafficVc(final StreamSender sender, final SequenceCheck check, final Executor executor) {
        this.sender = sender;
        this.check = check;
        this.executor = executor;
    }

    /** Sends begin, on the executor: whoever reports that the call stands must not be held up. */
    void start(final ClientVc vc) {
        started = Optional.of(vc);
        executor.execute(() -> sender.pump(vc));
    }

    /** The stream ends with what has been sent up to now, if it has begun. */
    void end() {
        started.ifPresent(sender::end);
    }

    boolean isStarted() {
        return started.isPresent();
    }

    @Override
    public void callConnected(final ClientVc vc) {
        start(vc);
    }

    @Override
    public void receiveNetBufferLists(final ClientVc vc, final NetBufferList nbls, final int flags) {
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            check.accept(nbl.data());
        }
        if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
            vc.returnNetBufferLists(nbls, NblFlags.NONE);
        }
    }

    @Override
    public void sendNetBufferListsComplete(final ClientVc vc, final NetBufferList nbls, final int flags) {
        sender.completed(vc, nbls);
    }

    @Override
    public void incomingCloseCall(final ClientVc vc, final NdisStatus closeStatus, final Octets closeData) {
        remoteClose = Optional.of(closeStatus);
        // R148: the own sends come back before the call is closed.
        sender.stop(vc).thenCompose(drained -> vc.closeCall()).thenAccept(result -> ended.complete(result.status()));
    }

    @Override
    public NdisStatus deleteVc(final ClientVc vc) {
        deleted.complete(null);
        return NdisStatus.SUCCESS;
    }

    /** Completes when the other end has closed the call and this end has answered. */
    CompletionStage<NdisStatus> ended() {
        return ended;
    }

    /** Completes when the call manager has deleted the VC. */
    CompletionStage<Void> deleted() {
        return deleted;
    }

    /** Why the other end or the network closed the call, empty when it did not. */
    Optional<NdisStatus> remoteClose() {
        return remoteClose;
    }

    /** Completes when everything was sent and everything has come. */
    CompletionStage<Void> finished() {
        return CompletableFuture.allOf(
                sender.done().toCompletableFuture(), check.complete().toCompletableFuture());
    }

    StreamSender sender() {
        return sender;
    }

    SequenceCheck check() {
        return check;
    }
}
