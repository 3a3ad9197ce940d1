// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench;

import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.nbl.NetBufferList;

/** Three clients that count what comes back; alike, and yet three types. */
final class Clients {
    private Clients() {}

    /** A client's context that counts. */
    abstract static class Counting implements ClientVcContext {
        private long completed;

        final void count(final NetBufferList nbls) {
            completed += nbls.chainLength();
        }

        final long completed() {
            return completed;
        }

        @Override
        public void receiveNetBufferLists(final ClientVc vc, final NetBufferList nbls, final int flags) {
            vc.returnNetBufferLists(nbls, flags);
        }
    }

    static Counting create(final int kind) {
        return switch (kind) {
            case 0 -> new First();
            case 1 -> new Second();
            default -> new Third();
        };
    }

    private static final class First extends Counting {
        @Override
        public void sendNetBufferListsComplete(final ClientVc vc, final NetBufferList nbls, final int flags) {
            count(nbls);
        }
    }

    private static final class Second extends Counting {
        @Override
        public void sendNetBufferListsComplete(final ClientVc vc, final NetBufferList nbls, final int flags) {
            count(nbls);
        }
    }

    private static final class Third extends Counting {
        @Override
        public void sendNetBufferListsComplete(final ClientVc vc, final NetBufferList nbls, final int flags) {
            count(nbls);
        }
    }
}
