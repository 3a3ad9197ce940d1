// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Indicates sent PDUs to their own sender, when it asks for that (R188): copies, lent for the time of the indication, one after the
 * other. Best effort, as in NDIS: a PDU that is longer than a copy can be, or comes when all copies are out, is not looped back and
 * counts as a refused receive. There are no more copies out than sends being looped back at one moment.
 */
final class Loopback {
    /** How many sends can be looped back at the same time. */
    static final int COPIES = 16;

    /** The longest PDU of the media that Condis knows, AAL5's. */
    static final int LONGEST_PDU = 65_535;

    private static final Logger LOG = LoggerFactory.getLogger(Loopback.class);

    private final String place;
    private volatile Optional<NetBufferListPool> pool = Optional.empty();

    Loopback(final String place) {
        this.place = place;
    }

    /** Indicates the PDUs of a chain that is about to be sent. */
    void indicate(final DataPath vc, final NetBufferList sent) {
        for (NetBufferList nbl = sent; nbl != null && vc.receives.isOpen(); nbl = nbl.next()) {
            indicateOne(vc, nbl);
        }
    }

    private void indicateOne(final DataPath vc, final NetBufferList sent) {
        if (sent.length() > LONGEST_PDU) {
            vc.receivesRefused.increment();
            return;
        }
        final NetBufferList copy = pool().allocate();
        if (copy == null) {
            vc.receivesRefused.increment();
            return;
        }
        fill(copy, sent);
        vc.indicate(vc.current(), copy, NblFlags.RECEIVE_RESOURCES);
        try {
            copy.freeChain();
        } catch (final IllegalStateException e) {
            LOG.error("R186: a lent NBL of {} was returned", vc, e);
        }
    }

    private static void fill(final NetBufferList copy, final NetBufferList sent) {
        final ByteBuffer source = sent.data();
        copy.data().put(0, source, source.position(), source.remaining());
        copy.data().limit(source.remaining());
        copy.setTimestampNanos(sent.timestampNanos());
    }

    /** Only who loops back pays for the copies. */
    private NetBufferListPool pool() {
        return pool.orElseGet(this::makePool);
    }

    private synchronized NetBufferListPool makePool() {
        final NetBufferListPool made =
                pool.orElseGet(() -> new NetBufferListPool("loopback of " + place, COPIES, LONGEST_PDU));
        pool = Optional.of(made);
        return made;
    }
}
