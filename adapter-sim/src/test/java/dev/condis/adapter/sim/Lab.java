// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.net.LinkProfile;
import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.VirtualTime;
import dev.condis.api.AdapterInfo;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Sap;
import dev.condis.api.client.ClientSap;
import dev.condis.api.media.MacAddress;
import dev.condis.core.engine.DriverDescriptor;
import dev.condis.core.engine.MiniportDescriptor;
import dev.condis.core.engine.MiniportRegistration;
import dev.condis.core.engine.NdisEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Stations on one network, each with a NIC, signaling and a client that takes calls to its number, above the real core, on virtual time. */
final class Lab {

    /** How the drivers are put together and what they are told. */
    enum Form {
        MCM(true, false, false),
        MCM_PENDED(true, true, false),
        MCM_ACTIVATE_FIRST(true, false, true),
        STAND_ALONE(false, false, false),
        STAND_ALONE_PENDED(false, true, false),
        STAND_ALONE_ACTIVATE_FIRST(false, true, true);

        final boolean mcm;
        final boolean pended;
        final boolean activateFirst;

        Form(final boolean mcm, final boolean pended, final boolean activateFirst) {
            this.mcm = mcm;
            this.pended = pended;
            this.activateFirst = activateFirst;
        }
    }

    final VirtualTime time = new VirtualTime();
    final SimNetwork network = new SimNetwork(NetworkOptions.of("lab", SimMedium.ATM, 11), time);
    final NdisEngine engine;
    final List<SimMiniport> nics = new ArrayList<>();
    final List<TalkingClient> clients = new ArrayList<>();
    final List<MiniportRegistration> adapters = new ArrayList<>();
    private final List<SimCallManager> callManagers = new ArrayList<>();

    Lab(final CheckedDrivers drivers, final Form form, final int stations, final LinkProfile link) {
        engine = drivers.engine(time);
        final SimCallManagerOptions options =
                SimCallManagerOptions.defaults().withActivationBeforeOffer(form.activateFirst);
        if (!form.mcm) {
            final SimCallManager callManager = new SimCallManager(time, options);
            callManagers.add(callManager);
            engine.registerCallManager(DriverDescriptor.everywhere("sim-cm"), callManager);
        }
        for (int i = 0; i < stations; i++) {
            addStation(form, i, link, options);
        }
        pass(100);
        for (int i = 0; i < stations; i++) {
            final NdisResult<ClientSap> sap = settled(clients.get(i).listen(number(i)));
            assertThat(sap.status()).isEqualTo(NdisStatus.SUCCESS);
        }
    }

    private void addStation(
            final Form form, final int index, final LinkProfile link, final SimCallManagerOptions options) {
        final SimNicOptions nic = SimNicOptions.of(address(index))
                .withLink(link)
                .withReceiveBuffers(1_024, 4, false)
                .withAsyncCompletions(form.pended);
        final MiniportDescriptor descriptor =
                MiniportDescriptor.of(new AdapterInfo(adapter(index), Medium.ATM, 0, Map.of()));
        if (form.mcm) {
            final SimMcm mcm = new SimMcm(network, nic, options);
            nics.add(mcm.miniport());
            callManagers.add(mcm.callManager());
            adapters.add(engine.registerMiniport(descriptor, mcm));
        } else {
            final SimMiniport miniport = new SimMiniport(network, nic);
            nics.add(miniport);
            adapters.add(engine.registerMiniport(descriptor, miniport));
        }
        final TalkingClient client = new TalkingClient();
        clients.add(client);
        engine.registerClient(DriverDescriptor.on("client" + index, adapter(index)), client);
    }

    static MacAddress address(final int station) {
        return new MacAddress(station + 1L);
    }

    static String adapter(final int station) {
        return "atm" + station;
    }

    static Sap number(final int station) {
        return Sap.e164("49302000" + station);
    }

    void pass(final long millis) {
        time.advance(Duration.ofMillis(millis));
    }

    <T> T settled(final CompletionStage<T> stage) {
        final CompletableFuture<T> future = stage.toCompletableFuture();
        for (int i = 0; i < 1_000 && !future.isDone(); i++) {
            pass(1);
        }
        assertThat(future).isDone();
        return future.join();
    }

    /** Every call is over: no NBL, no label, no call is left, and the accounts of every link and NIC are exact. */
    void assertNothingLeft() {
        pass(30_000);
        callManagers.forEach(callManager -> assertThat(callManager.calls()).isZero());
        assertThat(network.statistics().activeCalls()).isZero();
        clients.forEach(client -> assertThat(client.pool.outstanding()).isZero());
        for (final SimMiniport nic : nics) {
            assertThat(nic.outstandingReceives()).isZero();
            assertThat(nic.vcStatistics())
                    .as("only the signaling VC of %s", nic)
                    .hasSizeLessThanOrEqualTo(1);
            final SimStatistics counted = nic.statistics();
            nic.port().ifPresent(port -> {
                assertThat(counted.xmitPdusOk())
                        .isEqualTo(port.transmitStatistics().offered());
                assertThat(counted.rcvPdusOk()
                                + counted.rcvPdusError()
                                + counted.rcvPdusNoBuffer()
                                + counted.rcvPdusUnknown())
                        .isEqualTo(port.receiveStatistics().delivered());
            });
        }
    }
}
