// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.Lab.Form;
import dev.condis.adapter.sim.TalkingClient.Talk;
import dev.condis.adapter.sim.net.LinkProfile;
import dev.condis.adapter.sim.net.NsapAddress;
import dev.condis.api.CallState;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.Sap;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Addresses, and whether calls can be made: what call manager and clients tell each other by OIDs (S34, S35, R202 to R204). */
@Timeout(60)
class AddressTest {

    private static final int CO_ADDRESS = 32;
    private static final Sap ALIAS = Sap.e164("4989100");

    @RegisterExtension
    final CheckedDrivers drivers = new CheckedDrivers();

    private Lab lab;

    private OidResult request(final int station, final OidRequest request) {
        return lab.settled(lab.clients.get(station).af.join().oidRequest(request));
    }

    private NdisStatus set(final int station, final Oid oid, final Octets information) {
        return request(station, OidRequest.set(oid, information)).status();
    }

    private List<Sap> addresses(final int station) {
        final OidResult result = request(station, OidRequest.query(Oid.CO_GET_ADDRESSES, 4_096));
        assertThat(result.status()).isEqualTo(NdisStatus.SUCCESS);
        final byte[] octets = result.information().toByteArray();
        final ByteBuffer in = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        final int available = in.getInt();
        assertThat(in.getInt()).isEqualTo(available);
        final List<Sap> saps = new ArrayList<>();
        for (int i = 0; i < available; i++) {
            final int from = in.position() + i * CO_ADDRESS;
            saps.add(CoAddresses.parse(Octets.of(Arrays.copyOfRange(octets, from, from + CO_ADDRESS)))
                    .orElseThrow());
        }
        assertThat(octets).hasSize(8 + available * CO_ADDRESS);
        return saps;
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldHearOfTheAddressRightAfterOpen_andThatCallsCanBeMade(final Form form) {
        lab = new Lab(drivers, form, 2, LinkProfile.ideal());
        for (int station = 0; station < 2; station++) {
            final List<Oid> told = lab.clients.get(station).told;
            assertThat(told).first().isEqualTo(Oid.CO_ADDRESS_CHANGE);
            assertThat(told).last().isIn(Oid.CO_SIGNALING_ENABLED, Oid.CO_ADDRESS_CHANGE);
            assertThat(told.lastIndexOf(Oid.CO_SIGNALING_DISABLED))
                    .isLessThanOrEqualTo(told.lastIndexOf(Oid.CO_SIGNALING_ENABLED));
            assertThat(addresses(station)).containsExactly(NsapAddress.of(Lab.address(station), 0));
        }
        lab.assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldRouteCallsToAddedAddresses_asLongAsTheyAreThere(final Form form) {
        lab = new Lab(drivers, form, 3, LinkProfile.ideal());
        assertThat(set(1, Oid.CO_ADD_ADDRESS, CoAddresses.address(ALIAS))).isEqualTo(NdisStatus.SUCCESS);
        assertThat(set(1, Oid.CO_ADD_ADDRESS, CoAddresses.address(ALIAS))).isEqualTo(NdisStatus.SUCCESS);
        assertThat(addresses(1)).containsExactly(NsapAddress.of(Lab.address(1), 0), ALIAS);
        assertThat(addresses(0)).as("another client's").doesNotContain(ALIAS);
        assertThat(set(2, Oid.CO_ADD_ADDRESS, CoAddresses.address(ALIAS)))
                .as("somebody has it")
                .isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(set(2, Oid.CO_ADD_ADDRESS, CoAddresses.address(NsapAddress.of(Lab.address(1), 3))))
                .as("leads to another NIC")
                .isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(addresses(2)).hasSize(1);

        final Talk caller = lab.clients.get(0).createVc();
        assertThat(lab.settled(caller.vc.makeCall(Q2931Parameters.call(ALIAS))).status())
                .as("nobody takes calls there yet")
                .isEqualTo(NdisStatus.INVALID_SAP);
        assertThat(lab.settled(lab.clients.get(1).listen(ALIAS)).isSuccess()).isTrue();
        assertThat(lab.settled(caller.vc.makeCall(Q2931Parameters.call(ALIAS))).status())
                .isEqualTo(NdisStatus.SUCCESS);
        lab.pass(50);
        lab.settled(caller.vc.closeCall());

        assertThat(set(1, Oid.CO_DELETE_ADDRESS, CoAddresses.address(ALIAS))).isEqualTo(NdisStatus.SUCCESS);
        assertThat(set(1, Oid.CO_DELETE_ADDRESS, CoAddresses.address(ALIAS))).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(addresses(1)).hasSize(1);
        assertThat(lab.settled(caller.vc.makeCall(Q2931Parameters.call(ALIAS))).status())
                .as("the SAP is a reason of its own")
                .isEqualTo(NdisStatus.SUCCESS);
        lab.pass(50);
        lab.settled(caller.vc.closeCall());
        assertThat(caller.vc.deleteVc().isSuccess()).isTrue();
        lab.assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldGiveAddressesBack_whenTheClientGoes(final Form form) {
        lab = new Lab(drivers, form, 2, LinkProfile.ideal());
        assertThat(set(1, Oid.CO_ADD_ADDRESS, CoAddresses.address(ALIAS))).isEqualTo(NdisStatus.SUCCESS);
        lab.settled(lab.clients.get(1).af.join().closeAll());
        lab.pass(50);
        assertThat(set(0, Oid.CO_ADD_ADDRESS, CoAddresses.address(ALIAS))).isEqualTo(NdisStatus.SUCCESS);
        lab.assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldAnswerByTheRules_whenTheRequestIsWrong(final Form form) {
        lab = new Lab(drivers, form, 1, LinkProfile.ideal());
        final OidResult tooShort = request(0, OidRequest.query(Oid.CO_GET_ADDRESSES, 8));
        assertThat(tooShort.status()).isEqualTo(NdisStatus.BUFFER_TOO_SHORT);
        assertThat(tooShort.bytesNeeded()).isEqualTo(8 + CO_ADDRESS);
        assertThat(set(0, Oid.CO_ADD_ADDRESS, Octets.EMPTY)).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(set(0, Oid.CO_ADD_ADDRESS, Octets.of(new byte[CO_ADDRESS]))).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(set(0, Oid.CO_DELETE_ADDRESS, Octets.ofText("x"))).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(set(0, Oid.CO_GET_ADDRESSES, Octets.EMPTY)).isEqualTo(NdisStatus.NOT_SUPPORTED);
        assertThat(set(0, Oid.CO_ADD_PVC, Octets.EMPTY)).isEqualTo(NdisStatus.NOT_SUPPORTED);
        assertThat(request(0, OidRequest.query(Oid.CO_TAPI_CM_CAPS, 100)).status())
                .isEqualTo(NdisStatus.NOT_SUPPORTED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldTellEveryClient_whenTheNicIsPluggedInElsewhere(final Form form) {
        lab = new Lab(drivers, form, 2, LinkProfile.ideal());
        final Sap before = NsapAddress.of(Lab.address(1), 7);
        final Sap after = NsapAddress.of(513, Lab.address(1), 7);
        assertThat(lab.settled(lab.clients.get(1).listen(before)).isSuccess()).isTrue();
        final Talk caller = lab.clients.get(0).createVc();
        assertThat(lab.settled(caller.vc.makeCall(Q2931Parameters.call(before))).status())
                .isEqualTo(NdisStatus.SUCCESS);
        lab.pass(50);
        lab.clients.forEach(client -> client.told.clear());

        assertThat(lab.network.replug(Lab.address(1), 513)).isTrue();
        assertThat(lab.network.replug(Lab.address(9), 513)).isFalse();
        lab.pass(1_000);
        assertThat(lab.clients.get(1).told)
                .containsExactly(Oid.CO_SIGNALING_DISABLED, Oid.CO_ADDRESS_CHANGE, Oid.CO_SIGNALING_ENABLED);
        assertThat(lab.clients.get(0).told).as("has not moved").isEmpty();
        assertThat(addresses(1)).containsExactly(NsapAddress.of(513, Lab.address(1), 0));
        assertThat(caller.vc.callState()).isEqualTo(CallState.IDLE);
        assertThat(lab.settled(caller.vc.makeCall(Q2931Parameters.call(before))).status())
                .isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        assertThat(lab.settled(lab.clients.get(1).listen(after)).isSuccess()).isTrue();
        for (final Sap called : List.of(after, Lab.number(1))) {
            assertThat(lab.settled(caller.vc.makeCall(Q2931Parameters.call(called)))
                            .status())
                    .as("%s", called)
                    .isEqualTo(NdisStatus.SUCCESS);
            lab.pass(50);
            lab.settled(caller.vc.closeCall());
        }
        assertThat(caller.vc.deleteVc().isSuccess()).isTrue();
        lab.assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldSayWhetherCallsCanBeMade_whenTheLinkGoesAndComes(final Form form) {
        lab = new Lab(drivers, form, 2, LinkProfile.ideal());
        lab.clients.forEach(client -> client.told.clear());
        lab.nics.get(1).port().orElseThrow().setUp(false);
        lab.pass(100);
        assertThat(lab.clients.get(1).told).containsExactly(Oid.CO_SIGNALING_DISABLED);
        lab.nics.get(1).port().orElseThrow().setUp(true);
        lab.pass(100);
        assertThat(lab.clients.get(1).told).containsExactly(Oid.CO_SIGNALING_DISABLED, Oid.CO_SIGNALING_ENABLED);
        assertThat(lab.clients.get(0).told).isEmpty();
        assertThat(lab.clients.get(1).statuses)
                .containsExactly("NDIS_STATUS_LINK_STATE DISCONNECTED 0", "NDIS_STATUS_LINK_STATE CONNECTED 0");
        lab.assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shouldAskTheNetwork_whenItsRestartIsLost(final Form form) {
        lab = new Lab(drivers, form, 2, LinkProfile.ideal());
        lab.clients.forEach(client -> client.told.clear());
        lab.nics.get(1).port().orElseThrow().setUp(false);
        lab.pass(10);
        lab.nics
                .get(1)
                .port()
                .orElseThrow()
                .setProfile(LinkProfile.ideal().withLoss(1).withImpairedSignaling(true));
        lab.nics.get(1).port().orElseThrow().setUp(true);
        lab.pass(100);
        lab.nics.get(1).port().orElseThrow().setProfile(LinkProfile.ideal());
        assertThat(lab.clients.get(1).told).containsExactly(Oid.CO_SIGNALING_DISABLED);
        lab.pass(5_000);
        assertThat(lab.clients.get(1).told).containsExactly(Oid.CO_SIGNALING_DISABLED, Oid.CO_SIGNALING_ENABLED);
        lab.assertNothingLeft();
    }

    @Test
    void shouldReadBackWhatWasWritten_andNothingElse() {
        for (final Sap sap : List.of(ALIAS, NsapAddress.of(Lab.address(3), 255), Sap.e164("123456789012345"))) {
            final Octets octets = CoAddresses.address(sap);
            assertThat(octets.length()).isEqualTo(CO_ADDRESS);
            assertThat(CoAddresses.parse(octets)).contains(sap);
            final byte[] longer = Arrays.copyOf(octets.toByteArray(), CO_ADDRESS + 1);
            assertThat(CoAddresses.parse(Octets.of(longer))).isEmpty();
        }
        final byte[] letters = CoAddresses.address(ALIAS).toByteArray();
        letters[12] = 'x';
        assertThat(CoAddresses.parse(Octets.of(letters))).isEmpty();
        assertThat(CoAddresses.parse(Octets.EMPTY)).isEmpty();
    }
}
