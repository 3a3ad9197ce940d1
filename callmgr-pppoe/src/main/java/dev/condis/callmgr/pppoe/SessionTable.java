// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.media.MacAddress;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The sessions of one adapter, in both roles, with the bounds on them. Ids that are given away here go round, so that one that has just become free is
 * not soon another session's. Confined to the loop, but for {@link #register}.
 */
final class SessionTable {
    private final Supplier<PppoeSettings.Limits> limits;
    private final Map<SessionKey, PppoeSession> sessions = new ConcurrentHashMap<>();
    private final Map<MacAddress, Integer> perPeer = new HashMap<>();
    private final BitSet given = new BitSet();
    private int slots;
    private int lastGiven;

    SessionTable(final Supplier<PppoeSettings.Limits> limits, final RandomGenerator random) {
        this.limits = limits;
        this.lastGiven = random.nextInt(DiscoveryPacket.LAST_SESSION_ID);
    }

    /** Sessions that are being made or established. */
    int size() {
        return slots;
    }

    /** Whether there is room for one more. */
    boolean hasRoom() {
        return slots < limits.get().sessions();
    }

    /** Whether there is room for one more that a station asks for. */
    boolean hasRoomFor(final MacAddress peer) {
        return hasRoom() && perPeer.getOrDefault(peer, 0) < limits.get().sessionsPerPeer();
    }

    /** Takes room for a call that is made from here. The caller has seen that there is. */
    void reserve() {
        slots++;
    }

    void unreserve() {
        slots--;
    }

    /**
     * Gives an id to a session that a station asks for, and takes room for it.
     *
     * @return the id; empty if every id is taken
     */
    OptionalInt give(final DiscoveryLink link, final MacAddress peer, final PppoeSession session) {
        for (int tries = 0; tries < DiscoveryPacket.LAST_SESSION_ID; tries++) {
            lastGiven = lastGiven % DiscoveryPacket.LAST_SESSION_ID + 1;
            // one of ours that the same station has given away would be the same on the wire
            if (!given.get(lastGiven) && register(new SessionKey(link, peer, lastGiven), session)) {
                given.set(lastGiven);
                perPeer.merge(peer, 1, Integer::sum);
                slots++;
                return OptionalInt.of(lastGiven);
            }
        }
        return OptionalInt.empty();
    }

    void takeBack(final SessionKey key, final PppoeSession session) {
        if (sessions.remove(key, session)) {
            given.clear(key.id());
            perPeer.computeIfPresent(key.peer(), (peer, count) -> count == 1 ? null : count - 1);
            slots--;
        }
    }

    /** Enters a session whose id the peer has given. False if there is one already. Any thread. */
    boolean register(final SessionKey key, final PppoeSession session) {
        return sessions.putIfAbsent(key, session) == null;
    }

    void unregister(final SessionKey key, final PppoeSession session) {
        sessions.remove(key, session);
    }

    Optional<PppoeSession> find(final SessionKey key) {
        return Optional.ofNullable(sessions.get(key));
    }
}
