// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.ppp;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.Sap;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientSapContext;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.nbl.NetBufferListPool;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** A client of PPPoE: makes calls, takes calls, and answers on each session as much of PPP as keeps it up. Thread safe. */
public final class PppClient implements CoClient, ClientAfContext, ClientSapContext {
    private static final int BUFFERS = 512;
    private static final int BUFFER_BYTES = 2048;
    /** Sessions that are over and still shown; those before are counted only. */
    private static final int MAX_OVER = 1000;

    /** Events that nobody has taken yet; those that come after them are counted only. */
    private static final int MAX_EVENTS = 10_000;

    private final CompletableFuture<NdisResult<ClientAf>> opened = new CompletableFuture<>();
    private final NetBufferListPool pool = new NetBufferListPool("ppp", BUFFERS, BUFFER_BYTES);
    private final Deque<PppSession> sessions = new ArrayDeque<>();
    private final AtomicLong numbers = new AtomicLong();
    private final Queue<String> events = new ArrayBlockingQueue<>(MAX_EVENTS);
    private final AtomicLong missed = new AtomicLong();
    private final Map<String, AtomicLong> failures = new ConcurrentSkipListMap<>();
    private final Clock clock;
    private long forgotten;

    /**
     * Makes a client that has nothing open.
     *
     * @param clock tells how long sessions are up
     */
    public PppClient(final Clock clock) {
        this.clock = clock;
    }

    /**
     * The address family, once it is open.
     *
     * @return completes with it
     */
    public CompletableFuture<NdisResult<ClientAf>> opened() {
        return opened;
    }

    /**
     * Makes a call on a VC of its own.
     *
     * @param af where
     * @param asked the call parameters
     * @return the session; the call may still be under way
     */
    public PppSession call(final ClientAf af, final CallParameters asked) {
        final PppSession session = add();
        final NdisResult<ClientVc> vc = af.createVc(session);
        if (!vc.isSuccess()) {
            session.fail(vc.status(), vc.toString());
            return session;
        }
        vc.get().makeCall(asked).thenAccept(result -> {
            if (!session.made(vc.get(), result).isSuccess()) {
                vc.get().deleteVc();
            }
        });
        return session;
    }

    /**
     * Takes calls for a service.
     *
     * @param af where
     * @param service its name
     * @return completes with the SAP
     */
    public CompletionStage<NdisResult<ClientSap>> serve(final ClientAf af, final String service) {
        return af.registerSap(Sap.pppoe(service), this);
    }

    private PppSession add() {
        final PppSession session = new PppSession(numbers.incrementAndGet(), pool, clock, this::changed);
        synchronized (sessions) {
            sessions.add(session);
            if (sessions.size() > MAX_OVER) {
                final int before = sessions.size();
                sessions.removeIf(each -> each.over().toCompletableFuture().isDone());
                forgotten += before - sessions.size();
            }
        }
        return session;
    }

    private void changed(final PppSession session) {
        session.failure().ifPresent(status -> failures.computeIfAbsent(status.name(), first -> new AtomicLong())
                .incrementAndGet());
        if (!events.offer(session.event())) {
            missed.incrementAndGet();
        }
    }

    @Override
    public void afRegisterNotify(final ClientBinding binding, final AddressFamily addressFamily) {
        if (addressFamily.sameFamily(AddressFamily.PPPOE)) {
            binding.openAddressFamily(addressFamily, this).thenAccept(opened::complete);
        }
    }

    @Override
    public NdisResult<ClientVcContext> createVc(final ClientVc vc) {
        return NdisResult.success(add());
    }

    @Override
    public CompletionStage<NdisResult<CallParameters>> incomingCall(
            final ClientVc vc, final ClientVcContext context, final CallParameters parameters) {
        ((PppSession) context).accepted(parameters);
        return NdisResult.success(parameters).asStage();
    }

    /**
     * The sessions there are and were, oldest first; of many that are over only the youngest.
     *
     * @return the sessions
     */
    public List<PppSession> sessions() {
        synchronized (sessions) {
            return new ArrayList<>(sessions);
        }
    }

    /**
     * How many sessions there were before the first of {@link #sessions()}.
     *
     * @return the number
     */
    public long forgotten() {
        synchronized (sessions) {
            return forgotten;
        }
    }

    /**
     * What has happened to sessions since this was asked last, oldest first.
     *
     * @return a line for each event
     */
    public List<String> takeEvents() {
        final List<String> taken = new ArrayList<>();
        Optional<String> next = Optional.ofNullable(events.poll());
        while (next.isPresent()) {
            taken.add(next.get());
            next = Optional.ofNullable(events.poll());
        }
        final long lost = missed.getAndSet(0);
        if (lost > 0) {
            taken.add(lost + " further events");
        }
        return taken;
    }

    /**
     * How many calls have failed.
     *
     * @return the numbers, by the names of the statuses
     */
    public Map<String, Long> failures() {
        final Map<String, Long> counts = new TreeMap<>();
        failures.forEach((status, count) -> counts.put(status, count.get()));
        return counts;
    }
}
