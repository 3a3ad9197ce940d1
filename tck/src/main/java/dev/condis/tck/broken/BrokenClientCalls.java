// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.broken;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientVc;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.tck.reference.ReferenceClient;
import dev.condis.tck.reference.ReferenceClientCall;
import java.util.concurrent.CompletionStage;

/** The calls of the reference client with one fault. */
final class BrokenClientCalls {
    private static final int TRIES = 100;

    private BrokenClientCalls() {}

    static ReferenceClientCall deletesWithPending(final ReferenceClient client, final boolean own) {
        return new ReferenceClientCall(client, own) {
            @Override
            public NdisStatus deleteVc(final ClientVc deleted) {
                super.deleteVc(deleted);
                return NdisStatus.PENDING;
            }
        };
    }

    /** Sends whatever it is told to, whenever it is told to. */
    private static class Talker extends ReferenceClientCall {
        Talker(final ReferenceClient client, final boolean own) {
            super(client, own);
        }

        void talk(final int count) {
            for (int i = 0; i < count; i++) {
                sendOne();
            }
        }
    }

    static ReferenceClientCall sendsAlways(final ReferenceClient client, final boolean own) {
        return new Talker(client, own) {
            @Override
            public void send(final int count) {
                talk(count);
            }
        };
    }

    static ReferenceClientCall deletesTheCallManagersVc(final ReferenceClient client, final boolean own) {
        return new ReferenceClientCall(client, own) {
            @Override
            protected void afterClose() {
                vc().deleteVc();
            }
        };
    }

    static ReferenceClientCall keepsTheVcOfAFailedCall(final ReferenceClient client, final boolean own) {
        return new ReferenceClientCall(client, own) {
            @Override
            protected void failed() {
                // perhaps it is of use later
            }
        };
    }

    static ReferenceClientCall ignoresCloses(final ReferenceClient client, final boolean own) {
        return new ReferenceClientCall(client, own) {
            @Override
            protected void closedRemotely(final NdisStatus closeStatus) {
                stopSending();
            }
        };
    }

    static ReferenceClientCall keepsTheVcOfABrokenCall(final ReferenceClient client, final boolean own) {
        return new ReferenceClientCall(client, own) {
            @Override
            protected void closedRemotely(final NdisStatus closeStatus) {
                super.closedRemotely(NdisStatus.SUCCESS);
            }
        };
    }

    static ReferenceClientCall waitsForTheClose(final ReferenceClient client, final boolean own) {
        return new ReferenceClientCall(client, own) {
            @Override
            protected void closedRemotely(final NdisStatus closeStatus) {
                stopSending();
                closeNow(Octets.EMPTY).toCompletableFuture().join();
            }
        };
    }

    static ReferenceClientCall writesIntoSends(final ReferenceClient client, final boolean own) {
        return new ReferenceClientCall(client, own) {
            @Override
            protected void sendOne() {
                final NetBufferList nbl = newPacket();
                vc().sendNetBufferLists(nbl, NblFlags.NONE);
                nbl.data().put(nbl.data().position(), (byte) 1);
            }
        };
    }

    static ReferenceClientCall keepsWhatItReceives(final ReferenceClient client, final boolean own) {
        return new ReferenceClientCall(client, own) {
            @Override
            protected void giveBack(final NetBufferList nbls) {
                // it may want to look at them again
            }
        };
    }

    static ReferenceClientCall returnsWhatIsLent(final ReferenceClient client, final boolean own) {
        return new ReferenceClientCall(client, own) {
            @Override
            public void receiveNetBufferLists(final ClientVc from, final NetBufferList nbls, final int flags) {
                giveBack(nbls);
            }
        };
    }

    static ReferenceClientCall asksForEver(final ReferenceClient client, final boolean own) {
        return new ReferenceClientCall(client, own) {
            private int tries;

            @Override
            public void modify(final CallParameters parameters) {
                vc().modifyCallQoS(parameters).thenAccept(result -> {
                    if (!result.isSuccess() && ++tries < TRIES) {
                        modify(parameters);
                    }
                });
            }
        };
    }

    static ReferenceClientCall dislikesChanges(final ReferenceClient client, final boolean own) {
        return new ReferenceClientCall(client, own) {
            @Override
            public void incomingCallQoSChange(final ClientVc changed, final CallParameters parameters) {
                throw new IllegalStateException("this is not what was agreed");
            }
        };
    }

    static ReferenceClientCall addsPartiesAnyway(final ReferenceClient client, final boolean own) {
        return new ReferenceClientCall(client, own) {
            @Override
            public boolean addParty(final CallParameters parameters) {
                addAnyway(parameters);
                return true;
            }
        };
    }

    static ReferenceClientCall dropsTwice(final ReferenceClient client, final boolean own) {
        return new ReferenceClientCall(client, own) {
            @Override
            protected void drop(final ClientParty party) {
                super.drop(party);
                super.drop(party);
            }
        };
    }

    static ReferenceClientCall closesWithAllParties(final ReferenceClient client, final boolean own) {
        return new ReferenceClientCall(client, own) {
            @Override
            protected CompletionStage<NdisResult<Void>> closeCall(final Octets closeData) {
                return vc().closeCall(closeData);
            }
        };
    }

    static ReferenceClientCall ignoresLeaves(final ReferenceClient client, final boolean own) {
        return new ReferenceClientCall(client, own) {
            @Override
            public void incomingDropParty(
                    final ClientParty party, final NdisStatus dropStatus, final Octets closeData) {
                // gone is gone
            }
        };
    }
}
