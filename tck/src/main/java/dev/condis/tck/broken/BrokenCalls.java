// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.broken;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.AddedParty;
import dev.condis.api.callmgr.CmParty;
import dev.condis.api.callmgr.CmPartyContext;
import dev.condis.api.callmgr.CmSap;
import dev.condis.tck.reference.ReferenceAf;
import dev.condis.tck.reference.ReferenceCall;
import dev.condis.tck.reference.ReferenceNetwork;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The calls of the reference call manager with one fault. */
final class BrokenCalls {
    private static final int TRIES = 100;
    private static final int LAST_CIRCUIT = 255;
    private static final int MOST_PARTIES = 8;

    private BrokenCalls() {}

    static ReferenceCall connectsWithoutActivation(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void offer(final CmSap sap, final CallParameters parameters) {
                begin(parameters);
                vc().dispatchIncomingCall(sap, parameters)
                        .thenAccept(answer -> network().later(() -> answered(answer)));
            }
        };
    }

    static ReferenceCall usesWhatIsNotActive(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void activated(
                    final CallParameters asked,
                    final NdisResult<CallParameters> active,
                    final CompletableFuture<NdisResult<CallParameters>> made) {
                super.activated(asked, NdisResult.success(asked), made);
            }
        };
    }

    static ReferenceCall triesForEver(final ReferenceAf family) {
        return new ReferenceCall(family) {
            private int tries;

            @Override
            protected CompletionStage<NdisResult<CallParameters>> activate(final CallParameters parameters) {
                return super.activate(parameters)
                        .thenCompose(active ->
                                active.isSuccess() || ++tries > TRIES ? active.asStage() : activate(parameters));
            }
        };
    }

    static ReferenceCall closesWithoutDeactivation(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void close(final Octets closeData, final CompletableFuture<NdisStatus> closed) {
                end(closeData);
                closed.complete(NdisStatus.SUCCESS);
            }
        };
    }

    static ReferenceCall closesBeforeTheMiniportIsThrough(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void close(final Octets closeData, final CompletableFuture<NdisStatus> closed) {
                deactivate();
                end(closeData);
                closed.complete(NdisStatus.SUCCESS);
            }
        };
    }

    static ReferenceCall closesAndThenDeactivates(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void close(final Octets closeData, final CompletableFuture<NdisStatus> closed) {
                awaited(closed);
                end(closeData);
                closed.complete(NdisStatus.SUCCESS);
                deactivate();
            }
        };
    }

    /** An answer before it is due shows only when somebody waits for it already; otherwise all is done before anybody looks. */
    private static void awaited(final CompletableFuture<?> answer) {
        while (answer.getNumberOfDependents() == 0) {
            Thread.onSpinWait();
        }
    }

    static ReferenceCall forgetsAPendedClose(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void close(final Octets closeData, final CompletableFuture<NdisStatus> closed) {
                final CompletableFuture<NdisResult<Void>> deactivation =
                        deactivate().toCompletableFuture();
                if (deactivation.isDone()) {
                    end(closeData);
                    closed.complete(NdisStatus.SUCCESS);
                }
            }
        };
    }

    static ReferenceCall deletesWithPending(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            public NdisStatus deleteVc() {
                super.deleteVc();
                return NdisStatus.PENDING;
            }
        };
    }

    static ReferenceCall hasOneWordForEverything(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected NdisResult<CallParameters> setUp(final CallParameters asked) {
                final NdisResult<CallParameters> set = super.setUp(asked);
                return set.isSuccess() ? set : NdisResult.failure(NdisStatus.FAILURE);
            }
        };
    }

    static ReferenceCall flagsNothing(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected CallParameters flagged(final CallParameters asked, final CallParameters given) {
                return given;
            }
        };
    }

    static ReferenceCall succeedsBeforeActivation(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void make(final CallParameters asked, final CompletableFuture<NdisResult<CallParameters>> made) {
                final NdisResult<CallParameters> set = setUp(asked);
                begin(set.get());
                awaited(made);
                made.complete(set);
                activate(set.get());
            }
        };
    }

    static ReferenceCall keepsQuietAboutFailure(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void make(final CallParameters asked, final CompletableFuture<NdisResult<CallParameters>> made) {
                final CompletableFuture<NdisResult<CallParameters>> outcome = new CompletableFuture<>();
                final CompletionStage<NdisResult<CallParameters>> told = outcome;
                told.thenAccept(result -> {
                    if (result.isSuccess()) {
                        made.complete(result);
                    }
                });
                super.make(asked, outcome);
            }
        };
    }

    static ReferenceCall leavesAFailedCallActive(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void make(final CallParameters asked, final CompletableFuture<NdisResult<CallParameters>> made) {
                activate(ReferenceNetwork.circuit(LAST_CIRCUIT))
                        .thenAccept(active -> network().later(() -> super.make(asked, made)));
            }
        };
    }

    static ReferenceCall keepsARejectedCallActive(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void rejected() {
                network().later(() -> {});
            }
        };
    }

    static ReferenceCall neverConnects(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void accepted() {
                // nobody tells the client
            }
        };
    }

    static ReferenceCall connectsWhatIsGone(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void released(final NdisStatus cause, final Octets closeData) {
                // it will come up again
            }
        };
    }

    static ReferenceCall dropsCloseData(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void close(final Octets closeData, final CompletableFuture<NdisStatus> closed) {
                super.close(Octets.EMPTY, closed);
            }
        };
    }

    static ReferenceCall blamesTheNetwork(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void released(final NdisStatus cause, final Octets closeData) {
                super.released(NdisStatus.FAILURE, closeData);
            }
        };
    }

    static ReferenceCall waitsForTheMiniport(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
                return super.makeCall(parameters).toCompletableFuture().join().asStage();
            }
        };
    }

    static ReferenceCall keepsItsOwnVcs(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void deleteOwn() {
                if (vc().state() != VcState.INACTIVE) {
                    super.deleteOwn();
                }
            }
        };
    }

    static ReferenceCall hasNoQualityAndNoWordForIt(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void modify(
                    final CallParameters asked, final CompletableFuture<NdisResult<CallParameters>> modified) {
                modified.complete(NdisResult.failure(NdisStatus.FAILURE));
            }
        };
    }

    static ReferenceCall reportsChangesWithoutActivation(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void modify(
                    final CallParameters asked, final CompletableFuture<NdisResult<CallParameters>> modified) {
                modified.complete(network().negotiate(circuit().orElse(0), asked));
            }
        };
    }

    static ReferenceCall keepsWhatWasRefused(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void modify(
                    final CallParameters asked, final CompletableFuture<NdisResult<CallParameters>> modified) {
                activate(ReferenceNetwork.circuit(circuit().orElse(0), ReferenceNetwork.RATE))
                        .thenAccept(active -> network().later(() -> super.modify(asked, modified)));
            }
        };
    }

    static ReferenceCall dispatchesChangesFirst(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void changedRemotely(final CallParameters parameters) {
                vc().dispatchIncomingCallQoSChange(parameters).thenAccept(told -> activate(parameters));
            }
        };
    }

    static ReferenceCall answersChangesFirst(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void changedRemotely(final CallParameters parameters) {
                network().answerChange(true);
                super.changedRemotely(parameters);
            }
        };
    }

    static ReferenceCall hasNoPartyContext(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            public CompletionStage<NdisResult<AddedParty>> makeCall(
                    final CallParameters parameters, final CmParty party) {
                return super.makeCall(parameters)
                        .thenApply(made -> new NdisResult<>(made.status(), Optional.empty(), made.refusal()));
            }
        };
    }

    static ReferenceCall cannotCloseWithAParty(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            public CompletionStage<NdisStatus> closeCall(final CmPartyContext lastParty, final Octets closeData) {
                return NdisStatus.NOT_SUPPORTED.asStage();
            }
        };
    }

    static ReferenceCall reportsEveryLeaveAsAClose(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            protected void left(final int leg) {
                vc().dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);
            }
        };
    }

    static ReferenceCall neverForgetsAParty(final ReferenceAf family) {
        return new ReferenceCall(family) {
            private int added;

            @Override
            protected NdisResult<AddedParty> add(final CmParty party, final CallParameters asked) {
                return ++added > MOST_PARTIES ? NdisResult.failure(NdisStatus.RESOURCES) : super.add(party, asked);
            }
        };
    }
}
