// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.broken;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.tck.reference.ReferenceCallManager;
import dev.condis.tck.reference.ReferenceClient;
import dev.condis.tck.reference.ReferenceClientCall;
import dev.condis.tck.reference.ReferenceDrivers;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/** The reference client with one fault. */
final class BrokenClients {
    private BrokenClients() {}

    /** The reference client that takes calls; its parts are replaced below. */
    private static class Taker extends ReferenceClient {
        Taker() {
            super(Optional.of(ReferenceDrivers.SAP));
        }
    }

    /** A client whose VCs have the fault. */
    static ReferenceClient withCalls(final BiFunction<ReferenceClient, Boolean, ReferenceClientCall> calls) {
        return new Taker() {
            @Override
            protected ReferenceClientCall newCall(final boolean own) {
                return calls.apply(this, own);
            }
        };
    }

    static ReferenceClient neverAnswers() {
        return new Taker() {
            @Override
            protected CompletionStage<NdisResult<CallParameters>> answer(final CallParameters parameters) {
                return new CompletableFuture<>();
            }
        };
    }

    static ReferenceClient unbindsWith(final NdisStatus status) {
        return new Taker() {
            @Override
            public CompletionStage<NdisStatus> unbindAdapter(final ClientBinding binding) {
                return super.unbindAdapter(binding).thenApply(done -> status);
            }
        };
    }

    static ReferenceClient knowsOneFamily() {
        return new Taker() {
            @Override
            public void afRegisterNotify(final ClientBinding binding, final AddressFamily addressFamily) {
                if (!addressFamily.sameFamily(ReferenceCallManager.FAMILY)) {
                    throw new IllegalArgumentException("what is " + addressFamily + "?");
                }
                super.afRegisterNotify(binding, addressFamily);
            }
        };
    }

    static ReferenceClient opensAnotherVersion() {
        return new Taker() {
            @Override
            protected void open(final ClientBinding binding, final AddressFamily addressFamily) {
                super.open(binding, new AddressFamily(addressFamily.family(), addressFamily.majorVersion() + 1, 0));
            }
        };
    }

    static ReferenceClient opensTwice() {
        return new Taker() {
            @Override
            protected void open(final ClientBinding binding, final AddressFamily addressFamily) {
                super.open(binding, addressFamily);
                binding.openAddressFamily(addressFamily, this);
            }
        };
    }

    static ReferenceClient closesTheFamilyFirst() {
        return new Taker() {
            @Override
            protected CompletionStage<NdisStatus> endEverything(final ClientAf af) {
                return af.close()
                        .thenCompose(early -> endCalls())
                        .thenCompose(done -> deregister())
                        .thenCompose(done -> af.close())
                        .thenApply(NdisResult::status);
            }
        };
    }

    static ReferenceClient usesAClosedFamily() {
        return new Taker() {
            @Override
            protected CompletionStage<NdisStatus> endEverything(final ClientAf af) {
                return super.endEverything(af).thenApply(status -> {
                    af.createVc(newCall(true));
                    return status;
                });
            }
        };
    }

    static ReferenceClient waitsInTheNotification() {
        return new Taker() {
            @Override
            public CompletionStage<NdisStatus> notifyCloseAf(final ClientAf af) {
                return super.notifyCloseAf(af).toCompletableFuture().join().asStage();
            }
        };
    }

    static ReferenceClient deregistersFirst() {
        return new Taker() {
            @Override
            protected CompletionStage<NdisStatus> endEverything(final ClientAf af) {
                return deregister()
                        .thenCompose(done -> endCalls())
                        .thenCompose(done -> af.close())
                        .thenApply(NdisResult::status);
            }
        };
    }

    static ReferenceClient answersTheNotificationAtOnce() {
        return new Taker() {
            @Override
            public CompletionStage<NdisStatus> notifyCloseAf(final ClientAf af) {
                super.notifyCloseAf(af);
                return NdisStatus.SUCCESS.asStage();
            }
        };
    }

    static ReferenceClient takesNoCallsWhileItRegisters() {
        return new Taker() {
            @Override
            protected CompletionStage<NdisResult<CallParameters>> answer(final CallParameters parameters) {
                return registration().filter(CompletableFuture::isDone).isPresent()
                        ? super.answer(parameters)
                        : NdisResult.<CallParameters>failure(NdisStatus.NOT_ACCEPTED)
                                .asStage();
            }
        };
    }

    static ReferenceClient createsVcsForCallsToCome() {
        return new Taker() {
            @Override
            protected void opened(final ClientAf af) {
                super.opened(af);
                af.createVc(newCall(true));
            }
        };
    }

    static ReferenceClient deregistersTwice() {
        return new Taker() {
            @Override
            protected CompletionStage<NdisResult<Void>> deregister(final ClientSap handle) {
                return super.deregister(handle).thenCompose(done -> handle.deregister());
            }
        };
    }

    static ReferenceClient likesEveryOid() {
        return new Taker() {
            @Override
            public CompletionStage<OidResult> oidRequest(final ClientAf af, final OidRequest request) {
                return OidResult.success().asStage();
            }
        };
    }

    static ReferenceClient forgetsAddresses() {
        return new Taker() {
            @Override
            protected void addressesChanged(final ClientAf af) {
                // who cares
            }
        };
    }

    static ReferenceClient createsNothing() {
        return new Taker() {
            @Override
            public NdisResult<ClientVcContext> createVc(final ClientVc vc) {
                final NdisResult<ClientVcContext> none = null;
                return none;
            }
        };
    }

    static ReferenceClient changesParameters() {
        return new Taker() {
            @Override
            protected CompletionStage<NdisResult<CallParameters>> answer(final CallParameters parameters) {
                return super.answer(parameters.withCallManager(CallManagerParameters.bestEffort()));
            }
        };
    }

    static ReferenceClient hasNoWordForNoCalls() {
        return new ReferenceClient(Optional.empty()) {
            @Override
            public NdisResult<ClientVcContext> createVc(final ClientVc vc) {
                return NdisResult.failure(NdisStatus.FAILURE);
            }
        };
    }

    static ReferenceClient unbindsAtOnce() {
        return new Taker() {
            @Override
            public CompletionStage<NdisStatus> unbindAdapter(final ClientBinding binding) {
                return NdisStatus.SUCCESS.asStage();
            }
        };
    }

    static ReferenceClient leavesAThread() {
        return new Taker() {
            @Override
            public NdisStatus bindAdapter(final ClientBinding binding) {
                final Thread thread = new Thread(() -> new CompletableFuture<Void>().join(), "a client's own thread");
                thread.setDaemon(true);
                thread.start();
                return super.bindAdapter(binding);
            }
        };
    }

    static ReferenceClient sendsWhilePaused() {
        return new Taker() {
            @Override
            protected void pause(final boolean pauses) {
                // packets do not wait
            }
        };
    }
}
