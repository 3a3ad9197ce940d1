// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.VethPair;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.client.ClientVc;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.pppoe.PppoeParameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** As an access concentrator, for the hosts {@code pppoe} and {@code pppoe-discovery}. Skipped without root or the programs. */
@Timeout(240)
class RealHostTest {
    private static final String PPPOE = "/usr/sbin/pppoe";
    private static final String DISCOVERY = "/usr/sbin/pppoe-discovery";
    private static final String AC_NAME = "condis-ac";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int SEVERAL = 20;

    private static Optional<VethPair> made = Optional.empty();

    @BeforeAll
    static void makesACable() {
        made = Optional.of(VethPair.create());
    }

    @AfterAll
    static void removesIt() {
        made.ifPresent(VethPair::close);
    }

    private static VethPair pair() {
        return made.orElseThrow();
    }

    private static VethLab lab() {
        return new VethLab(pair())
                .adapter("left")
                .signaling("left", PppoeSettings.DEFAULT.named(AC_NAME).onLinks("untagged", "vlan:7"));
    }

    private static RealProgram host(final String... options) {
        final List<String> command = new ArrayList<>(List.of(PPPOE, "-I", "right"));
        command.addAll(List.of(options));
        return RealProgram.start(pair(), command.toArray(String[]::new));
    }

    /** The session as the other side names it: id and our address. */
    private static String session(final CallParameters offered, final RealProgram discovery) {
        final EthernetFlow flow = (EthernetFlow) MediaFlow.fromSpecificParameters(
                        offered.media().orElseThrow().specific().orElseThrow())
                .orElseThrow();
        final String mac = discovery
                .output()
                .lines()
                .filter(line -> line.startsWith("AC-Ethernet-Address: "))
                .map(line -> line.substring("AC-Ethernet-Address: ".length()).strip())
                .findFirst()
                .orElseThrow();
        return flow.innermost().value() + ":" + mac;
    }

    @Test
    void isFoundWithItsServices() {
        try (VethLab lab = lab()) {
            final Subscriber server = lab.client("left");
            VethLab.serve(server, "internet");
            VethLab.serve(server, "voice");
            try (RealProgram discovery = RealProgram.start(pair(), DISCOVERY, "-I", "right", "-t", "2", "-a", "2")) {
                assertThat(discovery.exitCode()).as(discovery.output()).isZero();
                assertThat(discovery.output().lines().map(String::strip))
                        .contains("Access-Concentrator: " + AC_NAME, "Service-Name: internet", "Service-Name: voice")
                        .anyMatch(line -> line.startsWith("Got a cookie:") || line.startsWith("Cookie:"));
            }
        }
    }

    @Test
    void givesASessionAndEndsIt() {
        try (VethLab lab = lab()) {
            final Subscriber server = lab.client("left");
            VethLab.serve(server, "internet");
            try (RealProgram host = host("-S", "internet", "-C", AC_NAME, "-U")) {
                await().atMost(PATIENCE).until(() -> server.events().contains("connected"));
                assertThat(PppoeParameters.of(server.offered().get(0)))
                        .contains(PppoeParameters.service("internet").at(AC_NAME));
                assertThat(host.isRunning()).isTrue();
                assertThat(VethLab.join(server.incoming().get(0).closeCall()).isSuccess())
                        .isTrue();
                assertThat(host.exitCode()).as("it ends with its session").isZero();
                await().atMost(PATIENCE).until(() -> server.events().contains("deleted"));
            }
        }
    }

    /** What comes out of the host's end of the session comes in as PPP frames, byte by byte, and the other way round. */
    @Test
    void carriesPppBothWays() {
        try (VethLab lab = lab()) {
            final Subscriber server = lab.client("left");
            VethLab.serve(server, "internet");
            try (RealProgram host = host("-S", "internet")) {
                await().atMost(PATIENCE).until(() -> server.events().contains("connected"));
                host.write(AsyncHdlc.frame(AsyncHdlc.ECHO_REQUEST));
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(server.received()).containsExactly(AsyncHdlc.ECHO_REQUEST));
                server.send(server.incoming().get(0), AsyncHdlc.ECHO_REPLY);
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(AsyncHdlc.frames(host.output()))
                        .as(host.output())
                        .contains(AsyncHdlc.ECHO_REPLY));
                assertThat(VethLab.join(server.incoming().get(0).closeCall()).isSuccess())
                        .isTrue();
                host.exitCode();
            }
            await().atMost(PATIENCE).until(() -> server.events().contains("deleted"));
        }
    }

    /** The host has something to say before it has a session, and says it right behind the PADS, while the client here is still being connected. */
    @Test
    void hearsTheFirstFrameOfTheHost() {
        try (VethLab lab =
                new VethLab(pair(), false).adapter("left").signaling("left", PppoeSettings.DEFAULT.named(AC_NAME))) {
            final Subscriber server = lab.client("left");
            VethLab.serve(server, "internet");
            server.whenConnected(vc -> await().atMost(PATIENCE).until(() -> lab.early() == 1));
            try (RealProgram host = host("-S", "internet")) {
                host.write(AsyncHdlc.frame(AsyncHdlc.ECHO_REQUEST));
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(server.received()).containsExactly(AsyncHdlc.ECHO_REQUEST));
                assertThat(VethLab.join(server.incoming().get(0).closeCall()).isSuccess())
                        .isTrue();
                host.exitCode();
            }
            await().atMost(PATIENCE).until(() -> server.events().contains("deleted"));
        }
    }

    @Test
    void hearsThatTheHostEnds() {
        try (VethLab lab = lab()) {
            final Subscriber server = lab.client("left");
            VethLab.serve(server, "internet");
            try (RealProgram discovery = RealProgram.start(pair(), DISCOVERY, "-I", "right", "-t", "2", "-a", "2");
                    RealProgram host = host("-S", "internet")) {
                await().atMost(PATIENCE).until(() -> server.events().contains("connected"));
                assertThat(discovery.exitCode()).isZero();
                try (RealProgram killer = host("-e", session(server.offered().get(0), discovery), "-k")) {
                    killer.exitCode();
                }
                await().atMost(PATIENCE)
                        .until(() -> server.events().stream().anyMatch(event -> event.startsWith("closed SUCCESS")));
                await().atMost(PATIENCE).until(() -> server.events().contains("deleted"));
                assertThat(host.isRunning())
                        .as("it was another program that ended its session")
                        .isTrue();
            }
        }
    }

    @Test
    void saysWhyItRefuses() {
        try (VethLab lab = lab()) {
            final Subscriber server = lab.client("left");
            VethLab.serve(server, "internet");
            server.answers(offered ->
                    NdisResult.<CallParameters>failure(NdisStatus.RESOURCES).asStage());
            try (RealProgram host = host("-S", "internet")) {
                await().atMost(PATIENCE).until(() -> host.output().contains("no room for another session"));
            }
            // it asks again, although it was refused
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(lab.vcs()).as("the signaling VCs").isEqualTo(2));
            assertThat(server.events()).isNotEmpty().containsOnly("deleted");
        }
    }

    @Test
    void givesEachHostASessionOfItsOwn() {
        try (VethLab lab = lab()) {
            final Subscriber server = lab.client("left");
            VethLab.serve(server, AccessConcentrator.ANY);
            final List<RealProgram> hosts = new ArrayList<>();
            for (int i = 0; i < SEVERAL; i++) {
                hosts.add(i % 2 == 0 ? host("-S", "any" + i) : host("-U"));
            }
            await().atMost(PATIENCE).until(() -> server.incoming().size() == SEVERAL);
            await().atMost(PATIENCE)
                    .until(() ->
                            server.events().stream().filter("connected"::equals).count() == SEVERAL);
            assertThat(server.offered().stream().map(CallParameters::media).distinct())
                    .hasSize(SEVERAL);
            for (final ClientVc vc : server.incoming()) {
                assertThat(VethLab.join(vc.closeCall()).isSuccess()).isTrue();
            }
            hosts.forEach(RealProgram::exitCode);
            hosts.forEach(RealProgram::close);
        }
    }
}
