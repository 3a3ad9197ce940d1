// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import java.util.SplittableRandom;

/**
 * One direction of a link: takes PDUs from a feeder one after the other as its rate allows, treats them as its profile
 * says, and hands them to a sink when they arrive. Confined to the network's thread.
 *
 * <p>Accounts are kept in link time, not in the time the thread happens to run: a PDU that waited while the link was busy
 * starts at the nanosecond at which the one before ended. So a late thread delays PDUs but never lowers the rate.
 */
final class Wire {

    /** PDUs in one turn, so that one busy link does not keep the others waiting. */
    private static final int TURN = 256;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** Where PDUs come from. */
    interface Feeder {

        /** Makes the next PDU the current one; false if there is none. */
        boolean advance();

        /** The current PDU; the wire owns it from now on. */
        WirePdu current();

        /** What the link does to the current PDU. */
        LinkProfile profile();

        /** False if whoever gave the current PDU has gone: it never leaves then. */
        boolean stands();

        /** The current PDU has left the feeder's end, or (false) was thrown away because the link is down. */
        void left(boolean sent);

        void turnEnded();
    }

    /** Where PDUs go to. */
    interface Sink {

        /** Takes the PDU over, or (false) leaves it where it is until {@link Wire#resume}. */
        boolean deliver(WirePdu pdu);

        void turnEnded();
    }

    private final SimTime time;
    private final SimMedium medium;
    private final SplittableRandom random;
    private final PduPool pool;
    private final Feeder feeder;
    private final Sink sink;
    private final LinkCounters counters = new LinkCounters();
    private final PduList onTheWay = new PduList();
    private final SimAlarm sentAlarm = new SimAlarm(this::pump);
    private final SimAlarm arrivalAlarm = new SimAlarm(this::deliverDue);
    private final SimTask pumpTask = SimTask.of(this::pump);
    private final SimTask resumeTask = SimTask.of(this::resumeNow);

    private LinkProfile profile;
    private long latency;
    private long jitter;
    private boolean sending;
    private WirePdu sendingPdu;
    private long freeAt;
    private long lastArrival;
    private boolean up = true;
    private boolean stalled;
    private boolean blocked;

    Wire(
            SimTime time,
            SimMedium medium,
            LinkProfile profile,
            SplittableRandom random,
            PduPool pool,
            Feeder feeder,
            Sink sink) {
        this.time = time;
        this.medium = medium;
        this.profile = profile;
        this.random = random;
        this.pool = pool;
        this.feeder = feeder;
        this.sink = sink;
        setProfile(profile);
        this.freeAt = time.nanoTime();
        this.lastArrival = freeAt;
    }

    LinkCounters counters() {
        return counters;
    }

    /** Any thread: the feeder has something. */
    void requestPump() {
        time.post(pumpTask);
    }

    /** The sink has room again. */
    void resume() {
        time.post(resumeTask);
    }

    private void resumeNow() {
        blocked = false;
        deliverDue();
    }

    void setProfile(LinkProfile changed) {
        profile = changed;
        latency = changed.latency().toNanos();
        jitter = changed.jitter().toNanos();
    }

    void setUp(boolean newUp) {
        up = newUp;
        if (!up) {
            dropAll();
        }
        pump();
    }

    /** The NIC is gone: the feeder is not asked and not told any more. */
    void dropForGood() {
        up = false;
        dropAll();
    }

    /** The PDU that is being sent does not leave. */
    void abandon() {
        time.disarm(sentAlarm);
        if (sending) {
            sending = false;
            freeAt = Math.min(freeAt, time.nanoTime());
            pool.recycle(sendingPdu);
            feeder.left(false);
        }
    }

    private void dropAll() {
        abandon();
        time.disarm(arrivalAlarm);
        while (!onTheWay.isEmpty()) {
            counters.add(LinkCounters.OUTAGE, 1);
            pool.recycle(onTheWay.poll());
        }
        blocked = false;
        stalled = false;
        freeAt = time.nanoTime();
    }

    void pump() {
        if (up) {
            transmit();
        } else {
            discard();
        }
        feeder.turnEnded();
        if (up) {
            deliverDue();
        }
    }

    private void discard() {
        while (feeder.advance()) {
            pool.recycle(feeder.current());
            feeder.left(false);
        }
    }

    private void transmit() {
        long now = time.nanoTime();
        long start = sending ? freeAt : Math.max(freeAt, now);
        for (int i = 0; i < TURN; i++) {
            if (sending && !finishSending(now)) {
                return;
            }
            if (onTheWay.size() >= profile.queueCapacity()) {
                stalled = true;
                return;
            }
            if (!feeder.advance()) {
                return;
            }
            beginSending(feeder.current(), start);
            start = freeAt;
        }
        requestPump();
    }

    private void beginSending(WirePdu pdu, long start) {
        LinkProfile own = feeder.profile();
        if (!own.equals(profile)) {
            setProfile(own);
        }
        sending = true;
        sendingPdu = pdu;
        freeAt = start + sendNanos(pdu.length());
    }

    private long sendNanos(int octets) {
        long rate = profile.bitsPerSecond();
        if (rate == 0) {
            return 0;
        }
        return (medium.wireBits(octets) * NANOS_PER_SECOND + rate - 1) / rate;
    }

    private boolean finishSending(long now) {
        if (freeAt > now) {
            time.arm(sentAlarm, freeAt);
            return false;
        }
        if (!feeder.stands()) {
            abandon();
            return true;
        }
        sending = false;
        carry(sendingPdu);
        feeder.left(true);
        return true;
    }

    /** Puts the PDU, whose last bit left at freeAt, on its way. */
    private void carry(WirePdu pdu) {
        counters.add(LinkCounters.OFFERED, 1);
        counters.add(LinkCounters.OCTETS, pdu.length());
        long arrival = freeAt + latency + (jitter == 0 ? 0 : random.nextLong(jitter + 1));
        if (isSpared(pdu)) {
            enqueueInOrder(pdu, arrival);
            return;
        }
        if (hit(profile.loss())) {
            counters.add(LinkCounters.LOST, 1);
            pool.recycle(pdu);
            return;
        }
        if (pdu.length() > 0 && hit(profile.corruption())) {
            counters.add(LinkCounters.CORRUPTED, 1);
            pdu.flipBit(random.nextInt(pdu.length() * 8));
        }
        if (hit(profile.reordering())) {
            counters.add(LinkCounters.REORDERED, 1);
            pdu.arrival = arrival + profile.reorderDelay().toNanos();
            onTheWay.addByArrival(pdu);
        } else {
            enqueueInOrder(pdu, arrival);
        }
        if (hit(profile.duplication())) {
            counters.add(LinkCounters.DUPLICATED, 1);
            WirePdu copy = pool.take();
            copy.copyFrom(pdu);
            onTheWay.addByArrival(copy);
        }
    }

    private void enqueueInOrder(WirePdu pdu, long arrival) {
        lastArrival = Math.max(arrival, lastArrival);
        pdu.arrival = lastArrival;
        onTheWay.addByArrival(pdu);
    }

    private boolean isSpared(WirePdu pdu) {
        return !profile.impairSignaling() && medium == SimMedium.ATM && pdu.label() == SimNetwork.SIGNALING_LABEL;
    }

    private boolean hit(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    private void deliverDue() {
        if (blocked) {
            return;
        }
        long now = onTheWay.isEmpty() ? 0 : time.nanoTime();
        while (!onTheWay.isEmpty() && onTheWay.peek().arrival <= now) {
            WirePdu pdu = onTheWay.poll();
            if (!sink.deliver(pdu)) {
                onTheWay.pushBack(pdu);
                blocked = true;
                break;
            }
            counters.add(LinkCounters.DELIVERED, 1);
        }
        sink.turnEnded();
        armArrival();
        if (stalled && onTheWay.size() < profile.queueCapacity()) {
            stalled = false;
            requestPump();
        }
    }

    private void armArrival() {
        if (blocked || onTheWay.isEmpty()) {
            time.disarm(arrivalAlarm);
        } else {
            time.arm(arrivalAlarm, onTheWay.peek().arrival);
        }
    }
}
