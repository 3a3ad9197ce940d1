// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Which NIC takes the calls to which SAP. Confined to the network's thread. */
final class SapDirectory {

    private static final int MAX_DIGITS = 15;

    private final Map<Sap, SwitchPort> registered = new HashMap<>();

    /** Registers; the status says why not. */
    NdisStatus register(SwitchPort port, Sap sap) {
        if (!isAddress(sap)) {
            return NdisStatus.INVALID_SAP;
        }
        if (NsapAddress.nicOf(sap).isPresent() && !NsapAddress.isAt(sap, port.address(), port.attachmentPoint())) {
            return NdisStatus.INVALID_ADDRESS;
        }
        SwitchPort owner = registered.computeIfAbsent(sap, key -> port);
        return owner == port ? NdisStatus.SUCCESS : NdisStatus.SAP_IN_USE;
    }

    void deregister(SwitchPort port, Sap sap) {
        registered.remove(sap, port);
    }

    /** The NIC has moved: its addresses at the old place lead nowhere, its numbers go with it. */
    void removeAddressesAtOldPlace(SwitchPort port) {
        registered
                .entrySet()
                .removeIf(entry -> entry.getValue() == port
                        && NsapAddress.nicOf(entry.getKey()).isPresent()
                        && !NsapAddress.isAt(entry.getKey(), port.address(), port.attachmentPoint()));
    }

    void removeAll(SwitchPort port) {
        registered.values().removeIf(port::equals);
    }

    Optional<SwitchPort> find(Sap sap) {
        return Optional.ofNullable(registered.get(sap));
    }

    private static boolean isAddress(Sap sap) {
        return switch (sap.type()) {
            case Sap.NSAP -> sap.address().length() == NsapAddress.LENGTH;
            case Sap.E164 -> isDigits(sap.address());
            default -> false;
        };
    }

    private static boolean isDigits(Octets digits) {
        byte[] octets = digits.toByteArray();
        if (octets.length == 0 || octets.length > MAX_DIGITS) {
            return false;
        }
        for (byte octet : octets) {
            if (octet < '0' || octet > '9') {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return Arrays.toString(registered.keySet().toArray());
    }
}
