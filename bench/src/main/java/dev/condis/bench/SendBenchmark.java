// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench;

import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.nbl.NetBufferListQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A send and its completion: client, core, miniport, core, client. Beside it the same client and the same miniport joined by plain
 * interface calls, which is the cost that cannot be undercut. Three types of client and three of miniport take turns, so that no call
 * is resolved to one type.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class SendBenchmark {
    private static final int KINDS = 3;

    /** How many NBLs go in one chain. */
    @Param({"1", "32"})
    private int chainLength;

    private final Stack[] throughCore = new Stack[KINDS];
    private final Stack[] plain = new Stack[KINDS];
    private final NetBufferList[] chains = new NetBufferList[KINDS];
    private int turn;

    /** Two ends of a VC. */
    interface Stack {
        void send(NetBufferList nbls);

        long completed();
    }

    /** Makes the ends and the chains that travel between them. */
    @Setup
    public void setUp() {
        for (int kind = 0; kind < KINDS; kind++) {
            throughCore[kind] = CoreStack.create(kind);
            plain[kind] = PlainStack.create(kind);
            chains[kind] = chain();
        }
    }

    private NetBufferList chain() {
        final NetBufferListPool pool = new NetBufferListPool("bench", chainLength, 64);
        final NetBufferListQueue queue = new NetBufferListQueue();
        for (int i = 0; i < chainLength; i++) {
            queue.add(pool.allocate());
        }
        return queue.takeAll();
    }

    /**
     * Client to miniport and back through the core.
     *
     * @return how many NBLs came back, so that nothing is optimised away
     */
    @Benchmark
    public long core() {
        return sendOn(throughCore);
    }

    /**
     * Client to miniport and back by plain interface calls.
     *
     * @return how many NBLs came back, so that nothing is optimised away
     */
    @Benchmark
    public long plain() {
        return sendOn(plain);
    }

    private long sendOn(final Stack[] stacks) {
        final int kind = turn;
        turn = kind + 1 == KINDS ? 0 : kind + 1;
        final Stack stack = stacks[kind];
        stack.send(chains[kind]);
        return stack.completed();
    }
}
