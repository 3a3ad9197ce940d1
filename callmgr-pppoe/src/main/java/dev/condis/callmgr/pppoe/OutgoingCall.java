// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.media.MacAddress;
import dev.condis.api.pppoe.PppoeParameters;
import dev.condis.api.pppoe.PppoeTag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A client's VC, and one call after the other on it, as a host (RFC 2516, section 5). Callbacks come on any thread and go to the loop.
 *
 * <pre>
 * IDLE -> DISCOVERING (PADI sent) -> REQUESTING (PADO came, PADR sent) -> ACTIVATING (PADS came) -> CONNECTED
 * CONNECTED -> CLOSING (the client closes; PADT sent when the VC is inactive) -> IDLE
 * CONNECTED -> REMOTE_CLOSING (PADT came) -> CLOSING (the client closes) -> IDLE
 * DISCOVERING, REQUESTING, ACTIVATING -> IDLE, when the call fails
 * </pre>
 *
 * The PADS is the one packet that is not dealt with on the loop: the peer may send in the session right behind it, so the VC is active and the call made
 * before the thread that received it looks at the next frame.
 *
 * <p>A confirmation with another session id than the first comes from an access concentrator that opens a session for each PADR; what is too much is
 * ended at once.
 */
final class OutgoingCall implements CmVcContext, HostExchange, PppoeSession {
    private enum Phase {
        IDLE,
        DISCOVERING,
        REQUESTING,
        ACTIVATING,
        CONNECTED,
        REMOTE_CLOSING,
        CLOSING
    }

    private static final int MAX_OFFERS = 64;

    private final PppoeBinding binding;
    private final CmVc vc;
    private final Retransmission retry;
    /** The question to an access concentrator that waits for its answer: whoever takes it away deals with it. */
    private final AtomicReference<Optional<Asked>> asked = new AtomicReference<>(Optional.empty());

    private volatile Phase phase = Phase.IDLE;

    private CompletableFuture<NdisResult<CallParameters>> making = new CompletableFuture<>();
    private Optional<CallPlan> plan = Optional.empty();
    private final List<SignalFrame> offers = new ArrayList<>();
    /** Who was asked in vain before another one was: a session that comes from there after all is not wanted. */
    private final Set<MacAddress> givenUp = new HashSet<>();

    private Octets hostUniq = Octets.EMPTY;
    private Optional<MacAddress> concentrator = Optional.empty();
    private String acName = "";
    private Optional<SessionKey> session = Optional.empty();
    private volatile boolean endedByPeer;

    /** What a confirmation answers. */
    private record Asked(
            CallPlan plan,
            MacAddress concentrator,
            String acName,
            int maxPayload,
            CompletableFuture<NdisResult<CallParameters>> making) {
        SessionKey session(final DiscoveryPacket pads) {
            return new SessionKey(plan.link(), concentrator, pads.sessionId());
        }
    }

    OutgoingCall(final PppoeBinding binding, final CmVc vc) {
        this.binding = binding;
        this.vc = vc;
        this.retry = new Retransmission(binding.loop(), () -> binding.settings().timing());
    }

    // --- making

    @Override
    public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters asked) {
        final CompletableFuture<NdisResult<CallParameters>> stage = new CompletableFuture<>();
        binding.loop().execute(() -> make(asked, stage));
        return stage;
    }

    private void make(final CallParameters asked, final CompletableFuture<NdisResult<CallParameters>> stage) {
        final NdisResult<CallPlan> checked = check(asked);
        if (!checked.isSuccess()) {
            stage.complete(new NdisResult<>(checked.status(), Optional.empty(), checked.refusal()));
            return;
        }
        making = stage;
        plan = checked.value();
        endedByPeer = false;
        binding.sessions().reserve();
        hostUniq = binding.host().ask(link(), this);
        phase = Phase.DISCOVERING;
        final DiscoveryPacket padi =
                DiscoveryPacket.of(DiscoveryPacket.Code.PADI, plan().tags(hostUniq, maxPayloadAsked()));
        retry.ask(() -> link().send(MacAddress.BROADCAST, padi), this::nobodyOffers);
    }

    private NdisResult<CallPlan> check(final CallParameters asked) {
        if (phase != Phase.IDLE) {
            return Outcomes.refused(NdisStatus.NOT_ACCEPTED, "R75", this, phase, "the VC has a call already");
        }
        if (binding.isStopping()) {
            return Outcomes.refused(NdisStatus.CLOSING, "R23", this, phase, "the adapter goes");
        }
        final NdisResult<CallPlan> checked = CallPlan.of(asked, binding::link, this);
        if (checked.isSuccess() && !binding.sessions().hasRoom()) {
            return Outcomes.refused(
                    NdisStatus.RESOURCES,
                    "R119",
                    this,
                    phase,
                    "the adapter has its " + binding.sessions().size() + " sessions");
        }
        return checked;
    }

    private CallPlan plan() {
        return plan.orElseThrow(() -> new IllegalStateException(this + " has no call"));
    }

    private DiscoveryLink link() {
        return plan().link();
    }

    private int maxPayloadAsked() {
        return Math.min(
                plan().wanted().maxPayload(), binding.settings().limits().maxPayload());
    }

    private void nobodyOffers() {
        failMaking(Outcomes.refused(
                NdisStatus.NO_ROUTE_TO_DESTINATION,
                "R119",
                this,
                phase,
                "no access concentrator on '" + link() + "' offers " + whatIsWanted()));
    }

    private String whatIsWanted() {
        final PppoeParameters wanted = plan().wanted();
        final String service = wanted.serviceName().isEmpty() ? "any service" : "'" + wanted.serviceName() + "'";
        return service + wanted.acName().map(name -> " as '" + name + "'").orElse("");
    }

    @Override
    public void offered(final SignalFrame offer) {
        if (phase != Phase.DISCOVERING) {
            binding.counters().dropped(Dropped.UNASKED);
        } else if (!plan().fits(offer)) {
            binding.counters().dropped(Dropped.UNFIT);
        } else {
            gather(offer);
        }
    }

    /** The first offer that fits begins the time for others. */
    private void gather(final SignalFrame offer) {
        if (offers.stream().anyMatch(other -> other.source().equals(offer.source()))) {
            binding.counters().dropped(Dropped.DUPLICATE);
            return;
        }
        if (offers.size() == MAX_OFFERS) {
            binding.counters().dropped(Dropped.OVERLOAD);
            return;
        }
        offers.add(offer);
        final Duration wait = binding.settings().timing().choice();
        if (wait.isZero()) {
            request(bestOffer());
        } else if (offers.size() == 1) {
            retry.after(wait, () -> request(bestOffer()));
        }
    }

    /** Takes the offer of the largest payload, up to what is asked for; of equal ones that which came first. */
    private SignalFrame bestOffer() {
        SignalFrame best = offers.get(0);
        for (final SignalFrame other : offers) {
            best = payload(other) > payload(best) ? other : best;
        }
        offers.remove(best);
        return best;
    }

    /** RFC 4638, section 4: a host asks for a large payload only where it was offered. */
    private int payload(final SignalFrame pado) {
        return Math.min(
                maxPayloadAsked(), PppoeParameters.maxPayloadOf(pado.packet().tags()));
    }

    private void request(final SignalFrame offer) {
        final DiscoveryPacket pado = offer.packet();
        final List<PppoeTag> tags = new ArrayList<>(plan().tags(hostUniq, payload(offer)));
        pado.tag(PppoeTag.AC_COOKIE).ifPresent(tags::add);
        pado.tag(PppoeTag.RELAY_SESSION_ID).ifPresent(tags::add);
        final DiscoveryPacket padr = DiscoveryPacket.of(DiscoveryPacket.Code.PADR, tags);
        concentrator = Optional.of(offer.source());
        acName = pado.text(PppoeTag.AC_NAME);
        phase = Phase.REQUESTING;
        asked.set(Optional.of(new Asked(plan(), offer.source(), acName, maxPayloadAsked(), making)));
        retry.ask(() -> link().send(offer.source(), padr), this::noConfirmation);
    }

    private void noConfirmation() {
        if (asked.getAndSet(Optional.empty()).isEmpty()) {
            return;
        }
        failOrAskTheNext(Outcomes.refused(
                NdisStatus.DEST_OUT_OF_ORDER,
                "R119",
                this,
                phase,
                "access concentrator '" + acName + "' has made an offer and does not confirm"));
    }

    @Override
    public boolean confirmedNow(final SignalFrame confirmation) {
        final Optional<Asked> waiting = asked.get();
        if (confirmation.packet().sessionId() == 0
                || waiting.isEmpty()
                || !waiting.get().concentrator().equals(confirmation.source())
                || !asked.compareAndSet(waiting, Optional.empty())) {
            return false;
        }
        established(waiting.get(), confirmation.packet());
        return true;
    }

    @Override
    public void confirmed(final SignalFrame confirmation) {
        if (givenUp.contains(confirmation.source())) {
            HostRole.refuse(link(), confirmation);
        } else if (!concentrator.equals(Optional.of(confirmation.source()))) {
            binding.counters().dropped(Dropped.UNASKED);
        } else if (confirmation.packet().sessionId() != 0) {
            confirmedAgain(confirmation);
        } else if (asked.getAndSet(Optional.empty()).isPresent()) {
            refused(confirmation.packet().error());
        } else {
            binding.counters().dropped(Dropped.UNASKED);
        }
    }

    /** RFC 2516, section 5.1: a host may ask another one of those that made an offer. */
    private void failOrAskTheNext(final NdisResult<CallParameters> failure) {
        if (offers.isEmpty() || binding.isStopping()) {
            failMaking(failure);
        } else {
            concentrator.ifPresent(givenUp::add);
            request(bestOffer());
        }
    }

    private void confirmedAgain(final SignalFrame confirmation) {
        if (session.map(SessionKey::id).orElse(0) == confirmation.packet().sessionId()) {
            binding.counters().dropped(Dropped.DUPLICATE);
        } else {
            HostRole.refuse(link(), confirmation);
        }
    }

    private void refused(final Optional<PppoeTag> error) {
        failOrAskTheNext(Outcomes.refused(
                ErrorTags.status(error),
                "R119",
                this,
                phase,
                "access concentrator '" + acName + "' refuses: "
                        + error.map(PppoeTag::toString).orElse("no reason")));
    }

    /** Any thread: activates the VC. What has to be noted is noted on the loop, before anything else happens to the session there. */
    private void established(final Asked by, final DiscoveryPacket pads) {
        final SessionKey key = by.session(pads);
        if (!binding.sessions().register(key, this)) {
            binding.loop().execute(() -> failMaking(givenTwice(key)));
            return;
        }
        binding.loop().execute(() -> {
            retry.disarm();
            session = Optional.of(key);
            phase = Phase.ACTIVATING;
        });
        final CallParameters parameters = by.plan().session(key.link().session(key.peer(), key.id()), agreed(by, pads));
        Outcomes.settled(vc.activateVc(parameters)).thenAccept(result -> activated(by, result));
    }

    /** Both sessions would be the same on the wire: a PADT would end the other one. */
    private NdisResult<CallParameters> givenTwice(final SessionKey key) {
        return Outcomes.refused(
                NdisStatus.RESOURCE_CONFLICT,
                "R119",
                this,
                phase,
                "access concentrator '" + acName + "' gives session " + key.id() + " a second time");
    }

    private static PppoeParameters agreed(final Asked by, final DiscoveryPacket pads) {
        final List<PppoeTag> others =
                pads.tags().stream().filter(PppoeParameters::isOther).toList();
        final String service = pads.tag(PppoeTag.SERVICE_NAME)
                .map(PppoeTag::text)
                .filter(name -> !name.isEmpty() && Octets.ofText(name).length() <= PppoeParameters.MAX_NAME)
                .orElse(by.plan().wanted().serviceName());
        return new PppoeParameters(
                service,
                Optional.of(by.acName()).filter(name -> Octets.ofText(name).length() <= PppoeParameters.MAX_NAME),
                Math.min(by.maxPayload(), PppoeParameters.maxPayloadOf(pads.tags())),
                PppoeTag.length(others) <= PppoeParameters.MAX_OTHERS ? others : List.of());
    }

    /** Any thread. */
    private void activated(final Asked by, final NdisResult<CallParameters> result) {
        if (result.isSuccess() && !endedByPeer) {
            binding.loop().execute(this::connected);
            by.making().complete(NdisResult.success(result.get().with(CallParameters.Flag.CALL_PARAMETERS_CHANGED)));
        } else {
            binding.loop().execute(() -> notActivated(result));
        }
    }

    /** The client knows it already, or is about to. */
    private void connected() {
        phase = Phase.CONNECTED;
        if (endedByPeer) {
            tellOfEnd(NdisStatus.SUCCESS, Octets.EMPTY);
        } else if (binding.isStopping()) {
            tellOfEnd(NdisStatus.CLOSING, Octets.EMPTY);
        }
    }

    private void notActivated(final NdisResult<CallParameters> result) {
        if (result.isSuccess()) {
            giveUp();
        } else {
            sayGoodbye(List.of(ErrorTags.of(result.status())));
            failMaking(result);
        }
    }

    /** The session ended while its VC became active. */
    private void giveUp() {
        final NdisResult<CallParameters> over = Outcomes.refused(
                NdisStatus.DEST_OUT_OF_ORDER, "R119", this, phase, "the session has ended before it was established");
        Outcomes.settled(vc.deactivateVc()).thenAccept(result -> binding.loop().execute(() -> failMaking(over)));
    }

    @Override
    public void abandoned() {
        if (phase == Phase.DISCOVERING || asked.getAndSet(Optional.empty()).isPresent()) {
            failMaking(Outcomes.refused(NdisStatus.CLOSING, "R23", this, phase, "the adapter goes"));
        }
    }

    private void failMaking(final NdisResult<CallParameters> failure) {
        final CompletableFuture<NdisResult<CallParameters>> stage = making;
        end();
        stage.complete(failure);
    }

    // --- ending

    @Override
    public void endedByPeer(final Octets reason) {
        endedByPeer = true;
        if (phase == Phase.CONNECTED) {
            tellOfEnd(NdisStatus.SUCCESS, reason);
        }
    }

    private void tellOfEnd(final NdisStatus status, final Octets reason) {
        phase = Phase.REMOTE_CLOSING;
        new CloseTeller(binding.loop(), vc, () -> phase == Phase.REMOTE_CLOSING, this::withoutClient)
                .tell(status, reason);
    }

    /** The core has removed the VC of a client that is gone. */
    private void withoutClient() {
        if (phase == Phase.REMOTE_CLOSING && vc.state() == VcState.DELETED) {
            end();
        }
    }

    @Override
    public CompletionStage<NdisStatus> closeCall(final Octets closeData) {
        if (closeData.length() > PppoeParameters.MAX_NAME) {
            // R152: a PADT carries a text, and no more
            return NdisStatus.INVALID_DATA.asStage();
        }
        final CompletableFuture<NdisStatus> stage = new CompletableFuture<>();
        binding.loop().execute(() -> close(closeData, stage));
        return stage;
    }

    private void close(final Octets closeData, final CompletableFuture<NdisStatus> stage) {
        if (phase != Phase.CONNECTED && phase != Phase.REMOTE_CLOSING) {
            stage.complete(NdisStatus.NOT_ACCEPTED);
            return;
        }
        phase = Phase.CLOSING;
        Outcomes.settled(vc.deactivateVc())
                .thenAccept(result -> binding.loop().execute(() -> deactivated(result, closeData, stage)));
    }

    private void deactivated(
            final NdisResult<Void> result, final Octets closeData, final CompletableFuture<NdisStatus> stage) {
        if (Outcomes.isInactive(result, vc)) {
            sayGoodbye(ErrorTags.ofClose(closeData));
            end();
            stage.complete(NdisStatus.SUCCESS);
        } else {
            phase = endedByPeer ? Phase.REMOTE_CLOSING : Phase.CONNECTED;
            stage.complete(result.status());
        }
    }

    /** After a PADT nothing may be sent in a session (RFC 2516, section 5.5): so it is sent when the VC is inactive. */
    private void sayGoodbye(final List<PppoeTag> tags) {
        if (!endedByPeer) {
            session.ifPresent(
                    key -> key.link().send(key.peer(), new DiscoveryPacket(DiscoveryPacket.Code.PADT, key.id(), tags)));
        }
    }

    private void end() {
        retry.disarm();
        binding.host().forget(hostUniq);
        session.ifPresent(key -> binding.sessions().unregister(key, this));
        binding.sessions().unreserve();
        session = Optional.empty();
        concentrator = Optional.empty();
        asked.set(Optional.empty());
        offers.clear();
        givenUp.clear();
        plan = Optional.empty();
        phase = Phase.IDLE;
    }

    @Override
    public NdisStatus deleteVc() {
        return phase == Phase.IDLE ? NdisStatus.SUCCESS : NdisStatus.NOT_ACCEPTED;
    }

    @Override
    public String toString() {
        return vc.handle() + " of " + vc.addressFamily().clientName();
    }
}
