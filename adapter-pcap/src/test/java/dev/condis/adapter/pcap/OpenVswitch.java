// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An Open vSwitch of this test's own, whose data path is a user's program: with its database and its sockets in one folder, in a network namespace. Nothing of a
 * system's switch is touched.
 */
final class OpenVswitch implements AutoCloseable {
    private static final String BRIDGE = "br";
    private static final String SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema";
    private static final Pattern COUNTERS = Pattern.compile("n_packets=(\\d+), n_bytes=(\\d+)");

    private final NetworkNamespace namespace;
    private final Path folder;
    private final List<Process> daemons = new ArrayList<>();

    /**
     * What a flow of the switch has counted.
     *
     * @param frames frames that it matched
     * @param octets their octets as they came in
     */
    record Counted(long frames, long octets) {}

    private OpenVswitch(final NetworkNamespace namespace, final Path folder) {
        this.namespace = namespace;
        this.folder = folder;
    }

    /** Skips the test without the programs, or fails it where nothing may be missing. */
    static void require() {
        Stream.of(
                        "/usr/bin/ovsdb-tool",
                        "/usr/sbin/ovsdb-server",
                        "/usr/sbin/ovs-vswitchd",
                        "/usr/bin/ovs-vsctl",
                        "/usr/bin/ovs-ofctl")
                .forEach(program -> VethPair.requireProgram(program, "openvswitch-switch"));
    }

    /**
     * Starts a switch with one bridge.
     *
     * @param folder for everything that it leaves
     * @param ports interfaces of the namespace that become its ports, numbered from 1 on
     */
    static OpenVswitch start(final NetworkNamespace namespace, final Path folder, final String... ports)
            throws IOException {
        final OpenVswitch made = new OpenVswitch(namespace, folder);
        boolean complete = false;
        try {
            made.startDaemons();
            made.addBridge(ports);
            complete = true;
            return made;
        } finally {
            if (!complete) {
                made.close();
            }
        }
    }

    private void startDaemons() throws IOException {
        run("ovsdb-tool", "create", folder.resolve("conf.db").toString(), SCHEMA);
        daemon("ovsdb-server", folder.resolve("conf.db").toString(), "--remote=punix:" + database());
        await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(database()));
        configure("--no-wait", "init");
        daemon("ovs-vswitchd", "--disable-system", "unix:" + database());
    }

    private void addBridge(final String... ports) {
        configure("set", "Open_vSwitch", ".", "other_config:vlan-limit=2");
        configure("add-br", BRIDGE, "--", "set", "bridge", BRIDGE, "datapath_type=netdev", "protocols=OpenFlow13");
        for (int i = 0; i < ports.length; i++) {
            final String number = "ofport_request=" + (i + 1);
            configure("add-port", BRIDGE, ports[i], "--", "set", "interface", ports[i], number);
        }
    }

    private Path database() {
        return folder.resolve("db.sock");
    }

    private List<String> command(final String... command) {
        final List<String> whole = new ArrayList<>(List.of("env"));
        Stream.of("OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR")
                .map(name -> name + "=" + folder)
                .forEach(whole::add);
        whole.addAll(List.of(command));
        return whole;
    }

    private void daemon(final String... command) throws IOException {
        final List<String> quiet = new ArrayList<>(List.of(command));
        // what it has to say would fill the pipe, which nobody reads
        quiet.add("-vconsole:off");
        daemons.add(namespace.start(command(quiet.toArray(String[]::new))));
    }

    private String run(final String... command) {
        try {
            final Process process = namespace.start(command(command));
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as("%s: %s", List.of(command), output).isZero();
            return output;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs {@code ovs-vsctl}, which returns when the switch does as it says. */
    void configure(final String... arguments) {
        final List<String> command = new ArrayList<>(List.of("ovs-vsctl", "--timeout=60", "--db=unix:" + database()));
        command.addAll(List.of(arguments));
        run(command.toArray(String[]::new));
    }

    /** Takes all flows out and puts one in. */
    void onlyFlow(final String flow) {
        run("ovs-ofctl", "-O", "OpenFlow13", "del-flows", BRIDGE);
        run("ovs-ofctl", "-O", "OpenFlow13", "add-flow", BRIDGE, flow);
    }

    /** What its only flow has counted until now; it brings its counts up to date about once in half a second. */
    Counted counted() {
        final Matcher counters = COUNTERS.matcher(run("ovs-ofctl", "-O", "OpenFlow13", "dump-flows", BRIDGE));
        assertThat(counters.find()).isTrue();
        return new Counted(Long.parseLong(counters.group(1)), Long.parseLong(counters.group(2)));
    }

    @Override
    public void close() {
        for (int i = daemons.size() - 1; i >= 0; i--) {
            final Process daemon = daemons.get(i);
            daemon.destroy();
            try {
                if (!daemon.waitFor(10, TimeUnit.SECONDS)) {
                    daemon.destroyForcibly();
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
