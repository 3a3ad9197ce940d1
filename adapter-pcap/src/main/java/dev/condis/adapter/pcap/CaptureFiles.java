// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Capture files before libpcap sees them: whether they are there, whether they look like captures, and inflating compressed
 * ones into a bounded temporary file.
 */
final class CaptureFiles {

    private static final int MAGIC_BYTES = 4;
    private static final int GZIP_MAGIC = 0x1f8b;
    private static final int BUFFER_BYTES = 1 << 16;

    /**
     * A file that libpcap can open.
     *
     * @param path the file
     * @param temporary whether it is ours and is deleted after use
     */
    record Openable(Path path, boolean temporary) {

        /** Deletes the file if it is temporary. */
        void release() throws IOException {
            if (temporary) {
                Files.deleteIfExists(path);
            }
        }
    }

    private CaptureFiles() {}

    /** Checks without libpcap what can be checked, and reads no more than the first octets. */
    static void check(final String source) throws CaptureException {
        final Path path = pathOf(source);
        if (!Files.exists(path)) {
            throw new CaptureException("no such file: " + path);
        }
        if (!Files.isRegularFile(path)) {
            throw new CaptureException("not a regular file: " + path);
        }
        if (!Files.isReadable(path)) {
            throw new CaptureException("no permission to read " + path);
        }
        checkMagic(path, firstOctets(path));
    }

    private static Path pathOf(final String source) throws CaptureException {
        try {
            return Path.of(source).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new CaptureException("not a path: " + source, e);
        }
    }

    private static byte[] firstOctets(final Path path) throws CaptureException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES)) {
            in.mark(MAGIC_BYTES);
            final byte[] raw = in.readNBytes(MAGIC_BYTES);
            if (!isGzip(raw)) {
                return raw;
            }
            in.reset();
            return new GZIPInputStream(in).readNBytes(MAGIC_BYTES);
        } catch (IOException e) {
            throw new CaptureException("cannot read " + path + ": " + describe(e), e);
        }
    }

    /** Whether a file that {@link #check} found good is compressed. */
    static boolean isCompressed(final String source) throws CaptureException {
        final Path path = pathOf(source);
        try (InputStream in = Files.newInputStream(path)) {
            return isGzip(in.readNBytes(MAGIC_BYTES));
        } catch (IOException e) {
            throw new CaptureException("cannot read " + path + ": " + describe(e), e);
        }
    }

    private static boolean isGzip(final byte[] start) {
        return start.length >= 2 && ((start[0] & 0xff) << 8 | start[1] & 0xff) == GZIP_MAGIC;
    }

    private static void checkMagic(final Path path, final byte[] start) throws CaptureException {
        if (start.length < MAGIC_BYTES) {
            throw new CaptureException("not a capture file, it ends before its header: " + path);
        }
        int magic = 0;
        for (final byte octet : start) {
            magic = magic << 8 | octet & 0xff;
        }
        final Optional<String> compression = foreignCompression(magic);
        if (compression.isPresent()) {
            throw new CaptureException("compressed with " + compression.get()
                    + ", but only gzip is inflated here; do that first: " + path);
        }
        if (!isCaptureMagic(magic) && !isCaptureMagic(Integer.reverseBytes(magic))) {
            throw new CaptureException(String.format(
                    "not a capture file, it begins with 0x%08x (pcap, pcapng or gzip of them): %s", magic, path));
        }
    }

    /** What a capture was compressed with that Java cannot inflate. */
    private static Optional<String> foreignCompression(final int magic) {
        if (magic >>> 8 == 0x42_5a68) {
            return Optional.of("bzip2");
        }
        return switch (magic) {
            case 0x28b5_2ffd -> Optional.of("zstd");
            case 0xfd37_7a58 -> Optional.of("xz");
            case 0x0422_4d18 -> Optional.of("lz4");
            default -> Optional.empty();
        };
    }

    private static boolean isCaptureMagic(final int magic) {
        // pcap, pcap with nanoseconds, Kuznetzov's pcap, pcapng
        return magic == 0xa1b2c3d4 || magic == 0xa1b23c4d || magic == 0xa1b2cd34 || magic == 0x0a0d0d0a;
    }

    /**
     * Gives libpcap a file that it can open, inflating a compressed one.
     *
     * @param source the path
     * @param maxInflatedBytes most octets to inflate
     * @return the file, to be released after use
     */
    static Openable open(final String source, final long maxInflatedBytes) throws CaptureException {
        check(source);
        final Path path = pathOf(source);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES)) {
            in.mark(MAGIC_BYTES);
            final boolean compressed = isGzip(in.readNBytes(MAGIC_BYTES));
            in.reset();
            return compressed ? inflate(path, in, maxInflatedBytes) : new Openable(path, false);
        } catch (IOException e) {
            throw new CaptureException("cannot read " + path + ": " + describe(e), e);
        }
    }

    private static Openable inflate(final Path path, final InputStream in, final long maxInflatedBytes)
            throws IOException, CaptureException {
        final Openable inflated = new Openable(Files.createTempFile("condis-", ".capture"), true);
        boolean complete = false;
        try (OutputStream out = Files.newOutputStream(inflated.path())) {
            final Optional<String> problem = copy(in, out, maxInflatedBytes);
            if (problem.isPresent()) {
                throw new CaptureException(problem.get() + ": " + path);
            }
            complete = true;
        } finally {
            if (!complete) {
                inflated.release();
            }
        }
        return inflated;
    }

    /** Inflates; a stream that breaks off leaves what was readable, as an uncompressed capture that breaks off would. */
    private static Optional<String> copy(final InputStream in, final OutputStream out, final long most)
            throws IOException {
        final byte[] buffer = new byte[BUFFER_BYTES];
        long total = 0;
        try (GZIPInputStream inflating = new GZIPInputStream(in, BUFFER_BYTES)) {
            for (int n = inflating.read(buffer); n >= 0; n = inflating.read(buffer)) {
                total += n;
                if (total > most) {
                    return Optional.of(
                            "the compressed capture inflates to more than " + most + " bytes (maxInflatedBytes)");
                }
                out.write(buffer, 0, n);
            }
        } catch (java.util.zip.ZipException | java.io.EOFException e) {
            return total == 0 ? Optional.of("the compressed capture is damaged: " + describe(e)) : Optional.empty();
        }
        return Optional.empty();
    }

    static String describe(final IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
