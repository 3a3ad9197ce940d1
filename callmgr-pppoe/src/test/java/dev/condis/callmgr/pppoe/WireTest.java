// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.client.ClientVc;
import dev.condis.api.media.MacAddress;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.pppoe.PppoeOffer;
import dev.condis.api.pppoe.PppoeParameters;
import dev.condis.api.pppoe.PppoeTag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes over the wire, seen by a stranger who can send anything, and must not get anywhere with it. */
@Timeout(60)
class WireTest {
    private static final PppoeTag INTERNET = PppoeTag.ofText(PppoeTag.SERVICE_NAME, "internet");
    private static final PppoeTag UNIQ = new PppoeTag(PppoeTag.HOST_UNIQ, Octets.ofText("me"));
    private static final PppoeTag RELAY = new PppoeTag(PppoeTag.RELAY_SESSION_ID, Octets.ofText("relay"));

    private PppoeLab lab = new PppoeLab();

    @BeforeEach
    void serves() {
        lab.serve("internet");
    }

    @AfterEach
    void leavesNothing() {
        lab.close();
    }

    private SignalFrame heardOne() {
        lab.settle();
        final List<SignalFrame> heard = lab.stranger.heard();
        assertThat(heard).hasSize(1);
        return heard.get(0);
    }

    private void assertSilent() {
        lab.settle();
        assertThat(lab.stranger.heard()).isEmpty();
    }

    private PppoeTag cookie() {
        lab.stranger.send(MacAddress.BROADCAST, DiscoveryPacket.Code.PADI, 0, INTERNET);
        return heardOne().packet().tag(PppoeTag.AC_COOKIE).orElseThrow();
    }

    private int session(final PppoeTag... tags) {
        lab.stranger.send(PppoeLab.AC, DiscoveryPacket.Code.PADR, 0, tags);
        final DiscoveryPacket pads = heardOne().packet();
        assertThat(pads.code()).isEqualTo(DiscoveryPacket.Code.PADS);
        assertThat(pads.sessionId()).isPositive();
        return pads.sessionId();
    }

    private static int idOf(final CallParameters call) {
        final String flow =
                call.media().orElseThrow().specific().orElseThrow().parameters().toText();
        return Integer.parseInt(flow.substring(flow.lastIndexOf(':') + 1));
    }

    // --- as access concentrator

    @Test
    void offersWhatItHas() {
        lab.serve("voice");
        lab.stranger.send(MacAddress.BROADCAST, DiscoveryPacket.Code.PADI, 0, INTERNET, UNIQ, RELAY);
        final SignalFrame pado = heardOne();
        assertThat(pado.source()).isEqualTo(PppoeLab.AC);
        assertThat(pado.destination()).isEqualTo(PppoeLab.STRANGER);
        assertThat(pado.packet().tags())
                .filteredOn(tag -> tag.type() != PppoeTag.AC_COOKIE)
                .containsExactly(
                        PppoeTag.ofText(PppoeTag.AC_NAME, PppoeLab.AC_NAME),
                        INTERNET,
                        PppoeTag.ofText(PppoeTag.SERVICE_NAME, "voice"),
                        UNIQ,
                        RELAY);
    }

    @Test
    void givesTheSameSessionToARequestThatComesAgain() {
        final PppoeTag cookie = cookie();
        final int first = session(INTERNET, cookie, UNIQ, RELAY);
        assertThat(session(INTERNET, cookie, UNIQ, RELAY)).isEqualTo(first);
        assertThat(lab.server.offered()).hasSize(1);
        assertThat(session(INTERNET, cookie, new PppoeTag(PppoeTag.HOST_UNIQ, Octets.ofText("other"))))
                .as("another session of the same station")
                .isNotEqualTo(first);
        assertThat(session(INTERNET, cookie()))
                .as("without a Host-Uniq the cookie tells them apart")
                .isNotEqualTo(first);
        assertThat(lab.server.offered()).hasSize(3);
    }

    @Test
    void hearsARequestOnlyWithACookieOfItsOwn() {
        final PppoeTag cookie = cookie();
        final byte[] forged = cookie.value().toByteArray();
        forged[forged.length - 1] ^= 1;
        lab.stranger.send(PppoeLab.AC, DiscoveryPacket.Code.PADR, 0, INTERNET);
        lab.stranger.send(
                PppoeLab.AC,
                DiscoveryPacket.Code.PADR,
                0,
                INTERNET,
                new PppoeTag(PppoeTag.AC_COOKIE, Octets.of(forged)));
        lab.stranger.send(
                PppoeLab.AC,
                DiscoveryPacket.Code.PADR,
                0,
                INTERNET,
                new PppoeTag(PppoeTag.AC_COOKIE, Octets.of(new byte[CookieJar.LENGTH])));
        assertSilent();
        lab.time.advance(Duration.ofMinutes(2));
        lab.stranger.send(PppoeLab.AC, DiscoveryPacket.Code.PADR, 0, INTERNET, cookie);
        assertSilent();
        assertThat(lab.dropped("ac", Dropped.COOKIE)).isEqualTo(4);
        assertThat(lab.server.offered()).isEmpty();
    }

    @Test
    void takesNoCookieThatAnotherStationGot() {
        final PppoeTag cookie = cookie();
        final Stranger thief = new Stranger(lab.network, new MacAddress(0x0200_0000_000DL));
        thief.send(PppoeLab.AC, DiscoveryPacket.Code.PADR, 0, INTERNET, cookie);
        lab.settle();
        assertThat(thief.heard()).isEmpty();
        assertThat(lab.dropped("ac", Dropped.COOKIE)).isEqualTo(1);
    }

    @Test
    void refusesAServiceThatIsGone() {
        lab.stranger.send(
                PppoeLab.AC,
                DiscoveryPacket.Code.PADR,
                0,
                PppoeTag.ofText(PppoeTag.SERVICE_NAME, "tv"),
                cookie(),
                UNIQ);
        final DiscoveryPacket pads = heardOne().packet();
        assertThat(pads.sessionId()).isZero();
        assertThat(pads.tag(PppoeTag.HOST_UNIQ)).contains(UNIQ);
        assertThat(pads.error().orElseThrow().type()).isEqualTo(PppoeTag.SERVICE_NAME_ERROR);
    }

    @Test
    void isSilentToWhatIsNoDiscovery() {
        lab.stranger.sendRaw(DiscoveryPacket.ETHER_TYPE, new byte[12]);
        final Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            final byte[] noise = new byte[12 + random.nextInt(100)];
            random.nextBytes(noise);
            PppoeLab.AC.copyTo(noise, 0);
            PppoeLab.STRANGER.copyTo(noise, 6);
            lab.stranger.sendRaw(DiscoveryPacket.ETHER_TYPE, noise);
        }
        assertSilent();
        assertThat(lab.server.events()).isEmpty();
    }

    @Test
    void believesAPadtOnlyFromThePeer() {
        final ClientVc vc = lab.call("internet");
        final int own = idOf(lab.server.offered().get(0));
        for (int id = Math.max(1, own - 500); id < own + 500; id++) {
            lab.stranger.send(PppoeLab.AC, DiscoveryPacket.Code.PADT, id);
            lab.stranger.send(PppoeLab.HOST, DiscoveryPacket.Code.PADT, id);
        }
        lab.settle();
        assertThat(lab.host.events()).isEmpty();
        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
        lab.send(vc, Octets.ofText("still here"));
        assertThat(lab.server.received()).containsExactly(Octets.ofText("still here"));
        assertThat(lab.dropped("ac", Dropped.UNKNOWN_SESSION)).isEqualTo(1000);
        assertThat(lab.dropped("host", Dropped.UNKNOWN_SESSION)).isEqualTo(1000);
        lab.hangUp(vc, "");
    }

    @Test
    void endsASessionWhoseHostHasGone() {
        final int id = session(INTERNET, cookie());
        lab.stranger.send(PppoeLab.AC, DiscoveryPacket.Code.PADT, id);
        assertSilent();
        assertThat(lab.server.events()).containsExactly("connected", "closed SUCCESS", "deleted");
        lab.stranger.send(PppoeLab.AC, DiscoveryPacket.Code.PADT, id);
        assertSilent();
        assertThat(lab.dropped("ac", Dropped.UNKNOWN_SESSION)).isEqualTo(1);
    }

    @Test
    void endsACallWhoseHostGoesWhileTheClientThinks() {
        final java.util.concurrent.CompletableFuture<NdisResult<CallParameters>> thought =
                new java.util.concurrent.CompletableFuture<>();
        lab.server.answers(parameters -> thought);
        lab.server.whenClosed(() -> thought.complete(NdisResult.failure(NdisStatus.CLOSING)));
        lab.stranger.send(PppoeLab.AC, DiscoveryPacket.Code.PADR, 0, INTERNET, cookie());
        assertSilent();
        lab.stranger.send(
                PppoeLab.AC,
                DiscoveryPacket.Code.PADT,
                idOf(lab.server.offered().get(0)));
        assertSilent();
        assertThat(lab.server.events()).containsExactly("closed SUCCESS", "deleted");
        assertThat(lab.vcs()).as("the signaling VCs").isEqualTo(2);
    }

    @Test
    void remembersNothingForAFloodOfInitiations() {
        for (int i = 0; i < 5_000; i++) {
            lab.stranger.send(MacAddress.BROADCAST, DiscoveryPacket.Code.PADI, 0, INTERNET);
            if (i % 100 == 0) {
                lab.settle();
                assertThat(lab.stranger.heard()).isNotEmpty();
            }
        }
        lab.settle();
        assertThat(lab.signaling("ac").sessions().size()).isZero();
        assertThat(lab.signaling("ac").concentrator().requests()).isZero();
        assertThat(lab.vcs()).isEqualTo(2);
        lab.hangUp(lab.call("internet"), "");
    }

    @Test
    void losesNoAnswerOfASessionInAFlood() {
        final ClientVc vc = lab.call("internet");
        for (int i = 0; i < 5_000; i++) {
            lab.stranger.send(MacAddress.BROADCAST, DiscoveryPacket.Code.PADI, 0, INTERNET);
        }
        final CompletionStage<NdisResult<Void>> closed = vc.closeCall();
        lab.settle();
        assertThat(lab.now(closed).isSuccess()).isTrue();
        assertThat(lab.server.events()).contains("closed SUCCESS");
    }

    // --- as host, with a stranger as access concentrator

    private SignalFrame initiation() {
        return lab.stranger.heard().stream()
                .filter(frame -> frame.packet().code() == DiscoveryPacket.Code.PADI)
                .findFirst()
                .orElseThrow();
    }

    private void offer(final SignalFrame padi, final PppoeTag... more) {
        final List<PppoeTag> tags = new ArrayList<>(padi.packet().tags());
        tags.add(PppoeTag.ofText(PppoeTag.AC_NAME, "strange"));
        tags.addAll(List.of(more));
        lab.stranger.send(padi.source(), DiscoveryPacket.of(DiscoveryPacket.Code.PADO, tags));
        lab.settle();
    }

    private static PppoeParameters strange() {
        return PppoeParameters.service("strange").at("strange");
    }

    private void confirm(final SignalFrame padr, final int id, final PppoeTag... more) {
        final List<PppoeTag> tags = new ArrayList<>(padr.packet().tags());
        tags.addAll(List.of(more));
        lab.stranger.send(padr.source(), new DiscoveryPacket(DiscoveryPacket.Code.PADS, id, tags));
        lab.settle();
    }

    @Test
    void handsBackWhatTheOfferCarried() {
        final PppoeTag cookie = new PppoeTag(PppoeTag.AC_COOKIE, Octets.ofText("chocolate"));
        final PppoeLab.Making making = lab.begin(strange());
        offer(initiation(), cookie, RELAY);
        final SignalFrame padr = heardOne();
        assertThat(padr.packet().code()).isEqualTo(DiscoveryPacket.Code.PADR);
        assertThat(padr.destination()).isEqualTo(PppoeLab.STRANGER);
        assertThat(padr.packet().tags()).contains(cookie, RELAY, PppoeTag.ofText(PppoeTag.SERVICE_NAME, "strange"));
        confirm(padr, 77);
        assertThat(lab.now(making.made()).isSuccess()).isTrue();
        lab.hangUp(making.vc(), "bye");
        final SignalFrame padt = heardOne();
        assertThat(padt.packet())
                .isEqualTo(new DiscoveryPacket(
                        DiscoveryPacket.Code.PADT, 77, List.of(PppoeTag.ofText(PppoeTag.GENERIC_ERROR, "bye"))));
    }

    @Test
    void asksAgainWithGrowingPauses() {
        final PppoeLab.Making making = lab.begin(strange());
        final int[] atMillis = {0, 500, 1500, 2500, 3500};
        final int[] heard = {1, 0, 1, 0, 1};
        int now = 0;
        for (int i = 0; i < atMillis.length; i++) {
            lab.time.advance(Duration.ofMillis(atMillis[i] - now));
            now = atMillis[i];
            assertThat(lab.stranger.heard()).as("after %d ms", atMillis[i]).hasSize(heard[i]);
        }
        lab.time.advance(Duration.ofSeconds(4));
        assertThat(lab.now(making.made()).status()).isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        assertThat(lab.stranger.heard()).isEmpty();
    }

    @Test
    void endsWhatItGetsTwiceForRequestsThatWereSentAgain() {
        final PppoeLab.Making making = lab.begin(strange());
        offer(initiation());
        lab.time.advance(Duration.ofMillis(1100));
        final List<SignalFrame> padrs = lab.stranger.heard();
        assertThat(padrs).hasSize(2);
        confirm(padrs.get(0), 5);
        confirm(padrs.get(0), 5);
        confirm(padrs.get(1), 6);
        final SignalFrame padt = heardOne();
        assertThat(padt.packet().code()).isEqualTo(DiscoveryPacket.Code.PADT);
        assertThat(padt.packet().sessionId()).isEqualTo(6);
        assertThat(lab.now(making.made()).isSuccess()).isTrue();
        lab.hangUp(making.vc(), "");
    }

    @Test
    void endsASessionThatIsConfirmedTooLate() {
        final PppoeLab.Making making = lab.begin(strange());
        offer(initiation());
        lab.time.advance(Duration.ofSeconds(8));
        assertThat(lab.now(making.made()).status()).isEqualTo(NdisStatus.DEST_OUT_OF_ORDER);
        final List<SignalFrame> padrs = lab.stranger.heard();
        confirm(padrs.get(0), 9);
        assertThat(heardOne().packet().sessionId()).isEqualTo(9);
        confirm(
                new SignalFrame(
                        padrs.get(0).destination(),
                        padrs.get(0).source(),
                        DiscoveryPacket.of(DiscoveryPacket.Code.PADR, List.of(UNIQ))),
                10);
        assertSilent();
    }

    @Test
    void hearsOnlyTheOneThatItHasAsked() {
        final PppoeLab.Making making = lab.begin(strange());
        offer(initiation());
        final SignalFrame padr = heardOne();
        final Stranger other = new Stranger(lab.network, new MacAddress(0x0200_0000_000DL));
        other.send(
                padr.source(),
                new DiscoveryPacket(DiscoveryPacket.Code.PADS, 66, padr.packet().tags()));
        lab.settle();
        assertThat(making.made().toCompletableFuture()).isNotDone();
        confirm(padr, 7);
        assertThat(lab.now(making.made()).isSuccess()).isTrue();
        lab.hangUp(making.vc(), "");
    }

    @Test
    void passesOnWhyItWasRefused() {
        final PppoeLab.Making making = lab.begin(strange());
        offer(initiation());
        confirm(heardOne(), 0, PppoeTag.ofText(PppoeTag.AC_SYSTEM_ERROR, "too tired"));
        final NdisResult<CallParameters> refused = lab.now(making.made());
        assertThat(refused.status()).isEqualTo(NdisStatus.RESOURCES);
        assertThat(refused.refusal().orElseThrow().explanation()).contains("too tired");
    }

    @Test
    void refusesASessionThatItHasAlready() {
        final PppoeLab.Making first = lab.begin(strange());
        offer(initiation());
        confirm(heardOne(), 7);
        assertThat(lab.now(first.made()).isSuccess()).isTrue();
        final PppoeLab.Making second = lab.begin(strange());
        offer(initiation());
        confirm(heardOne(), 7);
        assertThat(lab.now(second.made()).status()).isEqualTo(NdisStatus.RESOURCE_CONFLICT);
        assertSilent();
        assertThat(first.vc().state()).isEqualTo(VcState.ACTIVE);
        lab.hangUp(first.vc(), "");
    }

    @Test
    void refusesOffersThatLackWhatTheyMustHave() {
        final PppoeLab.Making making = lab.begin(strange());
        final SignalFrame padi = initiation();
        final PppoeTag uniq = padi.packet().tag(PppoeTag.HOST_UNIQ).orElseThrow();
        final PppoeTag name = PppoeTag.ofText(PppoeTag.AC_NAME, "strange");
        final PppoeTag service = PppoeTag.ofText(PppoeTag.SERVICE_NAME, "strange");
        final PppoeTag error = PppoeTag.ofText(PppoeTag.GENERIC_ERROR, "no");
        lab.stranger.send(padi.source(), DiscoveryPacket.Code.PADO, 0, uniq, service);
        lab.stranger.send(padi.source(), DiscoveryPacket.Code.PADO, 0, uniq, name);
        lab.stranger.send(padi.source(), DiscoveryPacket.Code.PADO, 0, uniq, name, INTERNET);
        lab.stranger.send(padi.source(), DiscoveryPacket.Code.PADO, 0, uniq, name, service, error);
        lab.stranger.send(padi.source(), DiscoveryPacket.Code.PADO, 0, name, service);
        assertSilent();
        assertThat(lab.dropped("host", Dropped.UNFIT)).isEqualTo(4);
        assertThat(lab.dropped("host", Dropped.UNASKED)).isEqualTo(1);
        offer(padi);
        confirm(heardOne(), 3);
        assertThat(lab.now(making.made()).isSuccess()).isTrue();
        lab.hangUp(making.vc(), "");
    }

    private void offer(final Stranger from, final SignalFrame padi, final String name, final int payload) {
        final List<PppoeTag> tags = new ArrayList<>(padi.packet().tags());
        tags.removeIf(tag -> tag.type() == PppoeTag.PPP_MAX_PAYLOAD);
        tags.add(PppoeTag.ofText(PppoeTag.AC_NAME, name));
        if (payload > PppoeParameters.DEFAULT_MAX_PAYLOAD) {
            tags.add(PppoeParameters.maxPayloadTag(payload));
        }
        from.send(padi.source(), DiscoveryPacket.of(DiscoveryPacket.Code.PADO, tags));
        lab.settle();
    }

    private List<DiscoveryPacket.Code> heardBy(final Stranger station) {
        return station.heard().stream()
                .map(frame -> frame.packet().code())
                .filter(code -> code != DiscoveryPacket.Code.PADI)
                .toList();
    }

    @Test
    void gathersOffersAndTakesTheBest() {
        lab.change(
                PppoeSettings.DEFAULT.choosingFor(Duration.ofMillis(500)).with(new PppoeSettings.Limits(10, 10, 1500)));
        final Stranger other = new Stranger(lab.network, new MacAddress(0x0200_0000_000DL));
        final PppoeLab.Making making =
                lab.begin(PppoeParameters.service("strange").withMaxPayload(1500));
        final SignalFrame padi = initiation();
        offer(lab.stranger, padi, "small", 0);
        offer(lab.stranger, padi, "small", 0);
        offer(other, padi, "large", 1500);
        assertThat(heardBy(lab.stranger)).isEmpty();
        assertThat(heardBy(other)).isEmpty();
        assertThat(lab.dropped("host", Dropped.DUPLICATE)).isEqualTo(1);

        lab.time.advance(Duration.ofMillis(500));
        assertThat(heardBy(lab.stranger)).isEmpty();
        final SignalFrame padr = other.heard().get(0);
        assertThat(padr.packet().code()).isEqualTo(DiscoveryPacket.Code.PADR);
        offer(lab.stranger, padi, "late", 1500);
        assertThat(lab.dropped("host", Dropped.UNASKED)).isEqualTo(1);
        other.send(
                padr.source(),
                new DiscoveryPacket(DiscoveryPacket.Code.PADS, 5, padr.packet().tags()));
        assertThat(PppoeLab.agreed(lab.now(making.made())).orElseThrow().acName())
                .contains("large");
        lab.hangUp(making.vc(), "");
    }

    @Test
    void asksTheNextOneWhenTheBestRefusesOrKeepsSilent() {
        lab.change(PppoeSettings.DEFAULT.choosingFor(Duration.ofMillis(500)));
        final Stranger second = new Stranger(lab.network, new MacAddress(0x0200_0000_000DL));
        final Stranger third = new Stranger(lab.network, new MacAddress(0x0200_0000_000EL));
        final PppoeLab.Making making = lab.begin(PppoeParameters.service("strange"));
        final SignalFrame padi = initiation();
        offer(lab.stranger, padi, "refuses", 0);
        offer(second, padi, "is silent", 0);
        offer(third, padi, "confirms", 0);
        lab.time.advance(Duration.ofMillis(500));
        confirm(heardOne(), 0, PppoeTag.ofText(PppoeTag.AC_SYSTEM_ERROR, "full"));
        second.heard();
        lab.time.advance(Duration.ofSeconds(7));
        final SignalFrame padr = third.heard().stream()
                .filter(frame -> frame.packet().code() == DiscoveryPacket.Code.PADR)
                .findFirst()
                .orElseThrow();
        third.send(
                padr.source(),
                new DiscoveryPacket(DiscoveryPacket.Code.PADS, 8, padr.packet().tags()));
        assertThat(PppoeLab.agreed(lab.now(making.made())).orElseThrow().acName())
                .contains("confirms");
        second.heard();
        second.send(
                padr.source(),
                new DiscoveryPacket(DiscoveryPacket.Code.PADS, 9, padr.packet().tags()));
        lab.settle();
        assertThat(heardBy(second)).as("its session comes too late").containsExactly(DiscoveryPacket.Code.PADT);
        lab.hangUp(making.vc(), "");
    }

    @Test
    void takesDuplicatesAndLatePacketsForWhatTheyAre() {
        final PppoeLab.Making making = lab.begin(strange());
        final SignalFrame padi = initiation();
        offer(padi);
        offer(padi);
        final SignalFrame padr = heardOne();
        confirm(padr, 5);
        assertThat(lab.now(making.made()).isSuccess()).isTrue();
        confirm(padr, 5);
        confirm(padr, 0, PppoeTag.ofText(PppoeTag.GENERIC_ERROR, "changed my mind"));
        offer(padi);
        assertSilent();
        assertThat(lab.dropped("host", Dropped.UNASKED)).isEqualTo(3);
        assertThat(lab.dropped("host", Dropped.DUPLICATE)).isEqualTo(1);
        assertThat(making.vc().state()).isEqualTo(VcState.ACTIVE);
        lab.hangUp(making.vc(), "");
        offer(padi);
        confirm(padr, 5);
        assertThat(lab.host.events()).isEmpty();
    }

    // --- asking who is there

    @Test
    void findsEveryAccessConcentrator() {
        final CompletionStage<OidResult> asked = lab.host.af().oidRequest(OidRequest.query(Oid.PPPOE_DISCOVER, 65_535));
        lab.settle();
        offer(initiation());
        lab.time.advance(Duration.ofSeconds(3));
        final List<PppoeOffer> offers =
                PppoeOffer.read(lab.now(asked).information()).orElseThrow();
        assertThat(offers)
                .extracting(PppoeOffer::acName, offer -> offer.station().text())
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(PppoeLab.AC_NAME, "peer:02-00-00-00-00-0b"),
                        org.assertj.core.groups.Tuple.tuple("strange", "peer:02-00-00-00-00-0c"));
        assertThat(offers.stream().filter(offer -> offer.acName().equals(PppoeLab.AC_NAME)))
                .singleElement()
                .satisfies(offer -> assertThat(offer.services()).containsExactly("", "internet"));
    }

    @Test
    void asksForAServiceAndRefusesQuestionsThatAreNone() {
        final Octets tv = PppoeParameters.service("tv").toSpecific().parameters();
        assertThat(discover(tv, Duration.ofSeconds(3)).information()).isEqualTo(Octets.EMPTY);
        assertThat(discover(Octets.of((byte) 1), Duration.ZERO).status()).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(lab.now(lab.host.af().oidRequest(OidRequest.query(Oid.CO_GET_ADDRESSES, 100)))
                        .status())
                .isEqualTo(NdisStatus.NOT_SUPPORTED);
    }

    private OidResult discover(final Octets question, final Duration wait) {
        final CompletionStage<OidResult> asked = lab.host
                .af()
                .oidRequest(new OidRequest(
                        OidRequest.Type.QUERY, Oid.PPPOE_DISCOVER, question, 1000, 0, Duration.ZERO, Optional.empty()));
        lab.time.advance(wait);
        return lab.now(asked);
    }
}
