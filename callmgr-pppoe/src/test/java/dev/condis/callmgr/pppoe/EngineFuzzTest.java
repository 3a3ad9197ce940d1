// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.client.ClientVc;
import dev.condis.api.media.MacAddress;
import java.util.Arrays;

/**
 * Both roles, in the real core on simulated NICs, get packets that coverage finds, from strangers, while one session is there and one call is being made.
 * The session stays and carries what is sent; nothing escapes, nothing is left. Runs as {@link ParserFuzzTest} does.
 */
class EngineFuzzTest {
    private static final int ADDRESSES = 12;
    private static final int MAX_PACKETS = 32;
    private static final MacAddress[] SENDERS = {
        PppoeLab.STRANGER, new MacAddress(0x0200_0000_0010L), new MacAddress(0x0200_0000_0011L), MacAddress.BROADCAST
    };
    private static final MacAddress[] RECEIVERS = {PppoeLab.HOST, PppoeLab.AC, MacAddress.BROADCAST};

    /** A packet is one octet that says from whom to whom, one its length in units of 4, and its octets behind the addresses. */
    @FuzzTest(maxDuration = "5m")
    void survivesStrangers(final byte[] packets) {
        try (PppoeLab lab = new PppoeLab()) {
            lab.serve("internet");
            final ClientVc vc = lab.call("internet");
            lab.begin(dev.condis.api.pppoe.PppoeParameters.service("nobody has this"));
            send(lab, packets);
            lab.settle();
            assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
            lab.host.send(vc, Octets.ofText("still here"));
            lab.settle();
            assertThat(lab.server.received()).containsExactly(Octets.ofText("still here"));
            assertThat(lab.signaling("host").host().questions())
                    .as("of the two calls")
                    .isEqualTo(2);
        }
    }

    private static void send(final PppoeLab lab, final byte[] packets) {
        int at = 0;
        for (int i = 0; i < MAX_PACKETS && at + 2 <= packets.length; i++) {
            final int who = packets[at] & 0xff;
            final int end = Math.min(packets.length, at + 2 + 4 * (packets[at + 1] & 0xff));
            final byte[] octets = Arrays.copyOfRange(packets, at + 2, end);
            final byte[] pdu = new byte[ADDRESSES + octets.length];
            RECEIVERS[who % RECEIVERS.length].copyTo(pdu, 0);
            SENDERS[who / RECEIVERS.length % SENDERS.length].copyTo(pdu, ADDRESSES / 2);
            System.arraycopy(octets, 0, pdu, ADDRESSES, octets.length);
            lab.stranger.sendRaw(DiscoveryPacket.ETHER_TYPE, pdu);
            at = end;
        }
    }
}
