// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.condis.api.NdisStatus;
import dev.condis.api.ServiceProperties;
import dev.condis.api.media.CaptureProperties;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportCallManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PcapAdapterTest {

    @TempDir
    Path folder;

    private final FakeRegistry registry = new FakeRegistry();

    @BeforeEach
    void needsLibpcap() {
        Captures.requireLibpcap();
    }

    private PcapAdapter activate(final Map<String, Object> values) {
        final Map<String, Object> all = new HashMap<>(Map.of("condis_adapter", "cap0"));
        all.putAll(values);
        return new PcapAdapter(registry.context(), FakeRegistry.config(all), Clock.systemUTC(), Optional.empty());
    }

    private Path capture() throws IOException {
        final byte[] frame = Frames.ethernet().vlan(5).u16(0x0800).text("x").toBytes();
        return Files.write(folder.resolve("in.pcap"), Frames.pcap(1, List.of(frame, frame)));
    }

    @Test
    void shouldRegisterAMiniport_andSayWhatItIs() throws IOException {
        final PcapAdapter adapter = activate(Map.of("source", capture().toString()));
        assertThat(registry.services()).containsOnlyKeys(CoMiniport.class.getName());
        assertThat(registry.properties())
                .containsEntry(ServiceProperties.ADAPTER, "cap0")
                .containsEntry(ServiceProperties.MEDIUM, "ETHERNET")
                .containsEntry(ServiceProperties.AVAILABLE, true)
                .doesNotContainKey(ServiceProperties.UNAVAILABLE_CAUSE);
        assertThat((String[]) registry.properties().get(ServiceProperties.CAPABILITIES))
                .containsExactly("receive");
        adapter.deactivate();
        assertThat(registry.services()).isEmpty();
    }

    @Test
    void shouldSayWhenTheCaptureHasBeenRead() throws IOException {
        final PcapAdapter adapter = activate(Map.of("source", capture().toString(), "mode", PcapSettings.Mode.MCM));
        assertThat(registry.services()).containsOnlyKeys(MiniportCallManager.class.getName());
        final FakeNdis ndis = new FakeNdis();
        final PcapMcm mcm = (PcapMcm) registry.services().get(MiniportCallManager.class.getName());
        assertThat(mcm.initialize(ndis)).isEqualTo(NdisStatus.SUCCESS);
        mcm.restart();
        assertThat(registry.properties()).containsEntry(CaptureProperties.STATE, CaptureProperties.STATE_OPEN);
        ndis.openAccepting().register("*");
        await().until(() -> registry.properties().get(CaptureProperties.STATE), CaptureProperties.STATE_ENDED::equals);
        assertThat(registry.properties())
                .containsEntry(CaptureProperties.FRAMES, 2L)
                .containsEntry(CaptureProperties.MALFORMED, 0L)
                .containsEntry(CaptureProperties.LOST, 0L)
                .containsEntry(CaptureProperties.OF_NO_VC, 0L)
                .doesNotContainKey(CaptureProperties.CAUSE);
        assertThat(registry.properties().get(CaptureProperties.SUMMARY))
                .asString()
                .contains("frames 2");
        adapter.deactivate();
        assertThat(mcm.link()).isEmpty();
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("condis-pcap-rx-cap0")));
    }

    @ParameterizedTest
    @CsvSource({
        "/nonexistent/file.pcap, no such file",
        "nonesuch0, no interface",
    })
    void shouldRegisterAsUnavailable_withTheCause(final String source, final String cause) {
        final PcapAdapter adapter = activate(Map.of("source", source));
        assertThat(registry.properties()).containsEntry(ServiceProperties.AVAILABLE, false);
        assertThat(registry.properties().get(ServiceProperties.UNAVAILABLE_CAUSE))
                .asString()
                .contains(cause);
        adapter.deactivate();
    }

    @Test
    void shouldNotThrow_whenTheConfigurationIsWrong() {
        activate(Map.of("snaplen", -1, "source", "eth0")).deactivate();
        activate(Map.of("condis_adapter", " ", "source", "eth0")).deactivate();
        activate(Map.of("source", "eth0", "localAddress", "fish")).deactivate();
        activate(Map.of()).deactivate();
        assertThat(registry.services()).isEmpty();
        assertThatThrownBy(() -> PcapAdapter.read(FakeRegistry.config(Map.of("condis_adapter", "x"))))
                .hasMessageContaining("neither a source nor a writeFile");
    }

    @Test
    void shouldOnlySend_whenItOnlyWrites() {
        final PcapAdapter adapter =
                activate(Map.of("writeFile", folder.resolve("out.pcap").toString()));
        assertThat((String[]) registry.properties().get(ServiceProperties.CAPABILITIES))
                .containsExactly("send");
        assertThat(registry.properties()).containsEntry(ServiceProperties.AVAILABLE, true);
        adapter.deactivate();
    }

    @Test
    void shouldTellAtmFromEthernet() throws IOException {
        final Path path = Files.write(
                folder.resolve("atm.pcap"),
                Frames.pcap(123, List.of(Frames.raw().u8(0).u8(0).u16(100).toBytes())));
        final PcapAdapter adapter = activate(Map.of("source", path.toString()));
        assertThat(registry.properties()).containsEntry(ServiceProperties.MEDIUM, "ATM");
        adapter.deactivate();
    }
}
