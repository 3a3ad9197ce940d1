// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.broken;

import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.miniport.VcIndications;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.tck.reference.ReferenceChannel;
import dev.condis.tck.reference.ReferenceNetwork;
import dev.condis.tck.reference.ReferenceNic;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The VCs of the reference NIC with one fault: for a miniport and an MCM alike. */
final class BrokenChannels {
    private static final int LONGEST_QUEUE = 100;
    private static final int LOSES_EACH = 10;
    private static final int LATE_MILLIS = 50;
    private static final int SLOW_MILLIS = 300;

    private BrokenChannels() {}

    static ReferenceChannel neverAnswersDeactivation(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            @Override
            protected void deactivate(final CompletableFuture<NdisStatus> deactivated) {
                stopReceiving();
            }
        };
    }

    static ReferenceChannel deactivatesWithPending(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            @Override
            public CompletionStage<NdisStatus> deactivateVc() {
                return super.deactivateVc().thenApply(done -> NdisStatus.PENDING);
            }
        };
    }

    static ReferenceChannel blocksInDeactivation(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            @Override
            public CompletionStage<NdisStatus> deactivateVc() {
                final CompletableFuture<NdisStatus> done = super.deactivateVc().toCompletableFuture();
                try {
                    return done.get().asStage();
                } catch (final InterruptedException | ExecutionException e) {
                    Thread.currentThread().interrupt();
                    return done;
                }
            }
        };
    }

    static ReferenceChannel sendsOnFewThreads(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            private volatile Optional<Thread> first = Optional.empty();

            @Override
            public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
                if (first.isEmpty()) {
                    first = Optional.of(Thread.currentThread());
                }
                if (first.get() == Thread.currentThread()) {
                    super.sendNetBufferLists(nbls, flags);
                } else {
                    nbls.setChainStatus(NdisStatus.FAILURE);
                    complete(nbls);
                }
            }
        };
    }

    static ReferenceChannel deletesWithPending(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            @Override
            public NdisStatus deleteVc() {
                super.deleteVc();
                return NdisStatus.PENDING;
            }
        };
    }

    static ReferenceChannel acceptsEverything(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            @Override
            protected NdisResult<CallParameters> check(final CallParameters parameters) {
                return ReferenceNetwork.circuitOf(parameters).isPresent()
                        ? NdisResult.success(parameters)
                        : super.check(parameters);
            }
        };
    }

    static ReferenceChannel activatesOnce(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            @Override
            protected NdisResult<CallParameters> activate(final CallParameters parameters) {
                return circuit().isPresent() ? NdisResult.failure(NdisStatus.NOT_ACCEPTED) : super.activate(parameters);
            }
        };
    }

    static ReferenceChannel dropsOldParametersFirst(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            @Override
            protected NdisResult<CallParameters> activate(final CallParameters parameters) {
                stopReceiving();
                return super.activate(parameters);
            }
        };
    }

    static ReferenceChannel hidesRounding(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            @Override
            protected CallParameters rounded(final CallParameters parameters, final CallManagerParameters asked) {
                return parameters;
            }
        };
    }

    static ReferenceChannel isSpoiltByAFailedActivation(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            private boolean spoilt;

            @Override
            protected NdisResult<CallParameters> activate(final CallParameters parameters) {
                final NdisResult<CallParameters> result =
                        spoilt ? NdisResult.failure(NdisStatus.FAILURE) : super.activate(parameters);
                spoilt |= !result.isSuccess() && circuit().isEmpty();
                return result;
            }
        };
    }

    static ReferenceChannel deletesWithDeactivation(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            private boolean deleted;

            @Override
            protected void deactivate(final CompletableFuture<NdisStatus> deactivated) {
                deleted = true;
                super.deactivate(deactivated);
            }

            @Override
            protected NdisResult<CallParameters> activate(final CallParameters parameters) {
                return deleted ? NdisResult.failure(NdisStatus.FAILURE) : super.activate(parameters);
            }
        };
    }

    static ReferenceChannel deactivatesBeforeSendsAreComplete(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            private Optional<NetBufferList> kept = Optional.empty();

            @Override
            protected void complete(final NetBufferList nbls) {
                kept.ifPresent(super::complete);
                kept = Optional.of(nbls);
            }

            @Override
            protected void deactivate(final CompletableFuture<NdisStatus> deactivated) {
                super.deactivate(deactivated);
                CompletableFuture.delayedExecutor(LATE_MILLIS, TimeUnit.MILLISECONDS)
                        .execute(() -> nic.onWire(this::completeKept));
            }

            private void completeKept() {
                kept.ifPresent(super::complete);
                kept = Optional.empty();
            }
        };
    }

    static ReferenceChannel deactivatesBeforeReceivesAreBack(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            @Override
            protected void deactivate(final CompletableFuture<NdisStatus> deactivated) {
                stopReceiving();
                deactivated.complete(NdisStatus.SUCCESS);
            }
        };
    }

    static ReferenceChannel receivesAfterDeactivation(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            @Override
            protected void stopReceiving() {
                // the circuit stays where it is
            }
        };
    }

    static ReferenceChannel transmitsAfterDeactivation(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            @Override
            protected void deactivate(final CompletableFuture<NdisStatus> deactivated) {
                final int number = circuit().orElse(0);
                super.deactivate(deactivated);
                nic.onWire(() -> nic.onWire(() ->
                        nic.network().arrive(number, Octets.ofText("what was still in the buffer of the hardware"))));
            }
        };
    }

    static ReferenceChannel refusesWhenBusy(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            private final AtomicInteger queued = new AtomicInteger();

            @Override
            public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
                if (queued.addAndGet(nbls.chainLength()) > LONGEST_QUEUE) {
                    nbls.setChainStatus(NdisStatus.RESOURCES);
                    complete(nbls);
                } else {
                    super.sendNetBufferLists(nbls, flags);
                }
            }
        };
    }

    static ReferenceChannel completesTwice(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            @Override
            protected void complete(final NetBufferList nbls) {
                final byte[] again = nbls.toByteArray();
                super.complete(nbls);
                final NetBufferList second = nic.pool().allocate();
                super.complete(second.fill(again));
            }
        };
    }

    static ReferenceChannel writesIntoSends(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            @Override
            protected void complete(final NetBufferList nbls) {
                nbls.data().put(nbls.data().position(), (byte) 0);
                super.complete(nbls);
            }
        };
    }

    static ReferenceChannel losesSends(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            private int count;

            @Override
            protected NdisStatus transmitOne(final NetBufferList nbl) {
                return ++count % LOSES_EACH == 0 ? NdisStatus.SUCCESS : super.transmitOne(nbl);
            }
        };
    }

    static ReferenceChannel reusesIndicatedBuffers(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            private Optional<NetBufferList> indicated = Optional.empty();

            @Override
            protected void indicate(final NetBufferList nbl) {
                indicated.ifPresent(before -> before.data().put(before.data().position(), (byte) 0));
                indicated = Optional.of(nbl);
                super.indicate(nbl);
            }
        };
    }

    static ReferenceChannel losesSendsAtReset(final ReferenceNic nic, final VcIndications vc) {
        return new ReferenceChannel(nic, vc) {
            @Override
            public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
                final int resets = nic.resets();
                CompletableFuture.delayedExecutor(SLOW_MILLIS, TimeUnit.MILLISECONDS)
                        .execute(() -> nic.onWire(() -> {
                            if (nic.resets() == resets) {
                                transmit(nbls);
                            }
                        }));
            }
        };
    }
}
