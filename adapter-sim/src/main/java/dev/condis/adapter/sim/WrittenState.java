// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.miniport.CallStateFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one signaling engine writes down for the next one, big-endian. What the core knows too (parameters in force, SAPs) is not in it. A
 * later version only adds at the end, and reads what is shorter.
 */
final class WrittenState {

    /** What is written here. */
    static final CallStateFormat FORMAT = new CallStateFormat("dev.condis.adapter.sim.q2931", 1);

    private static final int OF_CLIENT = 0x01;
    private static final int CONNECTED = 0x02;
    private static final int OUTGOING = 0x04;
    private static final int KEPT = 0x08;
    private static final int MAX_ADDRESS = 256;

    private WrittenState() {}

    /** The engine at one adapter. */
    record OfStation(int nextNumber, int nextRegistration, boolean linkUp, boolean available, Optional<Sap> own) {}

    /**
     * A VC.
     *
     * @param ofClient the client has created it
     * @param kept it waits for another call to the client
     * @param call empty when there is none
     */
    record OfVc(boolean ofClient, boolean kept, Optional<OfCall> call) {}

    /** A connected call. */
    record OfCall(boolean outgoing, int reference, AtmLabel label) {}

    /** Writes; {@link IOException} cannot happen in memory. */
    private interface Writer {
        void write(DataOutputStream out) throws IOException;
    }

    private interface Reader<T> {
        T read(DataInputStream in) throws IOException;
    }

    private static Octets written(Writer writer) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(octets)) {
            writer.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Octets.of(octets.toByteArray());
    }

    /** Empty if the octets are no such thing. */
    private static <T> Optional<T> read(Octets state, Reader<T> reader) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state.toByteArray()))) {
            return Optional.of(reader.read(in));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static Octets of(OfStation station) {
        return written(out -> {
            out.writeInt(station.nextNumber());
            out.writeInt(station.nextRegistration());
            out.writeBoolean(station.linkUp());
            out.writeBoolean(station.available());
            writeAddresses(out, station.own().stream().toList());
        });
    }

    static Optional<OfStation> station(Octets state) {
        return read(
                state,
                in -> new OfStation(
                        positive(in.readInt()),
                        positive(in.readInt()),
                        in.readBoolean(),
                        in.readBoolean(),
                        readAddresses(in).stream().findFirst()));
    }

    static Octets of(OfVc vc) {
        int flags = (vc.ofClient() ? OF_CLIENT : 0)
                | (vc.kept() ? KEPT : 0)
                | vc.call()
                        .map(call -> CONNECTED | (call.outgoing() ? OUTGOING : 0))
                        .orElse(0);
        return written(out -> {
            out.writeByte(flags);
            if (vc.call().isPresent()) {
                OfCall call = vc.call().get();
                out.writeInt(call.reference());
                out.writeShort(call.label().vpi());
                out.writeShort(call.label().vci());
            }
        });
    }

    static Optional<OfVc> vc(Octets state) {
        return read(state, in -> {
            int flags = in.readByte();
            Optional<OfCall> call = (flags & CONNECTED) == 0
                    ? Optional.empty()
                    : Optional.of(new OfCall(
                            (flags & OUTGOING) != 0,
                            positive(in.readInt()),
                            new AtmLabel(in.readUnsignedShort(), in.readUnsignedShort())));
            return new OfVc((flags & OF_CLIENT) != 0, (flags & KEPT) != 0, call);
        });
    }

    static Octets of(List<Sap> addresses) {
        return written(out -> writeAddresses(out, addresses));
    }

    static Optional<List<Sap>> addresses(Octets state) {
        return read(state, WrittenState::readAddresses);
    }

    private static void writeAddresses(DataOutputStream out, List<Sap> addresses) throws IOException {
        out.writeInt(addresses.size());
        for (Sap address : addresses) {
            out.writeInt(address.type());
            out.writeShort(address.address().length());
            out.write(address.address().toByteArray());
        }
    }

    private static List<Sap> readAddresses(DataInputStream in) throws IOException {
        int count = in.readInt();
        List<Sap> addresses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int type = in.readInt();
            int length = in.readUnsignedShort();
            if (length > MAX_ADDRESS) {
                throw new IOException("an address of " + length + " octets");
            }
            addresses.add(new Sap(type, Octets.of(in.readNBytes(length))));
        }
        return addresses;
    }

    private static int positive(int number) throws IOException {
        if (number < 0) {
            throw new IOException("a negative number");
        }
        return number;
    }
}
