// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.broken;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.callmgr.SignalingVcContext;
import dev.condis.api.miniport.McmAdapter;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.StatusCode;
import dev.condis.api.status.StatusIndication;
import dev.condis.tck.reference.ReferenceAf;
import dev.condis.tck.reference.ReferenceCall;
import dev.condis.tck.reference.ReferenceCallManager;
import dev.condis.tck.reference.ReferenceChannel;
import dev.condis.tck.reference.ReferenceMcm;
import dev.condis.tck.reference.ReferenceNetwork;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The reference MCM with one fault that is not in its VCs. */
final class BrokenMcms {
    private static final int LATE_MILLIS = 20;

    private BrokenMcms() {}

    static ReferenceMcm registersLater(final ReferenceNetwork network) {
        return new ReferenceMcm(network) {
            @Override
            protected ReferenceCallManager newCallManager(final ReferenceNetwork on) {
                return new Calls(on) {
                    @Override
                    protected NdisResult<Void> register(final CmBinding binding) {
                        return NdisResult.success();
                    }
                };
            }

            @Override
            public CompletionStage<NdisStatus> restart() {
                adapter()
                        .ifPresent(there -> there.registerAddressFamily(ReferenceCallManager.FAMILY, calls().opener()));
                return super.restart();
            }
        };
    }

    static ReferenceMcm showsItsSignalingVc(final ReferenceNetwork network) {
        return new ReferenceMcm(network) {
            @Override
            public NdisStatus initialize(final McmAdapter newAdapter) {
                newAdapter.createSignalingVc(new Signaling());
                return super.initialize(newAdapter);
            }
        };
    }

    static ReferenceMcm haltsBeforeReceivesAreBack(final ReferenceNetwork network) {
        return new ReferenceMcm(network) {
            @Override
            public void halt(final HaltAction action) {
                nic().detach();
                nic().endThread();
            }
        };
    }

    static ReferenceMcm sendsOnAfterRemoval(final ReferenceNetwork network) {
        return new ReferenceMcm(network) {
            @Override
            public void surpriseRemoved() {
                // nobody told the hardware
            }
        };
    }

    static ReferenceMcm answersAfterRemoval(final ReferenceNetwork network) {
        return new ReferenceMcm(network) {
            @Override
            protected OidResult answer(final Optional<ReferenceChannel> channel, final OidRequest request) {
                return nic().counters().answer(request);
            }
        };
    }

    static ReferenceMcm leavesAThread(final ReferenceNetwork network) {
        return new ReferenceMcm(network) {
            @Override
            public void halt(final HaltAction action) {
                nic().detach();
                nic().awaitReturns();
            }
        };
    }

    static ReferenceMcm lacksAnOid(final ReferenceNetwork network) {
        return answering(
                network,
                (right, channel, request) -> request.oid().equals(Oid.GEN_CO_LINK_SPEED)
                        ? OidResult.failure(NdisStatus.INVALID_OID)
                        : right.get());
    }

    static ReferenceMcm mixesStatisticsUp(final ReferenceNetwork network) {
        return new ReferenceMcm(network) {
            @Override
            protected OidResult answer(final Optional<ReferenceChannel> channel, final OidRequest request) {
                return super.answer(Optional.empty(), request);
            }
        };
    }

    static ReferenceMcm ignoresLengths(final ReferenceNetwork network) {
        return answering(network, (right, channel, request) -> OidFaults.whateverTheLength(right.get()));
    }

    static ReferenceMcm hasOneWordForEveryOid(final ReferenceNetwork network) {
        return answering(network, (right, channel, request) -> OidFaults.oneWord(right.get()));
    }

    static ReferenceMcm countsInOneSize(final ReferenceNetwork network) {
        return answering(network, (right, channel, request) -> OidFaults.eightOctetsOnly(right.get(), request));
    }

    private static ReferenceMcm answering(final ReferenceNetwork network, final OidFaults.Answer answer) {
        return new ReferenceMcm(network) {
            @Override
            protected OidResult answer(final Optional<ReferenceChannel> channel, final OidRequest request) {
                return answer.answer(() -> super.answer(channel, request), channel, request);
            }
        };
    }

    static ReferenceMcm indicatesAfterHalt(final ReferenceNetwork network) {
        return new ReferenceMcm(network) {
            @Override
            public void halt(final HaltAction action) {
                super.halt(action);
                final var last = adapter().orElseThrow();
                CompletableFuture.delayedExecutor(LATE_MILLIS, TimeUnit.MILLISECONDS)
                        .execute(() -> last.indicateStatus(StatusIndication.of(StatusCode.MEDIA_BUSY)));
            }
        };
    }

    static ReferenceMcm announcesItsReset(final ReferenceNetwork network) {
        return new ReferenceMcm(network) {
            @Override
            public CompletionStage<NdisResult<AddressingReset>> reset() {
                adapter().orElseThrow().indicateStatus(StatusIndication.of(StatusCode.RESET_START));
                return super.reset();
            }
        };
    }

    static ReferenceMcm keepsQuietAboutTheLink(final ReferenceNetwork network) {
        return new ReferenceMcm(network) {
            @Override
            protected void linkChanged(final LinkState state) {
                // it will come back
            }
        };
    }

    static ReferenceMcm pausesAtOnce(final ReferenceNetwork network) {
        return new ReferenceMcm(network) {
            @Override
            public CompletionStage<NdisStatus> pause() {
                super.pause();
                return NdisStatus.SUCCESS.asStage();
            }
        };
    }

    static ReferenceMcm changesInSecret(final ReferenceNetwork network) {
        return new ReferenceMcm(network) {
            @Override
            protected ReferenceCallManager newCallManager(final ReferenceNetwork on) {
                return new Calls(on) {
                    @Override
                    protected ReferenceCall newCall(final ReferenceAf family) {
                        return new SecretiveCall(family);
                    }
                };
            }

            /** Programs the NIC and does not tell the library. */
            final class SecretiveCall extends Call {
                SecretiveCall(final ReferenceAf family) {
                    super(family);
                }

                @Override
                protected CompletionStage<NdisResult<CallParameters>> activate(final CallParameters parameters) {
                    return channel().isActive() ? channel().activateVc(parameters) : super.activate(parameters);
                }
            }
        };
    }

    /** Gives back what it gets, which is nothing. */
    private static final class Signaling implements SignalingVcContext {
        @Override
        public void receiveNetBufferLists(final SignalingVc vc, final NetBufferList nbls, final int flags) {
            vc.returnNetBufferLists(nbls, flags);
        }

        @Override
        public void sendNetBufferListsComplete(final SignalingVc vc, final NetBufferList nbls, final int flags) {
            nbls.freeChain();
        }
    }
}
