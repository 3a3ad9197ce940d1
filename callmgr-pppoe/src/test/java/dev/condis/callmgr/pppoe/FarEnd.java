// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.adapter.sim.SimMiniport;
import dev.condis.adapter.sim.SimNicOptions;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.api.AdapterInfo;
import dev.condis.api.CallParameters;
import dev.condis.api.MediaParameters;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.client.ClientVc;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.MacAddress;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.pppoe.PppoeParameters;
import dev.condis.tck.EngineHost;
import dev.condis.tck.subject.RemoteEnd;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The other end of the wire for the conformance kit: the same call manager in a library of its own, on the time of the network. */
final class FarEnd implements RemoteEnd {
    private final SimNetwork network;
    private final MacAddress near;
    private final Subscriber client = new Subscriber();
    private volatile Optional<CompletableFuture<NdisResult<CallParameters>>> lastCall = Optional.empty();
    private volatile boolean rejectNext;

    FarEnd(final SimNetwork network, final MacAddress own, final MacAddress near) {
        this.network = network;
        this.near = near;
        final EngineHost host = new EngineHost();
        final PppoeCallManager callManager = new PppoeCallManager(
                PppoeSettings.DEFAULT.named("far"), adapter -> new SimLoop(network.time()), new Random(2));
        join(host.registerMiniport(
                        new AdapterInfo("far", Medium.ETHERNET, 0, Map.of()),
                        new SimMiniport(network, SimNicOptions.of(own)))
                .ready());
        join(host.registerCallManager("far pppoe", "far", callManager).ready());
        join(host.registerClient("far client", "far", client).ready());
        client.answers(this::answer);
        join(client.opened());
        join(client.af().registerSap(Sap.pppoe(AccessConcentrator.ANY), client));
    }

    private static <T> T join(final java.util.concurrent.CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    private java.util.concurrent.CompletionStage<NdisResult<CallParameters>> answer(final CallParameters offered) {
        final boolean rejects = rejectNext;
        rejectNext = false;
        return (rejects ? NdisResult.<CallParameters>failure(NdisStatus.FAILURE) : NdisResult.success(offered))
                .asStage();
    }

    private static Optional<Long> session(final CallParameters vc) {
        return vc.media()
                .flatMap(MediaParameters::specific)
                .flatMap(MediaFlow::fromSpecificParameters)
                .map(flow -> ((EthernetFlow) flow).innermost().value());
    }

    private Optional<ClientVc> here(final CallParameters vc) {
        final Optional<Long> wanted = session(vc);
        return client.active().stream()
                .filter(own -> own.callParameters().flatMap(FarEnd::session).equals(wanted))
                .findFirst();
    }

    @Override
    public boolean transmit(final CallParameters vc, final Octets pdu) {
        final Optional<ClientVc> own = here(vc);
        own.ifPresent(there -> client.send(there, pdu));
        return own.isPresent();
    }

    @Override
    public Optional<List<Octets>> received(final CallParameters vc) {
        return here(vc).map(client::received);
    }

    @Override
    public boolean call(final Sap sap) {
        final ClientVc vc = client.af().createVc(client).get();
        client.add(vc);
        lastCall = Optional.of(
                vc.makeCall(PppoeParameters.service(sap.address().toText()).toCall())
                        .toCompletableFuture());
        return true;
    }

    @Override
    public Optional<Boolean> isAnswered() {
        // the answer is on the wire when the client near hears that it is connected
        return lastCall.map(call -> call.thenApply(NdisResult::isSuccess)
                .completeOnTimeout(false, 5, TimeUnit.SECONDS)
                .join());
    }

    @Override
    public boolean rejectNextCall() {
        rejectNext = true;
        return true;
    }

    @Override
    public boolean hangUp(final CallParameters vc, final Octets closeData) {
        final Optional<ClientVc> own = here(vc);
        own.ifPresent(there -> there.closeCall(closeData));
        return own.isPresent();
    }

    @Override
    public Optional<Octets> closeData() {
        return client.closeData();
    }

    /** Signaling goes the way that everything goes. */
    @Override
    public boolean signaling(final boolean works) {
        return link(works);
    }

    @Override
    public boolean link(final boolean up) {
        network.port(near).ifPresent(port -> port.setUp(up));
        return true;
    }
}
