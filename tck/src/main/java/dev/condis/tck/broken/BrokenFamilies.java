// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.broken;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.tck.reference.ReferenceAf;
import dev.condis.tck.reference.ReferenceCall;
import dev.condis.tck.reference.ReferenceCallManager;
import dev.condis.tck.reference.ReferenceNetwork;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** The reference call manager with one fault in what it keeps for clients. */
final class BrokenFamilies {
    private BrokenFamilies() {}

    // --- the call manager as a whole

    static ReferenceCallManager registersLater(final ReferenceNetwork network) {
        return new ReferenceCallManager(network) {
            @Override
            protected NdisResult<Void> register(final CmBinding binding) {
                return NdisResult.success();
            }

            @Override
            public CompletionStage<NdisStatus> restart(final CmBinding binding) {
                super.register(binding);
                return super.restart(binding);
            }
        };
    }

    static ReferenceCallManager refusesToUnbind(final ReferenceNetwork network) {
        return new ReferenceCallManager(network) {
            @Override
            public CompletionStage<NdisStatus> unbindAdapter(final CmBinding binding) {
                return super.unbindAdapter(binding).thenApply(done -> NdisStatus.NOT_ACCEPTED);
            }
        };
    }

    static ReferenceCallManager registersOnce(final ReferenceNetwork network) {
        return new ReferenceCallManager(network) {
            private final AtomicBoolean registered = new AtomicBoolean();

            @Override
            protected NdisResult<Void> register(final CmBinding binding) {
                return registered.getAndSet(true) ? NdisResult.success() : super.register(binding);
            }
        };
    }

    static ReferenceCallManager opensWithoutContext(final ReferenceNetwork network) {
        return new ReferenceCallManager(network) {
            @Override
            protected void open(final CmAf af, final CompletableFuture<NdisResult<CmAfContext>> opened) {
                opened.complete(new NdisResult<>(NdisStatus.SUCCESS, Optional.empty(), Optional.empty()));
            }
        };
    }

    static ReferenceCallManager sharesSaps(final ReferenceNetwork network) {
        return new ReferenceCallManager(network) {
            @Override
            protected boolean isTaken(final Sap sap) {
                return false;
            }
        };
    }

    static ReferenceCallManager leavesAThread(final ReferenceNetwork network) {
        return new ReferenceCallManager(network) {
            @Override
            public NdisStatus bindAdapter(final CmBinding binding) {
                final Thread thread = new Thread(BrokenFamilies::waitForEver, "a call manager's own thread");
                thread.setDaemon(true);
                thread.start();
                return super.bindAdapter(binding);
            }
        };
    }

    private static void waitForEver() {
        new CompletableFuture<Void>().join();
    }

    static ReferenceCallManager offersToTheWrongClient(final ReferenceNetwork network) {
        return new ReferenceCallManager(network) {
            private volatile Optional<ReferenceAf> newest = Optional.empty();

            @Override
            protected ReferenceAf newFamily(final CmAf af) {
                final ReferenceAf family = new ReferenceAf(this, af) {
                    @Override
                    protected void offer(final CmSap sap, final CallParameters parameters) {
                        newest.ifPresentOrElse(
                                other -> other.offerOnVcOfThisClient(sap, parameters),
                                () -> super.offer(sap, parameters));
                    }
                };
                newest = Optional.of(family);
                return family;
            }
        };
    }

    // --- address families

    static ReferenceAf closesBeforeItsVcsAreDeleted(final ReferenceCallManager callManager, final CmAf af) {
        return new ReferenceAf(callManager, af) {
            @Override
            protected void close(final CompletableFuture<NdisStatus> closed) {
                closed.complete(NdisStatus.SUCCESS);
            }
        };
    }

    static ReferenceAf failsToClose(final ReferenceCallManager callManager, final CmAf af) {
        return new ReferenceAf(callManager, af) {
            @Override
            protected void close(final CompletableFuture<NdisStatus> closed) {
                deleteIncoming();
                closed.complete(NdisStatus.FAILURE);
            }
        };
    }

    static ReferenceAf closesWithPending(final ReferenceCallManager callManager, final CmAf af) {
        return new ReferenceAf(callManager, af) {
            @Override
            protected void close(final CompletableFuture<NdisStatus> closed) {
                deleteIncoming();
                closed.complete(NdisStatus.PENDING);
            }
        };
    }

    static ReferenceAf neverAnswersClose(final ReferenceCallManager callManager, final CmAf af) {
        return new ReferenceAf(callManager, af) {
            @Override
            protected void close(final CompletableFuture<NdisStatus> closed) {
                deleteIncoming();
            }
        };
    }

    static ReferenceAf failsToDeregister(final ReferenceCallManager callManager, final CmAf af) {
        return new ReferenceAf(callManager, af) {
            @Override
            protected CompletionStage<NdisStatus> deregister(final CmSap sap) {
                return super.deregister(sap).thenApply(done -> NdisStatus.FAILURE);
            }
        };
    }

    static ReferenceAf closesCallsWithTheirSap(final ReferenceCallManager callManager, final CmAf af) {
        return new ReferenceAf(callManager, af) {
            @Override
            protected CompletionStage<NdisStatus> deregister(final CmSap sap) {
                calls().forEach(ReferenceCall::closeFromHere);
                return super.deregister(sap);
            }
        };
    }

    static ReferenceAf createsNothing(final ReferenceCallManager callManager, final CmAf af) {
        return new ReferenceAf(callManager, af) {
            @Override
            public NdisResult<CmVcContext> createVc(final CmVc vc) {
                final NdisResult<CmVcContext> none = null;
                return none;
            }
        };
    }

    static ReferenceAf hasNoWordForFull(final ReferenceCallManager callManager, final CmAf af) {
        return new ReferenceAf(callManager, af) {
            @Override
            public NdisResult<CmVcContext> createVc(final CmVc vc) {
                final NdisResult<CmVcContext> created = super.createVc(vc);
                return created.isSuccess() ? created : NdisResult.failure(NdisStatus.FAILURE);
            }
        };
    }

    static ReferenceAf activatesWhenCreated(final ReferenceCallManager callManager, final CmAf af) {
        return new ReferenceAf(callManager, af) {
            @Override
            public NdisResult<CmVcContext> createVc(final CmVc vc) {
                callManager().network().later(() -> vc.activateVc(ReferenceNetwork.circuit(1)));
                return super.createVc(vc);
            }
        };
    }

    static ReferenceAf offersOnce(final ReferenceCallManager callManager, final CmAf af) {
        return new ReferenceAf(callManager, af) {
            private final AtomicBoolean offered = new AtomicBoolean();

            @Override
            protected void offer(final CmSap sap, final CallParameters parameters) {
                if (!offered.getAndSet(true)) {
                    super.offer(sap, parameters);
                }
            }
        };
    }

    static ReferenceAf acceptsEverySap(final ReferenceCallManager callManager, final CmAf af) {
        return new ReferenceAf(callManager, af) {
            @Override
            protected NdisResult<CmSapContext> register(final CmSap sap) {
                return NdisResult.success(() -> NdisStatus.SUCCESS.asStage());
            }
        };
    }

    static ReferenceAf likesEveryOid(final ReferenceCallManager callManager, final CmAf af) {
        return new ReferenceAf(callManager, af) {
            @Override
            public CompletionStage<OidResult> oidRequest(final OidRequest request) {
                return OidResult.success().asStage();
            }
        };
    }

    static ReferenceAf announcesNoAddresses(final ReferenceCallManager callManager, final CmAf af) {
        return new ReferenceAf(callManager, af) {
            @Override
            protected void announceAddresses() {
                // the client may ask
            }
        };
    }

    static ReferenceCallManager keepsQuietAboutSignaling(final ReferenceNetwork network) {
        return new ReferenceCallManager(network) {
            @Override
            protected void signalingChanged(final boolean works) {
                // it will work again
            }
        };
    }

    static ReferenceCallManager sharesAddresses(final ReferenceNetwork network) {
        final List<Octets> all = new CopyOnWriteArrayList<>(List.of(ReferenceAf.COMMON_ADDRESS));
        return new ReferenceCallManager(network) {
            @Override
            protected ReferenceAf newFamily(final CmAf af) {
                return new ReferenceAf(this, af) {
                    @Override
                    protected NdisStatus addAddress(final Octets address) {
                        all.add(address);
                        return NdisStatus.SUCCESS;
                    }

                    @Override
                    protected List<Octets> addresses() {
                        return List.copyOf(all);
                    }
                };
            }
        };
    }
}
