// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.media.MacAddress;
import java.util.Optional;

/**
 * The way to the wire: opens what frames come from and go to. The seam for another one than pcap4j (a packet socket with a ring, another binding of
 * libpcap): whoever implements this with a {@link FrameSource} and a {@link FrameSender} of its own is chosen in {@link PcapHost}, and nowhere else;
 * flows, rundown, counters and calls are above it and do not see the difference.
 *
 * <p>What an implementation keeps to: frames of one source come from one thread, in the order of capture, stamped with the kernel's time in
 * nanoseconds since 1970, without FCS, with tags where they were on the wire; {@link FrameSource} says how it ends. A send has left when it returns.
 * Thread level: opening blocks, {@code PASSIVE}. Errors are {@link CaptureException}s whose message tells an operator what to do.
 */
interface FrameBackend {

    /**
     * An interface, open both ways.
     *
     * @param source its frames
     * @param sender where frames go
     * @param address its station address; empty if it has none
     * @param mtu octets that a frame may have after its Ethernet header
     */
    record Nic(FrameSource source, FrameSender sender, Optional<MacAddress> address, int mtu) {}

    /**
     * Opens an interface.
     *
     * @param name its name
     * @param live how
     * @return the interface; the caller closes source and sender
     * @throws CaptureException if it cannot be opened; nothing stays open then
     */
    Nic openInterface(String name, PcapSettings.Live live) throws CaptureException;

    /**
     * Opens a capture file.
     *
     * @param path its path
     * @param reading how it is read
     * @return its frames; the caller closes it
     * @throws CaptureException if it cannot be opened; nothing stays open then
     */
    FrameSource openFile(String path, PcapSettings.FileReading reading) throws CaptureException;

    /**
     * Finds out whether {@link #openInterface} would succeed, as cheaply as can be.
     *
     * @param name its name
     * @param live how
     * @return the kind of its frames
     * @throws CaptureException if it would not
     */
    LinkType probeInterface(String name, PcapSettings.Live live) throws CaptureException;

    /**
     * Finds out whether {@link #openFile} would succeed, without inflating a compressed file.
     *
     * @param path its path
     * @param reading how it is read
     * @return the kind of its frames; Ethernet of a compressed file
     * @throws CaptureException if it would not
     */
    LinkType probeFile(String path, PcapSettings.FileReading reading) throws CaptureException;
}
