// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.oid;

import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Answers requests for the OIDs that are declared in it, with the rules about lengths and statuses that are the same for every target:
 * an OID that is not declared, the wrong type of request, a buffer that is too short (rules R196, R197, R201).
 * {@code OID_GEN_CO_SUPPORTED_LIST} is answered from the table itself. Immutable; thread safe when its suppliers are.
 */
public final class OidTable {
    private static final int U32 = Integer.BYTES;
    private static final int U64 = Long.BYTES;

    private final Map<Oid, Entry> entries;
    private final NdisStatus unknown;

    /** One OID: how it is queried, how it is set. */
    private record Entry(
            Function<OidRequest, OidResult> query, Function<OidRequest, OidResult> set, boolean supported) {}

    private OidTable(final Map<Oid, Entry> entries, final NdisStatus unknown) {
        this.entries = entries;
        this.unknown = unknown;
    }

    /**
     * Starts the table of a miniport: it answers an unknown OID with {@code INVALID_OID}, and lists itself.
     *
     * @return a builder
     */
    public static Builder ofMiniport() {
        return new Builder(NdisStatus.INVALID_OID);
    }

    /**
     * Starts the table of a client or a call manager: it answers an unknown OID with {@code NOT_SUPPORTED}.
     *
     * @return a builder
     */
    public static Builder ofProtocol() {
        return new Builder(NdisStatus.NOT_SUPPORTED);
    }

    /**
     * Answers a request.
     *
     * @param request what is asked
     * @return the answer: {@code INVALID_OID} (miniport) or {@code NOT_SUPPORTED} (protocol) when the OID is not declared,
     *     {@code NOT_SUPPORTED} when it cannot be queried, or not be set, {@code INVALID_LENGTH} when the buffer has the wrong length (R201),
     *     {@code BUFFER_TOO_SHORT} when it is too short, {@code INVALID_DATA} when the information cannot be set
     */
    public OidResult answer(final OidRequest request) {
        final Entry entry = entries.get(request.oid());
        if (entry == null) {
            return OidResult.failure(unknown);
        }
        return (request.type() == OidRequest.Type.QUERY ? entry.query : entry.set).apply(request);
    }

    /**
     * The OIDs that are declared.
     *
     * @return in the order of their declaration
     */
    public List<Oid> oids() {
        return List.copyOf(entries.keySet());
    }

    /**
     * Numbers of 32 bits, little-endian.
     *
     * @param numbers the numbers
     * @return 4 octets for each
     */
    public static Octets u32(final int... numbers) {
        final ByteBuffer buffer = ByteBuffer.allocate(numbers.length * U32).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.stream(numbers).forEach(buffer::putInt);
        return Octets.of(buffer.array());
    }

    /**
     * A number of 64 bits, little-endian.
     *
     * @param number the number
     * @return 8 octets
     */
    public static Octets u64(final long number) {
        return Octets.of(ByteBuffer.allocate(U64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(number)
                .array());
    }

    /**
     * Reads a number of 4 or of 8 octets, little-endian, as statistics are answered (rule R201).
     *
     * @param octets the octets
     * @return the number; one of 4 octets is taken as unsigned
     * @throws IllegalArgumentException if there are neither 4 nor 8 octets
     */
    public static long number(final Octets octets) {
        final ByteBuffer buffer = ByteBuffer.wrap(octets.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        return switch (octets.length()) {
            case U32 -> Integer.toUnsignedLong(buffer.getInt());
            case U64 -> buffer.getLong();
            default ->
                throw new IllegalArgumentException(
                        "a number has 4 or 8 octets, not " + octets.length() + ": " + octets);
        };
    }

    /** Declares OIDs. Confined to one thread. */
    public static final class Builder {
        private final Map<Oid, Entry> entries = new LinkedHashMap<>();
        private final NdisStatus unknown;

        private Builder(final NdisStatus unknown) {
            this.unknown = unknown;
        }

        /**
         * An OID that is queried. A buffer that is shorter than the information is answered with {@code BUFFER_TOO_SHORT}.
         *
         * @param oid the OID
         * @param information gives the information at the time of the query
         * @return this
         */
        public Builder query(final Oid oid, final Supplier<Octets> information) {
            Objects.requireNonNull(information, "information");
            return declare(oid, request -> wholeOrNothing(request, information.get()), Builder::notSupported);
        }

        /**
         * A counter. A buffer of 8 octets or more is answered with 8, one of 4 to 7 octets with the lower 4, a shorter one with
         * {@code INVALID_LENGTH} and the size that it takes (rule R201).
         *
         * @param oid the OID
         * @param counter gives the count at the time of the query
         * @return this
         */
        public Builder counter(final Oid oid, final LongSupplier counter) {
            Objects.requireNonNull(counter, "counter");
            return declare(oid, request -> count(request, counter.getAsLong()), Builder::notSupported);
        }

        /**
         * An OID that is set.
         *
         * @param oid the OID
         * @param length how many octets it takes; another number is answered with {@code INVALID_LENGTH}
         * @param setter takes the information; answers success, {@code INVALID_DATA} when it is out of range, or another status
         * @return this
         * @throws IllegalArgumentException if the length is negative
         */
        public Builder set(final Oid oid, final int length, final Function<Octets, NdisStatus> setter) {
            Objects.requireNonNull(setter, "setter");
            if (length < 0) {
                throw new IllegalArgumentException("the length of " + oid + " is negative: " + length);
            }
            return declare(oid, Builder::notSupported, request -> {
                if (request.information().length() != length) {
                    return OidResult.wrongLength(NdisStatus.INVALID_LENGTH, length);
                }
                return ofStatus(setter.apply(request.information()));
            });
        }

        /**
         * An OID that is set with information of any length.
         *
         * @param oid the OID
         * @param setter takes the information; answers success, {@code INVALID_DATA}, {@code INVALID_LENGTH} or another status
         * @return this
         */
        public Builder set(final Oid oid, final Function<Octets, NdisStatus> setter) {
            Objects.requireNonNull(setter, "setter");
            return declare(oid, Builder::notSupported, request -> ofStatus(setter.apply(request.information())));
        }

        /**
         * An OID that the target knows and does not support: {@code NOT_SUPPORTED} (rule R197). It is not listed as supported.
         *
         * @param oid the OID
         * @return this
         */
        public Builder unsupported(final Oid oid) {
            return declare(oid, new Entry(Builder::notSupported, Builder::notSupported, false));
        }

        private Builder declare(
                final Oid oid, final Function<OidRequest, OidResult> query, final Function<OidRequest, OidResult> set) {
            return declare(oid, new Entry(query, set, true));
        }

        private Builder declare(final Oid oid, final Entry entry) {
            Objects.requireNonNull(oid, "oid");
            if (entries.putIfAbsent(oid, entry) != null) {
                throw new IllegalArgumentException(oid + " is declared already");
            }
            return this;
        }

        private static OidResult wholeOrNothing(final OidRequest request, final Octets information) {
            return request.bufferLength() < information.length()
                    ? OidResult.wrongLength(NdisStatus.BUFFER_TOO_SHORT, information.length())
                    : OidResult.success(information);
        }

        private static OidResult count(final OidRequest request, final long count) {
            if (request.bufferLength() < U32) {
                return OidResult.wrongLength(NdisStatus.INVALID_LENGTH, U64);
            }
            return OidResult.success(request.bufferLength() < U64 ? u32((int) count) : u64(count));
        }

        private static OidResult ofStatus(final NdisStatus status) {
            return status.isSuccess() ? OidResult.success() : OidResult.failure(status);
        }

        private static OidResult notSupported(final OidRequest request) {
            return OidResult.failure(NdisStatus.NOT_SUPPORTED);
        }

        /**
         * Ends the declaration.
         *
         * @return the table
         */
        public OidTable build() {
            if (unknown == NdisStatus.INVALID_OID) {
                final Octets list = supportedList();
                entries.putIfAbsent(
                        Oid.GEN_CO_SUPPORTED_LIST,
                        new Entry(request -> wholeOrNothing(request, list), Builder::notSupported, true));
            }
            return new OidTable(Collections.unmodifiableMap(new LinkedHashMap<>(entries)), unknown);
        }

        private Octets supportedList() {
            final List<Oid> oids = new ArrayList<>(List.of(Oid.GEN_CO_SUPPORTED_LIST));
            entries.forEach((oid, entry) -> {
                if (entry.supported) {
                    oids.add(oid);
                }
            });
            return u32(oids.stream().mapToInt(Oid::code).toArray());
        }
    }

    /**
     * A text for people as OIDs carry it: ASCII, terminated by a zero octet.
     *
     * @param text the text
     * @return its octets
     */
    public static Octets text(final String text) {
        final byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        return Octets.of(Arrays.copyOf(ascii, ascii.length + 1));
    }
}
