// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.reference;

import dev.condis.api.CallParameters;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.tck.subject.Kind;
import dev.condis.tck.subject.Specimen;
import dev.condis.tck.subject.Subject;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** The reference drivers as subjects of the kit. */
public final class ReferenceDrivers {
    /** Where the reference client takes calls. */
    public static final Sap SAP = Sap.e164("4711");

    private static final long SLOW = 1_000;

    private ReferenceDrivers() {}

    /**
     * A miniport on a network of its own.
     *
     * @param name the name in the report
     * @param driver makes the driver on the network
     * @return the subject
     */
    public static Subject miniport(final String name, final Function<ReferenceNetwork, ReferenceMiniport> driver) {
        return Subject.builder(name, Kind.MINIPORT, () -> {
                    final ReferenceNetwork network = new ReferenceNetwork();
                    return Specimen.of(driver.apply(network))
                            .withRemote(network)
                            .closing(network::close);
                })
                .medium(Medium.ATM)
                .parameters(ReferenceNetwork.circuit(1), ReferenceNetwork.circuit(2))
                .change(ReferenceNetwork.circuit(1, SLOW))
                .refused(CallParameters.bestEffort(), ReferenceNetwork.circuit(1, ReferenceNetwork.RATE * 2))
                .roundable(ReferenceNetwork.roundable(ReferenceNetwork.circuit(1, ReferenceNetwork.RATE * 2)))
                .maxVcs(ReferenceNic.MAX_VCS)
                .maxPdu(ReferenceNic.MAX_PDU)
                .build();
    }

    /**
     * An MCM on a network of its own.
     *
     * @param name the name in the report
     * @param driver makes the driver on the network
     * @return the subject
     */
    public static Subject mcm(final String name, final Function<ReferenceNetwork, ReferenceMcm> driver) {
        return withQuality(calling(name, Kind.MCM, network -> Specimen.of(driver.apply(network))))
                .maxPdu(ReferenceNic.MAX_PDU)
                .build();
    }

    /**
     * A call manager on a network of its own, above an adapter of the kit.
     *
     * @param name the name in the report
     * @param driver makes the driver on the network
     * @return the subject
     */
    public static Subject callManager(
            final String name, final Function<ReferenceNetwork, ReferenceCallManager> driver) {
        return withQuality(standAlone(name, driver)).build();
    }

    /**
     * An MCM made of the reference miniport and a call manager.
     *
     * @param name the name in the report
     * @param driver makes the call manager on the network
     * @return the subject
     */
    public static Subject halves(final String name, final Function<ReferenceNetwork, ReferenceCallManager> driver) {
        return withQuality(integrated(name, driver)).build();
    }

    private static Subject.Builder integrated(
            final String name, final Function<ReferenceNetwork, ReferenceCallManager> driver) {
        return calling(name, Kind.MCM, network -> Specimen.of(new ReferenceHalves(network, driver.apply(network))))
                .maxPdu(ReferenceNic.MAX_PDU);
    }

    private static Subject.Builder standAlone(
            final String name, final Function<ReferenceNetwork, ReferenceCallManager> driver) {
        return calling(name, Kind.CALL_MANAGER, network -> Specimen.of(driver.apply(network))
                .withAdapter(new ReferenceMiniport(network)));
    }

    /**
     * A call manager whose medium has no quality of service.
     *
     * @param name the name in the report
     * @param calls makes what it keeps for a VC
     * @return the subject
     */
    public static Subject callManagerWithoutQuality(
            final String name, final Function<ReferenceAf, ReferenceCall> calls) {
        return standAlone(name, network -> callManager(network, calls)).build();
    }

    /**
     * An MCM made of two halves whose medium has no quality of service.
     *
     * @param name the name in the report
     * @param calls makes what it keeps for a VC
     * @return the subject
     */
    public static Subject halvesWithoutQuality(final String name, final Function<ReferenceAf, ReferenceCall> calls) {
        return integrated(name, network -> callManager(network, calls)).build();
    }

    private static ReferenceCallManager callManager(
            final ReferenceNetwork network, final Function<ReferenceAf, ReferenceCall> calls) {
        return new ReferenceCallManager(network) {
            @Override
            protected ReferenceCall newCall(final ReferenceAf family) {
                return calls.apply(family);
            }
        };
    }

    /**
     * A call of a medium without quality of service.
     *
     * @param family the client
     * @return what is kept for its VC
     */
    public static ReferenceCall callWithoutQuality(final ReferenceAf family) {
        return new ReferenceCall(family) {
            @Override
            public CompletionStage<NdisResult<CallParameters>> modifyCallQoS(final CallParameters parameters) {
                return NdisResult.<CallParameters>failure(NdisStatus.NOT_SUPPORTED)
                        .asStage();
            }
        };
    }

    private static Subject.Builder withQuality(final Subject.Builder builder) {
        return builder.change(ReferenceNetwork.call("alice", SLOW))
                .refusedChange(ReferenceNetwork.call("alice", ReferenceNetwork.ABSURD_RATE));
    }

    /**
     * A client that takes calls.
     *
     * @param name the name in the report
     * @param driver makes the driver
     * @return the subject
     */
    public static Subject client(final String name, final Supplier<ReferenceClient> driver) {
        return clientOf(name, driver).takesCalls().build();
    }

    /**
     * A client that takes no calls.
     *
     * @param name the name in the report
     * @param driver makes the driver
     * @return the subject
     */
    public static Subject callingClient(final String name, final Supplier<ReferenceClient> driver) {
        return clientOf(name, driver).build();
    }

    private static Subject.Builder clientOf(final String name, final Supplier<ReferenceClient> driver) {
        return Subject.builder(name, Kind.CLIENT, () -> {
                    final ReferenceClient client = driver.get();
                    return Specimen.of(client).withControl(client);
                })
                .medium(Medium.ATM)
                .addressFamily(ReferenceCallManager.FAMILY);
    }

    private static Subject.Builder calling(
            final String name, final Kind kind, final Function<ReferenceNetwork, Specimen> specimens) {
        return Subject.builder(name, kind, () -> {
                    final ReferenceNetwork network = new ReferenceNetwork();
                    return specimens.apply(network).withRemote(network).closing(network::close);
                })
                .medium(Medium.ATM)
                .addressFamily(ReferenceCallManager.FAMILY)
                .parameters(
                        ReferenceNetwork.call("alice", ReferenceNetwork.RATE / 2),
                        ReferenceNetwork.call("bob", ReferenceNetwork.RATE / 2))
                .refused(CallParameters.bestEffort())
                .roundable(ReferenceNetwork.call("alice", ReferenceNetwork.RATE * 2))
                .partyParameters(
                        ReferenceNetwork.call("alice", ReferenceNetwork.RATE / 2),
                        ReferenceNetwork.call("bob", ReferenceNetwork.RATE / 2))
                .address(Octets.of(new byte[] {3, 0, 0, 0, 'k', 'i', 't'}))
                .maxVcs(ReferenceCallManager.MAX_VCS)
                .sap(SAP)
                .refusedSap(new Sap(Sap.NSAP, Octets.ofText("4711")));
    }
}
