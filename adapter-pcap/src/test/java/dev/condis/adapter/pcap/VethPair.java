// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.callmgr.CallManager;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportCallManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Two interfaces joined by a cable, {@code left} and {@code right}, in a network namespace of their own, for the tests of other modules. */
public final class VethPair implements AutoCloseable {
    private static final int KERNEL_BUFFER = 16 << 20;

    private final NetworkNamespace namespace;

    private VethPair(final NetworkNamespace namespace) {
        this.namespace = namespace;
    }

    /**
     * Makes the pair; or skips the test on a machine that cannot, where this is allowed.
     *
     * @return the pair, both interfaces up
     */
    public static VethPair create() {
        Captures.requireLibpcap();
        return new VethPair(NetworkNamespace.create());
    }

    /**
     * Skips the test where a program is missing, or fails it where nothing may be.
     *
     * @param program its path
     * @param debianPackage where it comes from
     */
    public static void requireProgram(final String program, final String debianPackage) {
        if (!Files.isExecutable(Path.of(program))) {
            Captures.missing("no " + program + " (apt-get install " + debianPackage + ")");
        }
    }

    /**
     * An adapter on one of the interfaces, that opens it in the namespace.
     *
     * @param nic {@code left} or {@code right}
     * @return the driver
     */
    public CoMiniport miniport(final String nic) {
        return namespace.inside(CoMiniport.class, driver(nic));
    }

    /**
     * A miniport call manager on one of the interfaces, that opens it in the namespace.
     *
     * @param nic {@code left} or {@code right}
     * @param signaling its other half
     * @return the driver
     */
    public MiniportCallManager mcm(final String nic, final CallManager signaling) {
        return namespace.inside(MiniportCallManager.class, new PcapHalves(driver(nic), signaling));
    }

    private static PcapMiniport driver(final String nic) {
        final PcapSettings.Live usual = PcapSettings.Live.DEFAULT;
        final PcapSettings settings = PcapSettings.of(nic, nic, PcapSettings.Mode.MINIPORT)
                .with(new PcapSettings.Live(
                        usual.profile(),
                        usual.snaplen(),
                        KERNEL_BUFFER,
                        usual.timeoutMillis(),
                        usual.promiscuous(),
                        usual.direction(),
                        usual.filter(),
                        usual.precision()));
        return new PcapMiniport(settings, new PcapHost(() -> 0L, LinkStatus.IGNORED, new SystemLinkProbe()));
    }

    /**
     * Starts a program in the namespace.
     *
     * @param program the program and its arguments
     * @return the process; what it writes, on either stream, is its output
     * @throws IOException if it cannot be started
     */
    public Process start(final String... program) throws IOException {
        return namespace.start(Stream.of(program).toList());
    }

    /**
     * Runs {@code ip} in the namespace.
     *
     * @param arguments its arguments
     */
    public void ip(final String... arguments) {
        namespace.ip(arguments);
    }

    /** Removes the namespace with everything in it. */
    @Override
    public void close() {
        namespace.close();
    }
}
