// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.ServiceProperties;
import dev.condis.api.VcState;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientVc;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.oid.OidTable;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.StatusIndication;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * What happens to an adapter as a whole, in a real framework and under calls: it is asked, paused and restarted,
 * indicates a status; and what management sees of it.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class AdapterOperationsIT {
    private static final String MONITORED = "it-monitored";
    private static final int ADD_PVC_HEADER = 8;

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    private SimulatedNics nics;

    @org.ops4j.pax.exam.Configuration
    public Option[] framework() {
        return new Option[] {Container.product()};
    }

    @Before
    public void makeNics() {
        nics = new SimulatedNics(context, configurations);
    }

    @After
    public void leaveNothingBehind() throws Exception {
        nics.stop();
    }

    private static <T> T get(final CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static long number(final OidResult result) {
        assertThat(result.status()).isEqualTo(NdisStatus.SUCCESS);
        return OidTable.number(result.information());
    }

    // --- OIDs
    // ------------------------------------------------------------------------------------------------------------

    @Test
    public void aClientAsksTheMcmBelowIt() throws Exception {
        asks("mcm");
    }

    @Test
    public void aClientAsksTheMiniportBelowIt() throws Exception {
        asks("miniport");
    }

    private void asks(final String mode) throws Exception {
        nics.start(mode);
        final ClientVc vc = nics.call();
        final ClientVc silent = nics.call();
        final ClientBinding binding = vc.addressFamily().binding();
        assertThat(number(get(binding.oidRequest(OidRequest.query(Oid.GEN_CO_LINK_SPEED, 8)))))
                .isNotZero();
        final OidRequest sent = OidRequest.query(Oid.GEN_CO_XMIT_PDUS_OK, 4);
        final long before = number(get(binding.oidRequest(vc.handle(), sent)));

        nics.exchange(vc, "one more");

        await().atMost(SimulatedNics.PATIENCE)
                .until(() -> number(get(binding.oidRequest(vc.handle(), sent))) == before + 1);
        assertThat(number(get(binding.oidRequest(silent.handle(), sent)))).isZero();
        assertThat(number(get(binding.oidRequest(sent)))).isGreaterThanOrEqualTo(1);
        assertThat(get(binding.oidRequest(OidRequest.query(Oid.GEN_CO_LINK_SPEED, 3)))
                        .status())
                .isIn(NdisStatus.BUFFER_TOO_SHORT, NdisStatus.INVALID_LENGTH);
        assertThat(get(binding.oidRequest(OidRequest.query(new Oid(0x7FFF_0001), 4)))
                        .status())
                .isEqualTo(NdisStatus.INVALID_OID);
        nics.hangUp(vc);
        nics.hangUp(silent);
        assertThat(get(binding.oidRequest(vc.handle(), sent)).status())
                .as("the handle is dead")
                .isEqualTo(NdisStatus.FAILURE);
    }

    // --- pause and restart
    // -----------------------------------------------------------------------------------------------

    @Test
    public void anMcmIsPausedAndRestartedUnderACall() throws Exception {
        pausesAndRestarts("mcm");
    }

    @Test
    public void aMiniportIsPausedAndRestartedUnderACall() throws Exception {
        pausesAndRestarts("miniport");
    }

    private void pausesAndRestarts(final String mode) throws Exception {
        nics.start(mode);
        final ClientVc vc = nics.call();
        nics.exchange(vc, "before");

        assertThat(get(nics.library().pause(SimulatedNics.A)).status()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(nics.adapter(SimulatedNics.A).state()).isEqualTo(AdapterSnapshot.State.PAUSED);
        assertThat(get(nics.library().pause(SimulatedNics.A)).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        nics.caller.send(vc, "meanwhile");
        await().atMost(SimulatedNics.PATIENCE)
                .untilAsserted(() -> assertThat(nics.caller.completed).endsWith(NdisStatus.PAUSED));
        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);

        assertThat(get(nics.library().restart(SimulatedNics.A)).status()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(nics.adapter(SimulatedNics.A).state()).isEqualTo(AdapterSnapshot.State.RUNNING);
        nics.exchange(vc, "after");
        assertThat(nics.listener.received).containsExactly("before", "after");
        nics.hangUp(vc);
    }

    // --- names
    // -----------------------------------------------------------------------------------------------------------

    @Test
    public void onlyNamedVcsAreEnumerated() throws Exception {
        nics.start("miniport");
        final ClientVc named = nics.call();
        final ClientVc nameless = nics.call();
        assertThat(nics.library().instances()).isEmpty();

        final String name = named.assignInstanceName("line").get();

        assertThat(name).startsWith("line");
        assertThat(named.assignInstanceName("other").get())
                .as("a name stays (R224)")
                .isEqualTo(name);
        assertThat(nics.library().instances()).singleElement().satisfies(snapshot -> {
            assertThat(snapshot.instanceName()).contains(name);
            assertThat(snapshot.client()).contains("client of " + SimulatedNics.A);
            assertThat(snapshot.callState()).isEqualTo(CallState.CONNECTED);
        });
        nics.hangUp(nameless);
        nics.hangUp(named);
        assertThat(nics.library().instances())
                .extracting(VcSnapshot::instanceName)
                .isEmpty();
    }

    // --- status, circuits
    // -------------------------------------------------------------------------------------------------

    @Test
    public void theLossOfALinkReachesClientAndCallManager_andClosesNothing() throws Exception {
        final MonitoredMiniport miniport = new MonitoredMiniport();
        final EchoClient client = aboveMonitored(miniport, Map.of("open", true));
        final ClientVc vc = onVlan(client, 5);

        miniport.indicate(StatusIndication.linkState(LinkState.disconnected()));
        miniport.indicate(StatusIndication.linkState(LinkState.connected(1000)));

        await().atMost(SimulatedNics.PATIENCE).untilAsserted(() -> assertThat(client.statuses)
                .containsExactly(
                        StatusIndication.linkState(LinkState.disconnected()),
                        StatusIndication.linkState(LinkState.connected(1000))));
        await().atMost(SimulatedNics.PATIENCE).untilAsserted(() -> assertThat(client.asked)
                .containsSubsequence("set of OID_CO_SIGNALING_DISABLED", "set of OID_CO_SIGNALING_ENABLED"));
        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
        nics.hangUp(vc);
    }

    @Test
    public void circuitsAreAddedAndDeletedAtRunTime() throws Exception {
        final EchoClient client = aboveMonitored(new MonitoredMiniport(), Map.of("open", false));
        final ClientAf af = client.opened().get(60, TimeUnit.SECONDS);
        assertThat(get(client.call(af, vlan(5))).status()).isEqualTo(NdisStatus.FAILURE);

        assertThat(get(af.oidRequest(OidRequest.set(Oid.CO_ADD_PVC, coPvc("lan=vlan:5"))))
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
        final ClientVc vc = onVlan(client, 5);
        assertThat(get(af.oidRequest(OidRequest.set(Oid.CO_DELETE_PVC, coPvc("lan"))))
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);

        await().atMost(SimulatedNics.PATIENCE).untilAsserted(() -> assertThat(client.events)
                .contains("incomingCloseCall " + NdisStatus.VC_NOT_AVAILABLE));
        await().atMost(SimulatedNics.PATIENCE).until(() -> vc.callState() == CallState.IDLE);
        assertThat(vc.deleteVc().status()).isEqualTo(NdisStatus.SUCCESS);
    }

    /** {@code PvcParameters} of a {@code CO_PVC}: type, length, text. */
    private static Octets coPvc(final String text) {
        final byte[] octets = Octets.ofText(text).toByteArray();
        return Octets.of(ByteBuffer.allocate(ADD_PVC_HEADER + octets.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(Sap.PVC)
                .putInt(octets.length)
                .put(octets)
                .array());
    }

    private EchoClient aboveMonitored(final MonitoredMiniport miniport, final Map<String, Object> pvc)
            throws Exception {
        nics.endCallsWithTheirBackend(MONITORED);
        nics.configure("dev.condis.callmgr.pvc", pvc);
        nics.registered.add(context.registerService(
                CoMiniport.class,
                miniport,
                new Hashtable<>(Map.of(ServiceProperties.ADAPTER, MONITORED, ServiceProperties.MEDIUM, "ETHERNET"))));
        final EchoClient client = new EchoClient(AddressFamily.PVC, Optional.empty(), false);
        nics.register(client, MONITORED);
        client.opened().get(60, TimeUnit.SECONDS);
        return client;
    }

    private static CallParameters vlan(final int id) {
        return CallParameters.permanent(MediaFlow.parse("vlan:" + id).toMediaParameters());
    }

    private static ClientVc onVlan(final EchoClient client, final int id) throws Exception {
        return get(client.call(client.opened().get(60, TimeUnit.SECONDS), vlan(id)))
                .get();
    }
}
