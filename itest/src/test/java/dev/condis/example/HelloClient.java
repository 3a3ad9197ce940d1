// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

public final class HelloClient implements CoClient, ClientAfContext, ClientVcContext {
    public final List<String> heard = new CopyOnWriteArrayList<>();
    private final NetBufferListPool pool = new NetBufferListPool("hello", 16, 1500);

    @Override // a call manager offers an address family on an adapter
    public void afRegisterNotify(ClientBinding binding, AddressFamily family) {
        binding.openAddressFamily(family, this).thenAccept(opened -> call(opened.get()));
    }

    private void call(ClientAf af) {
        ClientVc vc = af.createVc(this).get();
        vc.makeCall(CallParameters.permanent(MediaFlow.parse("vlan:100").toMediaParameters()))
                .thenAccept(made -> made.value().ifPresent(inForce -> send(vc, "hello, wire")));
    }

    private void send(ClientVc vc, String text) {
        vc.sendNetBufferLists(pool.allocate().fill(text.getBytes(UTF_8)), 0);
    }

    @Override // the NBLs are lent: read, then return them
    public void receiveNetBufferLists(ClientVc vc, NetBufferList nbls, int flags) {
        heard.add(new String(nbls.toByteArray(), UTF_8));
        vc.returnNetBufferLists(nbls, 0);
    }

    @Override // what was sent comes back, sent or not: nbls.status() tells
    public void sendNetBufferListsComplete(ClientVc vc, NetBufferList nbls, int flags) {
        nbls.freeChain();
    }
}
