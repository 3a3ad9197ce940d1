// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

/** PDUs in order, linked through themselves. Confined to one thread. */
final class PduList {

    private WirePdu head;
    private WirePdu tail;
    private int size;

    boolean isEmpty() {
        return head == null;
    }

    int size() {
        return size;
    }

    WirePdu peek() {
        return head;
    }

    void add(WirePdu pdu) {
        insertAfter(tail, pdu);
    }

    /** Inserts behind everything that arrives at the same time or earlier; usually that is the end. */
    void addByArrival(WirePdu pdu) {
        WirePdu before = tail;
        while (before != null && before.arrival > pdu.arrival) {
            before = before.previous;
        }
        insertAfter(before, pdu);
    }

    /** Puts back in front what was taken out. */
    void pushBack(WirePdu pdu) {
        insertAfter(null, pdu);
    }

    /** Takes the first out. Call only if not empty. */
    WirePdu poll() {
        WirePdu first = head;
        head = first.next;
        if (head == null) {
            tail = null;
        } else {
            head.previous = null;
        }
        first.next = null;
        size--;
        return first;
    }

    private void insertAfter(WirePdu before, WirePdu pdu) {
        WirePdu after = before == null ? head : before.next;
        pdu.previous = before;
        pdu.next = after;
        if (before == null) {
            head = pdu;
        } else {
            before.next = pdu;
        }
        if (after == null) {
            tail = pdu;
        } else {
            after.previous = pdu;
        }
        size++;
    }
}
