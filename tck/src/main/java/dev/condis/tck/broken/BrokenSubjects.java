// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.broken;

import dev.condis.api.callmgr.CmAf;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcIndications;
import dev.condis.tck.reference.ReferenceAf;
import dev.condis.tck.reference.ReferenceCall;
import dev.condis.tck.reference.ReferenceCallManager;
import dev.condis.tck.reference.ReferenceChannel;
import dev.condis.tck.reference.ReferenceClient;
import dev.condis.tck.reference.ReferenceClientCall;
import dev.condis.tck.reference.ReferenceDrivers;
import dev.condis.tck.reference.ReferenceMcm;
import dev.condis.tck.reference.ReferenceMiniport;
import dev.condis.tck.reference.ReferenceNetwork;
import dev.condis.tck.reference.ReferenceNic;
import dev.condis.tck.subject.Subject;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/** Makes subjects of broken parts: given a name, each answers what to give to the kit. */
final class BrokenSubjects {
    /** What has the fault. */
    @FunctionalInterface
    interface Part {
        /**
         * The driver.
         *
         * @param name the name in the report
         * @return what to give to the kit
         */
        Subject subject(String name);

        /**
         * The driver as one half of an MCM.
         *
         * @param name the name in the report
         * @return what to give to the kit; empty when it is no call manager
         */
        default Optional<Subject> inAnMcm(final String name) {
            return Optional.empty();
        }
    }

    private BrokenSubjects() {}

    static Part miniport(final Function<ReferenceNetwork, ReferenceMiniport> driver) {
        return name -> ReferenceDrivers.miniport(name, driver);
    }

    /** A miniport whose VCs have the fault. */
    static Part miniportVcs(final BiFunction<ReferenceNic, VcIndications, ReferenceChannel> channels) {
        return miniport(network -> new ReferenceMiniport(network) {
            @Override
            protected MiniportVcContext newChannel(final MiniportVc vc) {
                return channels.apply(nic(), vc);
            }
        });
    }

    static Part mcm(final Function<ReferenceNetwork, ReferenceMcm> driver) {
        return name -> ReferenceDrivers.mcm(name, driver);
    }

    /** An MCM whose VCs have the fault. */
    static Part mcmVcs(final BiFunction<ReferenceNic, VcIndications, ReferenceChannel> channels) {
        return mcm(network -> new ReferenceMcm(network) {
            @Override
            protected ReferenceChannel newChannel(final VcIndications vc) {
                return channels.apply(nic(), vc);
            }
        });
    }

    static Part callManager(final Function<ReferenceNetwork, ReferenceCallManager> driver) {
        return new Part() {
            @Override
            public Subject subject(final String name) {
                return ReferenceDrivers.callManager(name, driver);
            }

            @Override
            public Optional<Subject> inAnMcm(final String name) {
                return Optional.of(ReferenceDrivers.halves(name, driver));
            }
        };
    }

    /** A call manager whose calls have the fault. */
    static Part calls(final Function<ReferenceAf, ReferenceCall> calls) {
        return callManager(network -> new ReferenceCallManager(network) {
            @Override
            protected ReferenceCall newCall(final ReferenceAf family) {
                return calls.apply(family);
            }
        });
    }

    /** A call manager on a medium without quality of service, whose calls have the fault. */
    static Part callsWithoutQuality(final Function<ReferenceAf, ReferenceCall> calls) {
        return new Part() {
            @Override
            public Subject subject(final String name) {
                return ReferenceDrivers.callManagerWithoutQuality(name, calls);
            }

            @Override
            public Optional<Subject> inAnMcm(final String name) {
                return Optional.of(ReferenceDrivers.halvesWithoutQuality(name, calls));
            }
        };
    }

    /** A call manager whose address families have the fault. */
    static Part families(final BiFunction<ReferenceCallManager, CmAf, ReferenceAf> families) {
        return callManager(network -> new ReferenceCallManager(network) {
            @Override
            protected ReferenceAf newFamily(final CmAf af) {
                return families.apply(this, af);
            }
        });
    }

    static Part client(final Supplier<ReferenceClient> driver) {
        return name -> ReferenceDrivers.client(name, driver);
    }

    /** A client whose calls have the fault. */
    static Part clientCalls(final BiFunction<ReferenceClient, Boolean, ReferenceClientCall> calls) {
        return client(() -> BrokenClients.withCalls(calls));
    }

    static Part callingClient(final Supplier<ReferenceClient> driver) {
        return name -> ReferenceDrivers.callingClient(name, driver);
    }
}
