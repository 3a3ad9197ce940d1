// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.Octets;
import dev.condis.api.media.MacAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Octets that prove later that they were given away here: the cookies of an access concentrator and a host's own marks. Nothing is remembered for any
 * of them; they carry a number used once, a time, and a keyed hash over these and whom they are for (RFC 2516, appendix A, AC-Cookie). Confined to the
 * loop.
 */
final class CookieJar {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY = 32;
    private static final int HASH = 16;
    private static final int CLEAR = 2 * Long.BYTES;
    /** Octets of each. */
    static final int LENGTH = CLEAR + HASH;

    private final RandomGenerator random;
    private final SignalingLoop loop;
    private final Supplier<Duration> life;
    /** How long the machine runs is nobody's business. */
    private final long origin;

    private final Mac mac;

    CookieJar(final RandomGenerator random, final SignalingLoop loop, final Supplier<Duration> life) {
        this.random = random;
        this.loop = loop;
        this.life = life;
        this.origin = loop.nanoTime();
        final byte[] key = new byte[KEY];
        random.nextBytes(key);
        this.mac = keyed(key);
    }

    private static Mac keyed(final byte[] key) {
        try {
            final Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac;
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /** Octets for a station on a link; no two are equal. */
    Octets bake(final DiscoveryLink link, final MacAddress peer) {
        final byte[] clear = ByteBuffer.allocate(CLEAR)
                .putLong(random.nextLong())
                .putLong(loop.nanoTime() - origin)
                .array();
        final byte[] cookie = Arrays.copyOf(clear, LENGTH);
        System.arraycopy(hash(link, peer, clear), 0, cookie, CLEAR, HASH);
        return Octets.of(cookie);
    }

    /** Whether octets were given to that station on that link, and not too long ago. */
    boolean isGood(final DiscoveryLink link, final MacAddress peer, final Octets cookie) {
        if (cookie.length() != LENGTH) {
            return false;
        }
        final byte[] octets = cookie.toByteArray();
        final byte[] clear = Arrays.copyOf(octets, CLEAR);
        final byte[] hash = Arrays.copyOfRange(octets, CLEAR, LENGTH);
        if (!MessageDigest.isEqual(hash, Arrays.copyOf(hash(link, peer, clear), HASH))) {
            return false;
        }
        final long age = loop.nanoTime() - origin - ByteBuffer.wrap(clear).getLong(Long.BYTES);
        return age >= 0 && age <= life.get().toNanos();
    }

    private byte[] hash(final DiscoveryLink link, final MacAddress peer, final byte[] clear) {
        mac.update(link.name());
        mac.update(ByteBuffer.allocate(Long.BYTES).putLong(peer.value()).array());
        return mac.doFinal(clear);
    }
}
