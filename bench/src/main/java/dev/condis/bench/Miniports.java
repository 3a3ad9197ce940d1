// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcIndications;
import dev.condis.api.nbl.NetBufferList;
import java.util.concurrent.CompletionStage;

/** Three miniports that complete what they are given at once; alike, and yet three types. */
final class Miniports {
    private Miniports() {}

    static MiniportVcContext create(final int kind, final VcIndications vc) {
        return switch (kind) {
            case 0 -> new First(vc);
            case 1 -> new Second(vc);
            default -> new Third(vc);
        };
    }

    private abstract static class Instant implements MiniportVcContext {
        @Override
        public CompletionStage<NdisResult<CallParameters>> activateVc(final CallParameters parameters) {
            return NdisResult.success(parameters).asStage();
        }

        @Override
        public CompletionStage<NdisStatus> deactivateVc() {
            return NdisStatus.SUCCESS.asStage();
        }

        @Override
        public NdisStatus deleteVc() {
            return NdisStatus.SUCCESS;
        }

        @Override
        public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
            nbls.freeChain();
        }
    }

    private static final class First extends Instant {
        private final VcIndications vc;

        First(final VcIndications vc) {
            this.vc = vc;
        }

        @Override
        public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
            vc.sendNetBufferListsComplete(nbls, flags);
        }
    }

    private static final class Second extends Instant {
        private final VcIndications vc;

        Second(final VcIndications vc) {
            this.vc = vc;
        }

        @Override
        public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
            vc.sendNetBufferListsComplete(nbls, flags);
        }
    }

    private static final class Third extends Instant {
        private final VcIndications vc;

        Third(final VcIndications vc) {
            this.vc = vc;
        }

        @Override
        public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
            vc.sendNetBufferListsComplete(nbls, flags);
        }
    }
}
