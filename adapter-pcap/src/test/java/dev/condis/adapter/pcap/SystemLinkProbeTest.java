// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.condis.api.status.LinkState;
import dev.condis.api.status.LinkState.MediaConnectState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SystemLinkProbeTest {

    @TempDir
    Path interfaces;

    private LinkProbe probe;

    @BeforeEach
    void makesAnInterface() throws IOException {
        Files.createDirectories(interfaces.resolve("nic0/statistics"));
        probe = new SystemLinkProbe(
                interfaces, Files.createSymbolicLink(interfaces.resolve("net"), Path.of("net:[7]")));
    }

    private void write(final String file, final String content) throws IOException {
        Files.writeString(interfaces.resolve("nic0").resolve(file), content);
    }

    @Test
    void shouldReadCarrierAndSpeed() throws IOException {
        write("carrier", "1\n");
        write("speed", "10000\n");
        assertThat(probe.state("nic0")).isEqualTo(LinkState.connected(10_000_000_000L));
        write("carrier", "0\n");
        assertThat(probe.state("nic0")).isEqualTo(LinkState.disconnected());
    }

    @ParameterizedTest
    @CsvSource({"-1", "0", "fast", "''", "99999999999999999999", "9223372036854775807"})
    void shouldTakeASpeedThatMakesNoSenseForUnknown(final String speed) throws IOException {
        write("carrier", "1");
        write("speed", speed);
        assertThat(probe.state("nic0")).isEqualTo(LinkState.connected(0));
    }

    @Test
    void shouldTakeAnInterfaceThatIsSwitchedOffForDisconnected() {
        // its carrier cannot be read
        assertThat(probe.state("nic0")).isEqualTo(LinkState.disconnected());
    }

    @ParameterizedTest
    @CsvSource({"nonesuch0", "../../nonesuch", "'nul\0'"})
    void shouldKnowNothingOfAnInterfaceThatIsNotThere(final String name) {
        assertThat(probe.state(name)).isEqualTo(new LinkState(MediaConnectState.UNKNOWN, 0, 0));
        assertThat(probe.crcErrors(name)).isZero();
    }

    @Test
    void shouldAskJavaWhereTheSystemHasNoSuchFolder() {
        assertThat(new SystemLinkProbe(interfaces.resolve("none"), interfaces.resolve("none"))
                        .state("lo")
                        .connect())
                .isNotEqualTo(MediaConnectState.DISCONNECTED);
    }

    @Test
    void shouldReadChecksumErrors() throws IOException {
        assertThat(probe.crcErrors("nic0")).isZero();
        write("statistics/rx_crc_errors", "17\n");
        assertThat(probe.crcErrors("nic0")).isEqualTo(17);
    }

    @Test
    void shouldTellOneInterfaceFromAnotherByNumbers() throws IOException {
        assertThat(probe.wire("nic0")).as("without a number").contains("net:[7]/nic0");
        write("ifindex", "12\n");
        assertThat(probe.wire("nic0")).contains("net:[7]/12");
        assertThat(probe.wire("vb")).as("of another namespace").contains("net:[7]/vb");
        assertThat(new SystemLinkProbe(interfaces, interfaces.resolve("none")).wire("nic0"))
                .as("without a namespace")
                .isEmpty();
    }

    @Test
    void shouldKnowTheWireOfARealInterface() {
        assumeThat(Path.of("/sys/class/net/lo/ifindex")).exists();
        assertThat(new SystemLinkProbe().wire("lo")).isPresent().isEqualTo(new SystemLinkProbe().wire("lo"));
    }
}
