// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.signaling.MessageType;
import dev.condis.adapter.sim.signaling.SignalMessage;
import dev.condis.api.NdisStatus;
import dev.condis.api.Sap;
import dev.condis.api.callmgr.CmSapContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What can be called at a station: the address that the network gave it, the addresses that clients have added, their SAPs. The
 * network is told of an address once, however many have it here. Confined to the loop.
 */
final class StationAddresses {

    private static final int ATTEMPTS = 2;

    /** An address that the network was asked to route here. */
    private record Asked(Sap address, Consumer<NdisStatus> answer) {}

    private final Station station;
    private final Map<Sap, SapRegistration> saps = new HashMap<>();
    private final Map<Sap, StationAf> added = new HashMap<>();
    private final Map<Integer, Asked> asked = new HashMap<>();
    private Optional<Sap> own = Optional.empty();
    private int nextNumber = 1;

    StationAddresses(final Station station) {
        this.station = station;
    }

    /** The network says which address it is; true if it was another one before. */
    boolean isNow(final Optional<Sap> address) {
        if (address.isEmpty() || address.equals(own)) {
            return false;
        }
        own = address;
        return true;
    }

    /** What is common to all clients, then what this one has added (R204). */
    List<Sap> of(final StationAf client) {
        final List<Sap> its = added.entrySet().stream()
                .filter(entry -> entry.getValue() == client)
                .map(Map.Entry::getKey)
                .sorted((left, right) -> left.toString().compareTo(right.toString()))
                .toList();
        return Stream.concat(own.stream(), its.stream()).toList();
    }

    Optional<SapRegistration> find(final Sap called) {
        return Optional.ofNullable(saps.get(called));
    }

    // ---- another engine

    /** The network has answered everything. */
    boolean isAtRest() {
        return asked.isEmpty();
    }

    int nextNumber() {
        return nextNumber;
    }

    Optional<Sap> own() {
        return own;
    }

    List<Sap> addedBy(final StationAf client) {
        return of(client).stream().filter(added::containsKey).toList();
    }

    void adopt(final Optional<Sap> address, final int number) {
        own = address;
        nextNumber = Math.max(1, number);
    }

    /** The network knows the address already. */
    void adopt(final Sap address, final StationAf client) {
        added.put(address, client);
    }

    CmSapContext adopt(final SapRegistration registration) {
        saps.put(registration.sap().sap(), registration);
        registration.complete(NdisStatus.SUCCESS);
        return registration;
    }

    // ---- SAPs

    void register(final SapRegistration registration) {
        final Sap sap = registration.sap().sap();
        if (saps.putIfAbsent(sap, registration) != null) {
            registration.complete(NdisStatus.INVALID_DATA);
            return;
        }
        ask(sap, status -> {
            if (!status.isSuccess()) {
                saps.remove(sap, registration);
            }
            // The contract has one status for a SAP that cannot be served (R50), whatever the network calls it.
            registration.complete(status == NdisStatus.INVALID_SAP ? NdisStatus.INVALID_DATA : status);
        });
    }

    void deregister(final SapRegistration registration) {
        final Sap sap = registration.sap().sap();
        if (saps.remove(sap, registration)) {
            release(sap);
        }
    }

    // ---- addresses of clients

    /** {@code OID_CO_ADD_ADDRESS}. Adding it again changes nothing. */
    void add(final Sap address, final StationAf client, final Consumer<NdisStatus> answer) {
        final Optional<StationAf> owner = Optional.ofNullable(added.putIfAbsent(address, client));
        if (owner.isPresent()) {
            answer.accept(owner.get() == client ? NdisStatus.SUCCESS : NdisStatus.INVALID_DATA);
            return;
        }
        ask(address, status -> {
            if (!status.isSuccess()) {
                added.remove(address, client);
            }
            // Whatever the network's reason, the address cannot be had: the contract has one status for it.
            answer.accept(status.isSuccess() ? status : NdisStatus.INVALID_DATA);
        });
    }

    /** {@code OID_CO_DELETE_ADDRESS}. */
    NdisStatus delete(final Sap address, final StationAf client) {
        if (!added.remove(address, client)) {
            return NdisStatus.INVALID_DATA;
        }
        release(address);
        return NdisStatus.SUCCESS;
    }

    /** The client is gone. */
    void deleteAll(final StationAf client) {
        of(client).forEach(address -> {
            if (added.remove(address, client)) {
                release(address);
            }
        });
    }

    // ---- the network

    private void ask(final Sap address, final Consumer<NdisStatus> answer) {
        final int number = nextNumber++;
        asked.put(number, new Asked(address, answer));
        sendRegister(number, 1);
    }

    private void sendRegister(final int number, final int attempt) {
        if (!asked.containsKey(number)) {
            return;
        }
        if (attempt > ATTEMPTS) {
            asked.remove(number).answer().accept(NdisStatus.ADAPTER_NOT_READY);
            return;
        }
        station.send(SignalMessage.of(MessageType.REGISTER, false, number)
                .withCalled(asked.get(number).address()));
        station.time().schedule(station.options().signalingTimeout(), () -> sendRegister(number, attempt + 1));
    }

    void answered(final SignalMessage message) {
        Optional.ofNullable(asked.remove(message.reference())).ifPresent(request -> request.answer()
                .accept(
                        message.type() == MessageType.REGISTER_ACK
                                ? NdisStatus.SUCCESS
                                : message.causeOr(NdisStatus.FAILURE)));
    }

    private void release(final Sap address) {
        if (!saps.containsKey(address) && !added.containsKey(address)) {
            final List<Asked> pending = asked.values().stream()
                    .filter(request -> request.address().equals(address))
                    .toList();
            asked.values().removeAll(pending);
            pending.forEach(request -> request.answer().accept(NdisStatus.CLOSING));
            station.send(SignalMessage.of(MessageType.DEREGISTER, false, 0).withCalled(address));
        }
    }
}
