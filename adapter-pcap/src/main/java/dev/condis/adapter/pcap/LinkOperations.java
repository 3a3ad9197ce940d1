// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.media.MacAddress;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportDriver.AddressingReset;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.StatusIndication;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the core may ask of an adapter as a whole, between initialize and halt: to pause and restart (contract B.1),
 * to be reset (sequence S32), what it knows (S30); and what the adapter tells of its link by itself (R212). The same
 * for a miniport and a miniport call manager.
 */
final class LinkOperations {

    private static final Logger LOG = LoggerFactory.getLogger(LinkOperations.class);
    private static final long POLL_MILLIS = 1_000;
    private static final long INDICATION_SECONDS = 10;

    /** The miniport or call manager on the link. */
    interface Owner {

        /** Frames are indicated again: those that were held meanwhile go first. */
        void restarted();

        /** The state of the link has changed. */
        void linkChanged(LinkState state);
    }

    private final PcapLink link;
    private final ScheduledExecutorService control;
    private final MiniportAdapter adapter;
    private final LinkStatus status;
    private final Owner owner;
    private final LinkOids oids;
    private final LinkMonitor monitor;
    private final ReentrantLock indicating = new ReentrantLock();
    private Optional<Future<?>> polling = Optional.empty();
    private Optional<CompletableFuture<NdisResult<AddressingReset>>> resetting = Optional.empty();
    private volatile boolean closed;

    LinkOperations(
            final PcapLink link,
            final ScheduledExecutorService control,
            final MiniportAdapter adapter,
            final PcapHost host,
            final Owner owner) {
        this.link = link;
        this.control = control;
        this.adapter = adapter;
        this.status = host.status();
        this.owner = owner;
        this.oids = new LinkOids(link, host.epochNanos());
        this.monitor = new LinkMonitor(link::linkState, this::linkChanged);
    }

    /**
     * Whoever closes waits for an indication that is being made: there is none after a halt has returned (rule R207).
     */
    private void linkChanged(final LinkState state) {
        indicating.lock();
        try {
            if (!closed) {
                indicate(state);
            }
        } finally {
            indicating.unlock();
        }
    }

    private void mtuChanged() {
        LOG.info("the MTU of {} is {} now", link.settings().name(), link.mtu());
        final LinkState state = link.linkState();
        indicating.lock();
        try {
            link.rundown().stream().filter(vc -> !closed).forEach(vc -> vc.indicateMtu(state));
        } finally {
            indicating.unlock();
        }
    }

    /** An interface with another station address is another one to all who know it: what it was is gone. */
    private void addressChanged(final MacAddress now) {
        final String why = "the station address was " + link.localAddress() + ", and is " + now;
        LOG.warn("{} is another interface: {}", link.settings().name(), why);
        link.remove();
        status.unavailable(why);
        adapter.removeMiniport(why);
    }

    /** The interface cannot be opened any more. */
    private void gone(final CaptureException cause) {
        LOG.warn("{} cannot be opened anew: {}", link.settings().name(), cause.getMessage());
        status.unavailable(cause.getMessage());
        adapter.removeMiniport(cause.getMessage());
    }

    private void indicate(final LinkState state) {
        LOG.info("the link of {} is {} now, {} bit/s", link.settings().name(), state.connect(), state.transmitBps());
        adapter.indicateStatus(StatusIndication.linkState(state));
        owner.linkChanged(state);
    }

    OidResult oidRequest(final Optional<FlowVc> vc, final OidRequest request) {
        link.refreshKernelCounts();
        return oids.answer(vc, request);
    }

    /** Sends are accepted, frames are indicated. */
    CompletionStage<NdisStatus> restart() {
        link.restart();
        owner.restarted();
        synchronized (this) {
            if (link.isLive() && polling.isEmpty() && !closed) {
                polling =
                        Optional.of(control.scheduleWithFixedDelay(this::poll, 0, POLL_MILLIS, TimeUnit.MILLISECONDS));
            }
        }
        return NdisStatus.SUCCESS.asStage();
    }

    private void poll() {
        try {
            link.refreshKernelCounts();
            monitor.poll();
            final Optional<MacAddress> other = link.otherAddress();
            if (other.isPresent() && !link.isRemoved()) {
                addressChanged(other.get());
            } else if (link.followMtu()) {
                mtuChanged();
            }
        } catch (final CaptureException e) {
            gone(e);
        } catch (final RuntimeException e) {
            // an exception would end the polling for good
            LOG.warn(
                    "the state of the link of {} could not be told",
                    link.settings().name(),
                    e);
        }
    }

    /** Sends are refused, frames are not indicated; complete when nothing is under way any more (rule R218). */
    CompletionStage<NdisStatus> pause() {
        return link.pause().thenApply(nothing -> NdisStatus.SUCCESS);
    }

    /**
     * Closes a live interface and opens it again. There is nothing that a file could be reset to.
     *
     * @return completes when it is open again; a failure means that it is gone, and is reported as such
     */
    CompletionStage<NdisResult<AddressingReset>> reset() {
        if (!link.isLive()) {
            return NdisResult.<AddressingReset>failure(NdisStatus.NOT_SUPPORTED).asStage();
        }
        final CompletableFuture<NdisResult<AddressingReset>> outcome = new CompletableFuture<>();
        synchronized (this) {
            if (closed) {
                return NdisResult.<AddressingReset>failure(NdisStatus.NOT_ACCEPTED)
                        .asStage();
            }
            if (resetting.filter(before -> !before.isDone()).isPresent()) {
                return NdisResult.<AddressingReset>failure(NdisStatus.RESET_IN_PROGRESS)
                        .asStage();
            }
            resetting = Optional.of(outcome);
        }
        link.beginReset();
        try {
            control.execute(() -> outcome.complete(reopen()));
        } catch (final RejectedExecutionException e) {
            LOG.debug("{} is halted, and not reset", link.settings().name(), e);
            outcome.complete(NdisResult.failure(NdisStatus.NOT_ACCEPTED));
        }
        return outcome;
    }

    private NdisResult<AddressingReset> reopen() {
        try {
            return link.reset()
                    ? NdisResult.success(AddressingReset.KEPT)
                    : NdisResult.failure(NdisStatus.REQUEST_ABORTED);
        } catch (final CaptureException e) {
            gone(e);
            return NdisResult.failure(NdisStatus.OPEN_FAILED);
        }
    }

    private void awaitIndication() {
        try {
            if (indicating.tryLock(INDICATION_SECONDS, TimeUnit.SECONDS)) {
                indicating.unlock();
            } else {
                LOG.error("an indication of {} does not return", link.settings().name());
            }
        } catch (final InterruptedException e) {
            LOG.debug("{} is halted in a hurry", link.settings().name(), e);
            Thread.currentThread().interrupt();
        }
    }

    /** The end: nothing is looked for any more, a reset that has not begun will not. */
    void close() {
        final Optional<CompletableFuture<NdisResult<AddressingReset>>> unfinished;
        synchronized (this) {
            closed = true;
            polling.ifPresent(running -> running.cancel(false));
            unfinished = resetting;
        }
        awaitIndication();
        control.shutdownNow();
        link.close();
        unfinished.ifPresent(outcome -> outcome.complete(NdisResult.failure(NdisStatus.REQUEST_ABORTED)));
    }
}
