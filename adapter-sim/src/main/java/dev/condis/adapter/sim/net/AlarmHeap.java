// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import java.util.Arrays;

/** Binary heap of armed alarms, ordered by due time, then by the order of arming. Confined to one thread. */
final class AlarmHeap {

    private SimAlarm[] heap = new SimAlarm[16];
    private int size;
    private long sequence;

    boolean isEmpty() {
        return size == 0;
    }

    /** Due time of the first alarm; {@link Long#MAX_VALUE} if none is armed. */
    long nextDue() {
        return size == 0 ? Long.MAX_VALUE : heap[0].at;
    }

    void arm(SimAlarm alarm, long at) {
        disarm(alarm);
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        alarm.at = at;
        alarm.sequence = sequence++;
        siftUp(size++, alarm);
    }

    void disarm(SimAlarm alarm) {
        if (!alarm.isArmed()) {
            return;
        }
        int hole = alarm.index;
        alarm.index = SimAlarm.NOT_ARMED;
        SimAlarm last = heap[--size];
        heap[size] = null;
        if (last == alarm) {
            return;
        }
        siftDown(hole, last);
        if (last.index == hole) {
            siftUp(hole, last);
        }
    }

    /** Takes the first alarm out. Call only if not empty. */
    SimAlarm pop() {
        SimAlarm first = heap[0];
        disarm(first);
        return first;
    }

    private void siftUp(int start, SimAlarm alarm) {
        int hole = start;
        while (hole > 0) {
            int parent = (hole - 1) >>> 1;
            if (!before(alarm, heap[parent])) {
                break;
            }
            place(hole, heap[parent]);
            hole = parent;
        }
        place(hole, alarm);
    }

    private void siftDown(int start, SimAlarm alarm) {
        int hole = start;
        while (2 * hole + 1 < size) {
            int child = 2 * hole + 1;
            if (child + 1 < size && before(heap[child + 1], heap[child])) {
                child++;
            }
            if (!before(heap[child], alarm)) {
                break;
            }
            place(hole, heap[child]);
            hole = child;
        }
        place(hole, alarm);
    }

    private void place(int index, SimAlarm alarm) {
        heap[index] = alarm;
        alarm.index = index;
    }

    private static boolean before(SimAlarm left, SimAlarm right) {
        return left.at < right.at || (left.at == right.at && left.sequence < right.sequence);
    }
}
