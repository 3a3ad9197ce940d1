// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.condis.api.Octets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LinkStateTest {
    private static final LinkState FAST =
            new LinkState(LinkState.MediaConnectState.CONNECTED, 100_000_000_000L, 50_000_000_000L);

    @Test
    void theBufferHoldsWhatTheStateSays() {
        assertThat(LinkState.ofOctets(FAST.toOctets())).contains(FAST);
        assertThat(LinkState.ofOctets(LinkState.disconnected().toOctets())).contains(LinkState.disconnected());
        assertThat(StatusIndication.linkState(FAST).code()).isEqualTo(StatusCode.LINK_STATE);
    }

    @Test
    void theBufferIsThatOfNdisLinkState() {
        final byte[] octets = LinkState.connected(1).toOctets().toByteArray();

        assertThat(octets).hasSize(40).startsWith(0x80, 1, 40, 0, 1, 0, 0, 0);
        assertThat(octets[16]).as("XmitLinkSpeed").isEqualTo((byte) 1);
        assertThat(octets[24]).as("RcvLinkSpeed").isEqualTo((byte) 1);
    }

    @Test
    void aBufferThatMakesNoSenseIsNoState() {
        final byte[] octets = FAST.toOctets().toByteArray();
        final byte[] noState = octets.clone();
        noState[4] = 9;
        final byte[] negative = octets.clone();
        negative[23] = -1;

        assertThat(LinkState.ofOctets(Octets.of(Arrays.copyOf(octets, 39)))).isEmpty();
        assertThat(LinkState.ofOctets(Octets.of(noState))).isEmpty();
        assertThat(LinkState.ofOctets(Octets.of(negative))).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> LinkState.connected(-1));
    }

    @Test
    void aStatusCodeHasTheNameOfTheHeaderOrItsNumber() {
        assertThat(StatusCode.RESET_START).hasToString("NDIS_STATUS_RESET_START");
        assertThat(new StatusCode(0x4001_FFFF)).hasToString("NDIS_STATUS 4001FFFF");
    }
}
