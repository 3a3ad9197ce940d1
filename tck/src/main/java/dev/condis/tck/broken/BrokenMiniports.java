// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.broken;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.StatusCode;
import dev.condis.api.status.StatusIndication;
import dev.condis.tck.reference.ReferenceChannel;
import dev.condis.tck.reference.ReferenceMiniport;
import dev.condis.tck.reference.ReferenceNetwork;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The reference miniport with one fault that is not in its VCs. */
final class BrokenMiniports {
    private static final int LATE_MILLIS = 20;

    private BrokenMiniports() {}

    static ReferenceMiniport keepsVcsOfFailedCreations(final ReferenceNetwork network) {
        return new ReferenceMiniport(network) {
            @Override
            public NdisResult<MiniportVcContext> createVc(final MiniportVc vc) {
                final NdisResult<MiniportVcContext> created = super.createVc(vc);
                return created.isSuccess() ? created : NdisResult.failure(NdisStatus.FAILURE);
            }
        };
    }

    static ReferenceMiniport haltsBeforeReceivesAreBack(final ReferenceNetwork network) {
        return new ReferenceMiniport(network) {
            @Override
            public void halt(final HaltAction action) {
                nic().detach();
                nic().endThread();
            }
        };
    }

    static ReferenceMiniport sendsOnAfterRemoval(final ReferenceNetwork network) {
        return new ReferenceMiniport(network) {
            @Override
            public void surpriseRemoved() {
                // nobody told the hardware
            }
        };
    }

    static ReferenceMiniport answersAfterRemoval(final ReferenceNetwork network) {
        return new ReferenceMiniport(network) {
            @Override
            protected OidResult answer(final Optional<ReferenceChannel> channel, final OidRequest request) {
                return nic().counters().answer(request);
            }
        };
    }

    static ReferenceMiniport leavesAThread(final ReferenceNetwork network) {
        return new ReferenceMiniport(network) {
            @Override
            public void halt(final HaltAction action) {
                nic().detach();
                nic().awaitReturns();
            }
        };
    }

    static ReferenceMiniport lacksAnOid(final ReferenceNetwork network) {
        return answering(
                network,
                (right, channel, request) -> request.oid().equals(Oid.GEN_CO_LINK_SPEED)
                        ? OidResult.failure(NdisStatus.INVALID_OID)
                        : right.get());
    }

    static ReferenceMiniport mixesStatisticsUp(final ReferenceNetwork network) {
        return new ReferenceMiniport(network) {
            @Override
            protected OidResult answer(final Optional<ReferenceChannel> channel, final OidRequest request) {
                return super.answer(Optional.empty(), request);
            }
        };
    }

    static ReferenceMiniport ignoresLengths(final ReferenceNetwork network) {
        return answering(network, (right, channel, request) -> OidFaults.whateverTheLength(right.get()));
    }

    static ReferenceMiniport hasOneWordForEveryOid(final ReferenceNetwork network) {
        return answering(network, (right, channel, request) -> OidFaults.oneWord(right.get()));
    }

    static ReferenceMiniport countsInOneSize(final ReferenceNetwork network) {
        return answering(network, (right, channel, request) -> OidFaults.eightOctetsOnly(right.get(), request));
    }

    private static ReferenceMiniport answering(final ReferenceNetwork network, final OidFaults.Answer answer) {
        return new ReferenceMiniport(network) {
            @Override
            protected OidResult answer(final Optional<ReferenceChannel> channel, final OidRequest request) {
                return answer.answer(() -> super.answer(channel, request), channel, request);
            }
        };
    }

    static ReferenceMiniport indicatesAfterHalt(final ReferenceNetwork network) {
        return new ReferenceMiniport(network) {
            @Override
            public void halt(final HaltAction action) {
                super.halt(action);
                final var last = adapter().orElseThrow();
                CompletableFuture.delayedExecutor(LATE_MILLIS, TimeUnit.MILLISECONDS)
                        .execute(() -> last.indicateStatus(StatusIndication.of(StatusCode.MEDIA_BUSY)));
            }
        };
    }

    static ReferenceMiniport announcesItsReset(final ReferenceNetwork network) {
        return new ReferenceMiniport(network) {
            @Override
            public CompletionStage<NdisResult<AddressingReset>> reset() {
                adapter().orElseThrow().indicateStatus(StatusIndication.of(StatusCode.RESET_START));
                return super.reset();
            }
        };
    }

    static ReferenceMiniport keepsQuietAboutTheLink(final ReferenceNetwork network) {
        return new ReferenceMiniport(network) {
            @Override
            protected void linkChanged(final LinkState state) {
                // it will come back
            }
        };
    }

    static ReferenceMiniport pausesAtOnce(final ReferenceNetwork network) {
        return new ReferenceMiniport(network) {
            @Override
            public CompletionStage<NdisStatus> pause() {
                super.pause();
                return NdisStatus.SUCCESS.asStage();
            }
        };
    }
}
