// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.media.MacAddress;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Settings of one adapter, checked.
 *
 * @param name name of the logical adapter
 * @param source interface name or path of a capture file; empty for an adapter that only writes
 * @param mode miniport or miniport call manager
 * @param writeFile capture file that is written; see {@link PcapAdapterConfig#writeFile()}
 * @param live how a live interface is opened
 * @param file how a capture file is read
 * @param limits bounds on memory
 * @param localAddress source address of what is written to a file
 */
record PcapSettings(
        String name,
        Optional<String> source,
        Mode mode,
        Optional<Path> writeFile,
        Live live,
        FileReading file,
        Limits limits,
        MacAddress localAddress) {

    /** Largest snapshot length that libpcap accepts, bytes. */
    static final int MAX_SNAPLEN = 262_144;

    /** What the adapter is. */
    enum Mode {
        /** A plain miniport: a call manager above it says which flows are circuits. */
        MINIPORT,
        /** A miniport call manager: flows seen become incoming calls. */
        MCM
    }

    /** What a live interface is tuned for. */
    enum Profile {
        /** Each frame at once: libpcap's immediate mode. */
        LATENCY,
        /** Frames in blocks of the kernel's ring, at most the read time-out late. */
        THROUGHPUT
    }

    /** Which frames of a live interface are received. */
    enum Direction {
        /** Only those that come in; an adapter does not hear itself. */
        IN,
        /** Only those that go out. */
        OUT,
        /** Both. */
        INOUT
    }

    /** Resolution of time stamps. */
    enum Precision {
        /** Microseconds. */
        MICRO,
        /** Nanoseconds. */
        NANO
    }

    /**
     * How a live interface is opened.
     *
     * @param profile what for
     * @param snaplen captured octets of each frame; 0: the profile's
     * @param bufferBytes kernel buffer
     * @param timeoutMillis read time-out
     * @param promiscuous whether frames for other stations are received
     * @param direction which frames
     * @param filter expression in libpcap's filter language; empty for none
     * @param precision resolution of time stamps
     */
    record Live(
            Profile profile,
            int snaplen,
            int bufferBytes,
            int timeoutMillis,
            boolean promiscuous,
            Direction direction,
            String filter,
            Precision precision) {
        static final Live DEFAULT = new Live(Profile.LATENCY, 0, 64 << 20, 10, false, Direction.IN, "", Precision.NANO);

        Live {
            require(snaplen >= 0 && snaplen <= MAX_SNAPLEN, "snaplen is 0.." + MAX_SNAPLEN + ": " + snaplen);
            require(bufferBytes >= 1 << 16, "bufferBytes is 65536 or more: " + bufferBytes);
            require(timeoutMillis >= 1, "timeoutMillis is 1 or more: " + timeoutMillis);
        }
    }

    /**
     * How a capture file is read.
     *
     * @param startAfter how many SAPs (as call manager) or active VCs (as miniport) there must be before the file is read
     * @param startDelayMillis how long after that the reading begins, for a miniport, which cannot see whether the calls on its
     *     VCs are connected
     * @param maxInflatedBytes most octets that a compressed file may have when inflated
     * @param connectWaitMillis how long the reading waits for the answer to an incoming call, once its held PDUs reach the limit
     * @param speed how many times as fast as it was captured; 0: as fast as it goes
     */
    record FileReading(
            int startAfter, int startDelayMillis, long maxInflatedBytes, int connectWaitMillis, double speed) {
        static final FileReading DEFAULT = new FileReading(1, 200, 4L << 30, 10_000);

        /** As fast as it goes. */
        FileReading(
                final int startAfter,
                final int startDelayMillis,
                final long maxInflatedBytes,
                final int connectWaitMillis) {
            this(startAfter, startDelayMillis, maxInflatedBytes, connectWaitMillis, 0);
        }

        FileReading {
            require(startAfter >= 0, "startAfter is 0 or more: " + startAfter);
            require(startDelayMillis >= 0, "startDelayMillis is 0 or more: " + startDelayMillis);
            require(maxInflatedBytes >= 24, "maxInflatedBytes is 24 or more: " + maxInflatedBytes);
            require(connectWaitMillis >= 0, "connectWaitMillis is 0 or more: " + connectWaitMillis);
            require(speed >= 0 && Double.isFinite(speed), "speed is 0 or more: " + speed);
        }
    }

    /**
     * Bounds on memory.
     *
     * @param flows most flows that are remembered at a time
     * @param heldPdus most PDUs of one flow that wait for its call to be connected
     * @param pduBytes size of a receive buffer
     * @param buffers number of receive buffers; 0: as many as 16 MiB hold, 64..8192
     */
    record Limits(int flows, int heldPdus, int pduBytes, int buffers) {
        static final Limits DEFAULT = new Limits(65_536, 64, 0, 0);

        /** Size of a receive buffer when none is configured, for frames of a file. */
        static final int FILE_PDU_BYTES = 65_536;

        Limits {
            require(flows >= 1, "maxFlows is 1 or more: " + flows);
            require(heldPdus >= 1, "maxHeldPdus is 1 or more: " + heldPdus);
            require(pduBytes >= 0 && pduBytes <= MAX_SNAPLEN, "pduBytes is 0.." + MAX_SNAPLEN + ": " + pduBytes);
            require(buffers == 0 || buffers >= 2, "buffers is 0, or 2 or more: " + buffers);
        }
    }

    PcapSettings {
        Objects.requireNonNull(live, "live");
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(localAddress, "localAddress");
        require(!name.isBlank(), "the adapter's name is missing");
        require(source.isPresent() || writeFile.isPresent(), "neither a source nor a writeFile is configured");
        require(source.isPresent() || mode == Mode.MINIPORT, "a call manager that discovers flows needs a source");
    }

    private static void require(final boolean condition, final String text) {
        if (!condition) {
            throw new IllegalArgumentException(text);
        }
    }

    static PcapSettings of(final String name, final String source, final Mode mode) {
        return new PcapSettings(
                name,
                Optional.of(source),
                mode,
                Optional.empty(),
                Live.DEFAULT,
                FileReading.DEFAULT,
                Limits.DEFAULT,
                DEFAULT_LOCAL_ADDRESS);
    }

    static PcapSettings writing(final String name, final Path file) {
        return new PcapSettings(
                name,
                Optional.empty(),
                Mode.MINIPORT,
                Optional.of(file),
                Live.DEFAULT,
                FileReading.DEFAULT,
                Limits.DEFAULT,
                DEFAULT_LOCAL_ADDRESS);
    }

    /** A locally administered address. */
    static final MacAddress DEFAULT_LOCAL_ADDRESS = new MacAddress(0x0200_0000_0001L);

    PcapSettings with(final Live other) {
        return new PcapSettings(name, source, mode, writeFile, other, file, limits, localAddress);
    }

    PcapSettings with(final FileReading other) {
        return new PcapSettings(name, source, mode, writeFile, live, other, limits, localAddress);
    }

    PcapSettings with(final Limits other) {
        return new PcapSettings(name, source, mode, writeFile, live, file, other, localAddress);
    }

    PcapSettings withWriteFile(final Path path) {
        return new PcapSettings(name, source, mode, Optional.of(path), live, file, limits, localAddress);
    }

    /** Whether the source is a file: it has a path separator, or a file of that name is there. An interface has no separator. */
    boolean readsFile() {
        return source.isPresent()
                && (source.get().indexOf('/') >= 0
                        || source.get().indexOf('\\') >= 0 && !source.get().startsWith("\\Device\\")
                        || java.nio.file.Files.isRegularFile(Path.of(source.get())));
    }
}
