// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.oid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The answers that follow from an OID's declaration: rules R196, R197 and R201. */
class OidTableTest {
    private static final Oid VENDOR = new Oid(0xFF00_0001);
    private static final long COUNT = 0x1_2345_6789L;

    private final List<Octets> set = new ArrayList<>();
    private final OidTable miniport = OidTable.ofMiniport()
            .query(Oid.GEN_CO_LINK_SPEED, () -> OidTable.u32(10_000, 20_000))
            .counter(Oid.GEN_CO_XMIT_PDUS_OK, () -> COUNT)
            .set(Oid.GEN_CO_PROTOCOL_OPTIONS, 4, this::store)
            .unsupported(VENDOR)
            .build();

    private NdisStatus store(final Octets information) {
        set.add(information);
        return OidTable.number(information) > 9 ? NdisStatus.INVALID_DATA : NdisStatus.SUCCESS;
    }

    @Test
    void aQueryIsAnsweredWholeOrNotAtAll() {
        assertThat(miniport.answer(OidRequest.query(Oid.GEN_CO_LINK_SPEED, 8)))
                .isEqualTo(OidResult.success(OidTable.u32(10_000, 20_000)));
        assertThat(miniport.answer(OidRequest.query(Oid.GEN_CO_LINK_SPEED, 100)).isSuccess())
                .isTrue();
        assertThat(miniport.answer(OidRequest.query(Oid.GEN_CO_LINK_SPEED, 7)))
                .isEqualTo(OidResult.wrongLength(NdisStatus.BUFFER_TOO_SHORT, 8));
    }

    @ParameterizedTest
    @CsvSource({"0,-1", "3,-1", "4,0x23456789", "7,0x23456789", "8,0x123456789", "100,0x123456789"})
    void aCounterIsAnsweredInAsManyOctetsAsTheRequesterTakes(final int bufferLength, final String expected) {
        final OidResult result = miniport.answer(OidRequest.query(Oid.GEN_CO_XMIT_PDUS_OK, bufferLength));

        final long count = Long.decode(expected);
        if (count < 0) {
            assertThat(result).isEqualTo(OidResult.wrongLength(NdisStatus.INVALID_LENGTH, 8));
        } else {
            assertThat(OidTable.number(result.information())).isEqualTo(count);
        }
    }

    @Test
    void aSetTakesTheLengthThatItWasDeclaredWith() {
        assertThat(miniport.answer(OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, OidTable.u32(3))))
                .isEqualTo(OidResult.success());
        assertThat(miniport.answer(OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, OidTable.u64(3))))
                .isEqualTo(OidResult.wrongLength(NdisStatus.INVALID_LENGTH, 4));
        assertThat(miniport.answer(OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, OidTable.u32(10)))
                        .status())
                .isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(set).containsExactly(OidTable.u32(3), OidTable.u32(10));
    }

    @Test
    void whatIsNotDeclaredIsUnknownToAMiniportAndNotSupportedByAProtocol() {
        final OidRequest query = OidRequest.query(Oid.CO_GET_ADDRESSES, 100);

        assertThat(miniport.answer(query).status()).isEqualTo(NdisStatus.INVALID_OID);
        assertThat(OidTable.ofProtocol().build().answer(query).status()).isEqualTo(NdisStatus.NOT_SUPPORTED);
        assertThat(miniport.answer(OidRequest.query(VENDOR, 100)).status()).isEqualTo(NdisStatus.NOT_SUPPORTED);
        assertThat(miniport.answer(OidRequest.query(Oid.GEN_CO_PROTOCOL_OPTIONS, 4))
                        .status())
                .as("it can only be set")
                .isEqualTo(NdisStatus.NOT_SUPPORTED);
        assertThat(miniport.answer(OidRequest.set(Oid.GEN_CO_LINK_SPEED, OidTable.u32(1, 1)))
                        .status())
                .as("it can only be queried")
                .isEqualTo(NdisStatus.NOT_SUPPORTED);
    }

    @Test
    void aMiniportListsWhatItSupports() {
        final OidResult result = miniport.answer(OidRequest.query(Oid.GEN_CO_SUPPORTED_LIST, 1_000));

        final ByteBuffer list =
                ByteBuffer.wrap(result.information().toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        final List<Oid> oids = new ArrayList<>();
        while (list.hasRemaining()) {
            oids.add(new Oid(list.getInt()));
        }
        assertThat(oids)
                .containsExactly(
                        Oid.GEN_CO_SUPPORTED_LIST,
                        Oid.GEN_CO_LINK_SPEED,
                        Oid.GEN_CO_XMIT_PDUS_OK,
                        Oid.GEN_CO_PROTOCOL_OPTIONS);
        assertThat(miniport.answer(OidRequest.query(Oid.GEN_CO_SUPPORTED_LIST, 4)))
                .isEqualTo(OidResult.wrongLength(NdisStatus.BUFFER_TOO_SHORT, 16));
    }

    @Test
    void aTableThatMakesNoSenseIsNotBuilt() {
        final OidTable.Builder table = OidTable.ofMiniport().unsupported(VENDOR);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> table.unsupported(VENDOR))
                .withMessageContaining("FF000001");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> table.set(Oid.GEN_CO_PROTOCOL_OPTIONS, -1, this::store))
                .withMessageContaining("-1");
    }

    @Test
    void aRequestThatMakesNoSenseIsNotMade() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OidRequest.query(Oid.GEN_CO_LINK_SPEED, -1))
                .withMessageContaining("OID_GEN_CO_LINK_SPEED")
                .withMessageContaining("-1");
        assertThatIllegalArgumentException().isThrownBy(() -> OidTable.number(Octets.of((byte) 1)));
        assertThatIllegalArgumentException().isThrownBy(() -> OidResult.failure(NdisStatus.SUCCESS));
        assertThatIllegalArgumentException().isThrownBy(() -> OidResult.failure(NdisStatus.PENDING));
    }

    @Test
    void anOidHasTheNameOfTheHeaderOrItsNumber() {
        assertThat(Oid.CO_ADDRESS_CHANGE).hasToString("OID_CO_ADDRESS_CHANGE");
        assertThat(new Oid(0xFE00_0007)).isEqualTo(Oid.CO_ADDRESS_CHANGE);
        assertThat(VENDOR).hasToString("OID FF000001");
    }
}
