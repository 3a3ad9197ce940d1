// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import dev.condis.api.media.MacAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A driver that sends what a test queues and writes down what happens, with the time. */
final class RecordingNic implements NicDriver {

    record Arrival(int label, long nanos, byte[] octets, boolean damaged) {

        int number() {
            return ByteBuffer.wrap(octets).getInt();
        }
    }

    record Outgoing(int label, byte[] octets) {}

    final SimNetwork network;
    final NicPort port;
    final Deque<Outgoing> queue = new ArrayDeque<>();
    final List<Arrival> arrivals = new ArrayList<>();
    final List<Long> sentAt = new ArrayList<>();
    final List<Boolean> linkChanges = new ArrayList<>();
    int notSent;
    int receiveBatches;

    RecordingNic(SimNetwork network, long address, LinkProfile profile) {
        this.network = network;
        this.port = network.attach(new MacAddress(address), profile, this).orElseThrow();
    }

    void send(AtmLabel label, byte[] octets) {
        queue.add(new Outgoing(label.packed(), octets));
        port.requestTransmit();
    }

    /** Queues numbered PDUs; the number stands in the first four octets. */
    void sendNumbered(AtmLabel label, int count, int length) {
        for (int i = 0; i < count; i++) {
            send(label, ByteBuffer.allocate(length).putInt(i).array());
        }
    }

    List<Integer> numbers() {
        return arrivals.stream().map(Arrival::number).toList();
    }

    @Override
    public boolean nextToTransmit(WirePdu pdu) {
        Outgoing next = queue.poll();
        if (next == null) {
            return false;
        }
        pdu.label(next.label());
        pdu.append(next.octets(), 0, next.octets().length);
        return true;
    }

    @Override
    public void transmitted(boolean sent) {
        if (sent) {
            sentAt.add(network.time().nanoTime());
        } else {
            notSent++;
        }
    }

    @Override
    public void transmitBatchEnded() {
        // Sends are recorded one by one.
    }

    @Override
    public void received(WirePdu pdu) {
        arrivals.add(new Arrival(pdu.label(), network.time().epochNanos(), pdu.toBytes(), pdu.isDamaged()));
    }

    @Override
    public void receiveBatchEnded() {
        receiveBatches++;
    }

    @Override
    public void linkChanged(boolean up) {
        linkChanges.add(up);
    }
}
