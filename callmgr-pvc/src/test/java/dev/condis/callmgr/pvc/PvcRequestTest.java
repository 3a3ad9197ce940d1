// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import static dev.condis.callmgr.pvc.FakeNdis.now;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Refusal;
import dev.condis.api.Sap;
import dev.condis.api.SpecificParameters;
import dev.condis.api.VcState;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.LinkState.MediaConnectState;
import dev.condis.api.status.StatusCode;
import dev.condis.api.status.StatusIndication;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients ask the call manager, and what it tells them by itself (sequences S33, S35). */
class PvcRequestTest {
    private static final PvcSettings CONFIGURED = PvcSettings.parse(List.of("lan=vlan:100"), false);

    private final FakeNdis ndis = new FakeNdis();
    private final PvcCallManager callManager = new PvcCallManager(CONFIGURED);
    private FakeNdis.Af monitor;
    private FakeNdis.Af client;

    @BeforeEach
    void bind() {
        assertThat(callManager.bindAdapter(ndis)).isEqualTo(NdisStatus.SUCCESS);
        monitor = ndis.open("monitor");
        client = ndis.open("client");
        ndis.events.clear();
    }

    private static OidRequest add(final String entry) {
        return OidRequest.set(Oid.CO_ADD_PVC, CoPvc.write(new SpecificParameters(Sap.PVC, Octets.ofText(entry))));
    }

    private static OidRequest delete(final String name) {
        return OidRequest.set(Oid.CO_DELETE_PVC, CoPvc.write(new SpecificParameters(Sap.PVC, Octets.ofText(name))));
    }

    private NdisResult<CallParameters> call(final FakeNdis.Vc vc, final String flow) {
        return now(vc.makeCall(CallParameters.permanent(MediaFlow.parse(flow).toMediaParameters())));
    }

    private static String why(final OidResult result) {
        return result.refusal().map(Refusal::explanation).orElse("no refusal");
    }

    // --- circuits
    // --------------------------------------------------------------------------------------------------------

    @Test
    void anAddedCircuitCanBeCalledByEverybody_andIsOffered() {
        assertThat(call(client.createVc(), "vlan:7").status()).isEqualTo(NdisStatus.FAILURE);
        client.register(Sap.pvc("back"));

        assertThat(monitor.ask(add("up=vlan:7;rate=1000")).isSuccess()).isTrue();
        assertThat(monitor.ask(add("back=vlan:8;incoming")).isSuccess()).isTrue();

        assertThat(call(client.createVc(), "vlan:7").isSuccess()).isTrue();
        assertThat(ndis.events).contains("offer in2 on pvc:back", "connected in2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vlan:9", "atm:0/100"})
    void aFlowAloneIsACircuitNamedAfterIt(final String text) {
        final SpecificParameters flow = MediaFlow.parse(text).toSpecificParameters();
        assertThat(monitor.ask(OidRequest.set(Oid.CO_ADD_PVC, CoPvc.write(flow)))
                        .isSuccess())
                .isTrue();
        assertThat(call(client.createVc(), text).isSuccess()).isTrue();
        assertThat(monitor.ask(OidRequest.set(Oid.CO_DELETE_PVC, CoPvc.write(flow)))
                        .isSuccess())
                .isTrue();
        assertThat(call(client.createVc(), text).status()).isEqualTo(NdisStatus.FAILURE);
    }

    @ParameterizedTest
    @CsvSource({"lan=vlan:7, 'lan' (vlan:100)", "other=vlan:100, 'lan' (vlan:100)"})
    void r196ANameOrAFlowThatIsTakenIsAConflict(final String entry, final String holder) {
        final OidResult result = monitor.ask(add(entry));
        assertThat(result.status()).isEqualTo(NdisStatus.RESOURCE_CONFLICT);
        assertThat(why(result)).contains(holder);
    }

    @ParameterizedTest
    @CsvSource({
        "lan, an entry is name=flow",
        "a=vlan:9999, out of range",
        "vlan:9999, out of range",
        "a b=vlan:1, a name has letters",
        "'', an entry is name=flow"
    })
    void r196AnEntryThatMakesNoSenseIsInvalidData(final String entry, final String rule) {
        final OidResult result = monitor.ask(add(entry));
        assertThat(result.status()).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(why(result)).contains(rule);
    }

    @Test
    void r196TheLengthsMustAgree() {
        final byte[] whole = add("a=vlan:1").information().toByteArray();
        final byte[] cut = java.util.Arrays.copyOf(whole, whole.length - 1);
        final byte[] longer = java.util.Arrays.copyOf(whole, whole.length + 1);
        for (final byte[] wrong : List.of(cut, longer)) {
            final OidResult result = monitor.ask(OidRequest.set(Oid.CO_ADD_PVC, Octets.of(wrong)));
            assertThat(result.status()).isEqualTo(NdisStatus.INVALID_LENGTH);
            assertThat(result.bytesNeeded()).isEqualTo(whole.length);
        }
        final OidResult empty = monitor.ask(OidRequest.set(Oid.CO_DELETE_PVC, Octets.EMPTY));
        assertThat(empty.status()).isEqualTo(NdisStatus.INVALID_LENGTH);
        assertThat(empty.bytesNeeded()).isEqualTo(8);
        for (final int length : new int[] {-1, Integer.MAX_VALUE, 5000}) {
            final Octets huge = dev.condis.api.oid.OidTable.u32(Sap.PVC, length);
            assertThat(monitor.ask(OidRequest.set(Oid.CO_ADD_PVC, huge)).status())
                    .isEqualTo(NdisStatus.INVALID_DATA);
        }
    }

    @Test
    void r196ParametersOfAnotherKindAreInvalidData() {
        final OidResult result = monitor.ask(
                OidRequest.set(Oid.CO_ADD_PVC, CoPvc.write(new SpecificParameters(0x99, Octets.ofText("a=vlan:1")))));
        assertThat(result.status()).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(why(result)).contains("0x99");
    }

    @Test
    void deletingACircuitClosesTheCallOnItByTheBook() {
        final FakeNdis.Vc vc = client.createVc();
        call(vc, "vlan:100");
        ndis.events.clear();

        assertThat(monitor.ask(delete("lan")).isSuccess()).isTrue();

        assertThat(ndis.events).containsExactly("close out1 VC_NOT_AVAILABLE");
        assertThat(now(vc.closeCall())).isEqualTo(NdisStatus.SUCCESS);
        assertThat(vc.state).isEqualTo(VcState.INACTIVE);
        assertThat(call(vc, "vlan:100").status()).isEqualTo(NdisStatus.FAILURE);
        final OidResult again = monitor.ask(delete("lan"));
        assertThat(again.status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(why(again)).contains("'lan'");
    }

    @Test
    void aDeletedEntryStaysAwayAsLongAsItIsTheSame_andComesBackWhenItIsAdded() {
        monitor.ask(delete("lan"));
        callManager.configure(PvcSettings.parse(List.of("lan=vlan:100", "wan=vlan:200"), false));
        assertThat(call(client.createVc(), "vlan:100").status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(call(client.createVc(), "vlan:200").isSuccess()).isTrue();

        assertThat(monitor.ask(add("lan=vlan:100")).isSuccess()).isTrue();
        assertThat(call(client.createVc(), "vlan:100").isSuccess()).isTrue();

        monitor.ask(delete("wan"));
        callManager.configure(PvcSettings.parse(List.of("wan=vlan:201"), false));
        assertThat(call(client.createVc(), "vlan:201").isSuccess()).isTrue();
    }

    @Test
    void anAddedCircuitGivesWayToTheConfiguration_andElseStays() {
        monitor.ask(add("up=vlan:7"));
        monitor.ask(add("stays=vlan:8"));
        final FakeNdis.Vc vc = client.createVc();
        call(vc, "vlan:7");
        ndis.events.clear();

        callManager.configure(PvcSettings.parse(List.of("new=vlan:7"), false));

        assertThat(ndis.events).containsExactly("close out1 VC_NOT_AVAILABLE");
        assertThat(call(client.createVc(), "vlan:8").isSuccess()).isTrue();
    }

    @Test
    void circuitsAreAddedOnOneAdapterOnly() {
        final FakeNdis other = new FakeNdis();
        callManager.bindAdapter(other);
        final FakeNdis.Af elsewhere = other.open("elsewhere");
        monitor.ask(add("up=vlan:7"));
        assertThat(call(elsewhere.createVc(), "vlan:7").status()).isEqualTo(NdisStatus.FAILURE);
    }

    @Test
    void noMoreThanABoundCanBeAdded() {
        IntStream.range(0, CircuitList.MAX_ADDED).forEach(i -> assertThat(
                        monitor.ask(add("p" + i + "=vlan:" + (1 + i / 4000) + "/vlan:" + (1 + i % 4000)))
                                .isSuccess())
                .isEqualTo(i >= 0));
        assertThat(monitor.ask(add("more=mpls:100")).status()).isEqualTo(NdisStatus.RESOURCES);
    }

    @ParameterizedTest
    @CsvSource({
        "CO_GET_CALL_INFORMATION, QUERY",
        "CO_GET_ADDRESSES, QUERY",
        "CO_ADD_ADDRESS, SET",
        "CO_DELETE_ADDRESS, SET",
        "CO_ADD_PVC, QUERY",
        "CO_TAPI_CM_CAPS, QUERY",
        "GEN_CO_LINK_SPEED, QUERY"
    })
    void r197WhatItDoesNotKnowIsNotSupported(final String oid, final OidRequest.Type type)
            throws ReflectiveOperationException {
        final Oid asked = (Oid) Oid.class.getField(oid).get(null);
        final OidResult result = monitor.ask(
                type == OidRequest.Type.QUERY
                        ? OidRequest.query(asked, 100)
                        : OidRequest.set(asked, Octets.of((byte) 1)));
        assertThat(result.status()).isEqualTo(NdisStatus.NOT_SUPPORTED);
        assertThat(why(result)).contains("OID_" + oid);
    }

    // --- quality of service
    // ----------------------------------------------------------------------------------------------

    @Test
    void r140TheQualityOfACircuitIsNotNegotiable() {
        final FakeNdis.Vc outgoing = client.createVc();
        call(outgoing, "vlan:100");
        monitor.ask(add("back=vlan:8;incoming"));
        client.register(Sap.pvc("*"));
        final FakeNdis.Vc incoming = ndis.vcs.get(1);
        assertThat(incoming.call).isEqualTo(CallState.CONNECTED);
        for (final FakeNdis.Vc vc : List.of(outgoing, incoming)) {
            final NdisResult<CallParameters> asked = now(vc.context.modifyCallQoS(CallParameters.bestEffort()));
            assertThat(asked.status()).isEqualTo(NdisStatus.NOT_SUPPORTED);
            assertThat(asked.refusal().map(Refusal::rule)).contains("R140");
            assertThat(vc.state).isEqualTo(VcState.ACTIVE);
        }
    }

    // --- signaling
    // -------------------------------------------------------------------------------------------------------

    @Test
    void r203r212TheLossOfTheLinkIsToldToEveryClient_andClosesNothing() {
        final FakeNdis.Vc vc = client.createVc();
        call(vc, "vlan:100");
        ndis.events.clear();

        lose();
        lose();
        assertThat(ndis.events)
                .containsExactlyInAnyOrder(
                        "set of OID_CO_SIGNALING_DISABLED at monitor", "set of OID_CO_SIGNALING_DISABLED at client");
        assertThat(vc.state).isEqualTo(VcState.ACTIVE);
        assertThat(vc.call).isEqualTo(CallState.CONNECTED);

        ndis.events.clear();
        callManager.status(ndis, StatusIndication.linkState(LinkState.connected(1000)));
        callManager.status(ndis, StatusIndication.linkState(LinkState.connected(2000)));
        assertThat(ndis.events)
                .containsExactlyInAnyOrder(
                        "set of OID_CO_SIGNALING_ENABLED at monitor", "set of OID_CO_SIGNALING_ENABLED at client");
    }

    private void lose() {
        callManager.status(ndis, StatusIndication.linkState(LinkState.disconnected()));
    }

    @Test
    void aClientThatOpensMeanwhileIsToldWhenItBegins() {
        lose();
        ndis.events.clear();
        final FakeNdis.Af late = ndis.open("late");
        assertThat(ndis.events).isEmpty();
        late.createVc();
        late.register(Sap.pvc("*"));
        assertThat(ndis.events).containsExactly("set of OID_CO_SIGNALING_DISABLED at late");
    }

    @Test
    void c59TheOldFormCountsToo_andWhatSaysNothingDoesNot() {
        callManager.status(ndis, StatusIndication.of(StatusCode.MEDIA_DISCONNECT));
        assertThat(ndis.events).hasSize(2);
        callManager.status(ndis, StatusIndication.of(StatusCode.RESET_START));
        callManager.status(ndis, StatusIndication.of(StatusCode.LINK_STATE));
        callManager.status(ndis, StatusIndication.linkState(new LinkState(MediaConnectState.UNKNOWN, 0, 0)));
        callManager.status(new FakeNdis(), StatusIndication.of(StatusCode.MEDIA_CONNECT));
        assertThat(ndis.events).hasSize(2);
        callManager.status(ndis, StatusIndication.of(StatusCode.MEDIA_CONNECT));
        assertThat(ndis.events).hasSize(4);
    }

    @Test
    void aClientThatDoesNotCareIsNoTrouble() {
        ndis.clientOid = NdisStatus.NOT_SUPPORTED;
        lose();
        assertThat(ndis.events).hasSize(2);
        assertThat(call(client.createVc(), "vlan:100").get().media().flatMap(MediaParameters::specific))
                .isPresent();
    }
}
