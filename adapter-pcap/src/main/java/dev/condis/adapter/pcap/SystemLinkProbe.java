// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.media.MacAddress;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.LinkState.MediaConnectState;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Linux tells in {@code /sys/class/net}; where there is no such folder, what Java knows of the interface. */
final class SystemLinkProbe implements LinkProbe {

    private static final Logger LOG = LoggerFactory.getLogger(SystemLinkProbe.class);
    private static final Path INTERFACES = Path.of("/sys/class/net");
    private static final Path NAMESPACE = Path.of("/proc/thread-self/ns/net");
    /** Six octets in hexadecimal, with dashes. */
    private static final int MAC_TEXT = 17;

    private static final long BPS_PER_MBPS = 1_000_000L;

    private final Path interfaces;
    private final Path namespace;

    SystemLinkProbe() {
        this(INTERFACES, NAMESPACE);
    }

    SystemLinkProbe(final Path interfaces, final Path namespace) {
        this.interfaces = interfaces;
        this.namespace = namespace;
    }

    @Override
    public LinkState state(final String name) {
        return folder(name).map(SystemLinkProbe::ofFolder).orElseGet(() -> new LinkState(ofJava(name), 0, 0));
    }

    private static LinkState ofFolder(final Path folder) {
        // the carrier of an interface that is switched off cannot be read
        if (number(folder.resolve("carrier")).orElse(0L) != 1) {
            return LinkState.disconnected();
        }
        final long mbps = Math.max(0, number(folder.resolve("speed")).orElse(0L));
        return LinkState.connected(mbps > Long.MAX_VALUE / BPS_PER_MBPS ? 0 : mbps * BPS_PER_MBPS);
    }

    private static MediaConnectState ofJava(final String name) {
        try {
            final Optional<NetworkInterface> found = Optional.ofNullable(NetworkInterface.getByName(name));
            if (found.isEmpty()) {
                return MediaConnectState.UNKNOWN;
            }
            return found.get().isUp() ? MediaConnectState.CONNECTED : MediaConnectState.DISCONNECTED;
        } catch (final SocketException e) {
            LOG.debug("the state of {} is not known", name, e);
            return MediaConnectState.UNKNOWN;
        }
    }

    @Override
    public long crcErrors(final String name) {
        return folder(name)
                .flatMap(folder -> number(folder.resolve("statistics/rx_crc_errors")))
                .orElse(0L);
    }

    @Override
    public OptionalInt mtu(final String name) {
        final Optional<Long> told = folder(name).flatMap(folder -> number(folder.resolve("mtu")));
        return told.isPresent() ? OptionalInt.of(Math.toIntExact(told.get())) : mtuOfJava(name);
    }

    private static OptionalInt mtuOfJava(final String name) {
        try {
            final NetworkInterface found = NetworkInterface.getByName(name);
            return found == null ? OptionalInt.empty() : OptionalInt.of(found.getMTU());
        } catch (final SocketException e) {
            LOG.trace("the MTU of {} is not known", name, e);
            return OptionalInt.empty();
        }
    }

    @Override
    public Optional<MacAddress> address(final String name) {
        return folder(name)
                .flatMap(folder -> text(folder.resolve("address")))
                .map(address -> address.replace(':', '-'))
                .or(() -> addressOfJava(name))
                .filter(address -> address.length() == MAC_TEXT)
                .map(MacAddress::parse);
    }

    private static Optional<String> addressOfJava(final String name) {
        try {
            return Optional.ofNullable(NetworkInterface.getByName(name)).flatMap(SystemLinkProbe::hardwareAddress);
        } catch (final SocketException e) {
            LOG.trace("the address of {} is not known", name, e);
            return Optional.empty();
        }
    }

    private static Optional<String> hardwareAddress(final NetworkInterface found) {
        try {
            return Optional.ofNullable(found.getHardwareAddress())
                    .map(octets -> HexFormat.ofDelimiter("-").formatHex(octets));
        } catch (final SocketException e) {
            LOG.trace("the address of {} is not known", found, e);
            return Optional.empty();
        }
    }

    @Override
    public InterfaceCounts counts(final String name) {
        return folder(name)
                .map(folder -> folder.resolve("statistics"))
                .map(folder -> new InterfaceCounts(
                        count(folder, "rx_packets"),
                        count(folder, "rx_dropped"),
                        count(folder, "rx_errors"),
                        count(folder, "rx_missed_errors")))
                .orElse(InterfaceCounts.NONE);
    }

    private static long count(final Path folder, final String name) {
        return number(folder.resolve(name)).orElse(0L);
    }

    /** Namespace and interface by number, since names may be given again; by name where the folder shows those of another namespace. */
    @Override
    public Optional<String> wire(final String name) {
        return namespace()
                .map(net -> net + "/"
                        + folder(name)
                                .flatMap(folder -> number(folder.resolve("ifindex")))
                                .map(String::valueOf)
                                .orElse(name));
    }

    private Optional<String> namespace() {
        try {
            return Optional.of(Files.readSymbolicLink(namespace).toString());
        } catch (final IOException | UnsupportedOperationException e) {
            LOG.trace("{} tells nothing", namespace, e);
            return Optional.empty();
        }
    }

    private Optional<Path> folder(final String name) {
        try {
            return Optional.of(interfaces.resolve(name)).filter(Files::isDirectory);
        } catch (final InvalidPathException e) {
            LOG.trace("{} is no name of a folder", name, e);
            return Optional.empty();
        }
    }

    private static Optional<Long> number(final Path file) {
        try {
            return text(file).map(Long::parseLong);
        } catch (final NumberFormatException e) {
            LOG.trace("{} tells nothing", file, e);
            return Optional.empty();
        }
    }

    private static Optional<String> text(final Path file) {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (final IOException e) {
            LOG.trace("{} tells nothing", file, e);
            return Optional.empty();
        }
    }
}
