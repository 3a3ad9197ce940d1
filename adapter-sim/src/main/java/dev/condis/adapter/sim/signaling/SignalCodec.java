// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.signaling;

import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.SpecificParameters;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The octets of signaling messages; the format is described in this bundle's README.
 *
 * <p>Parsing takes any octets: what is not a message yields nothing, it never throws and never allocates more than the
 * input is long. Elements that are not known are skipped.
 */
public final class SignalCodec {

    /** The longest message, octets. */
    public static final int MAX_LENGTH = 4096;

    /** The most close data a message can carry, octets. */
    public static final int MAX_CLOSE_DATA = 128;

    private static final int DISCRIMINATOR = 0xC5;
    private static final int VERSION = 1;
    private static final int HEADER = 8;

    private static final int CALLED = 1;
    private static final int CALLING = 2;
    private static final int LABEL = 3;
    private static final int CAUSE = 4;
    private static final int TRANSMIT = 5;
    private static final int RECEIVE = 6;
    private static final int SPECIFIC = 7;
    private static final int CLOSE_DATA = 8;
    private static final int PARTY = 9;

    private static final int FLOW_LENGTH = 8 * Integer.BYTES;
    private static final int LABEL_LENGTH = 4;

    private SignalCodec() {}

    /**
     * Writes a message.
     *
     * @param message the message
     * @return its octets; empty if it would be longer than {@link #MAX_LENGTH} because of the parts that users supply
     */
    public static Optional<byte[]> encode(SignalMessage message) {
        if (suppliedLength(message) > MAX_LENGTH / 2) {
            return Optional.empty();
        }
        ByteBuffer out = ByteBuffer.allocate(MAX_LENGTH);
        out.put((byte) DISCRIMINATOR).put((byte) VERSION).put((byte)
                message.type().code());
        out.put((byte) bits(message)).putInt(message.reference());
        message.called().ifPresent(sap -> putTyped(out, CALLED, sap.type(), sap.address()));
        message.calling().ifPresent(sap -> putTyped(out, CALLING, sap.type(), sap.address()));
        message.label().ifPresent(label -> putLabel(out, label));
        message.cause().ifPresent(cause -> element(out, CAUSE, Integer.BYTES).putInt(cause.code()));
        message.traffic().ifPresent(traffic -> putTraffic(out, traffic));
        message.party().ifPresent(number -> element(out, PARTY, Integer.BYTES).putInt(number));
        if (message.closeData().length() > 0) {
            element(out, CLOSE_DATA, message.closeData().length())
                    .put(message.closeData().toByteArray());
        }
        byte[] octets = new byte[out.position()];
        out.get(0, octets);
        return Optional.of(octets);
    }

    private static int bits(SignalMessage message) {
        return message.flags().stream().mapToInt(SignalMessage.Flag::bit).sum();
    }

    private static SignalMessage flagged(SignalMessage message, int bits) {
        SignalMessage flagged = message;
        for (SignalMessage.Flag flag : SignalMessage.Flag.values()) {
            flagged = flagged.with(flag, (bits & flag.bit()) != 0);
        }
        return flagged;
    }

    private static int suppliedLength(SignalMessage message) {
        int specific = message.traffic()
                .flatMap(CallManagerParameters::specific)
                .map(parameters -> parameters.parameters().length())
                .orElse(0);
        int called = message.called().map(sap -> sap.address().length()).orElse(0);
        int calling = message.calling().map(sap -> sap.address().length()).orElse(0);
        return specific + called + calling + message.closeData().length();
    }

    private static void putTyped(ByteBuffer out, int id, int type, Octets octets) {
        element(out, id, Integer.BYTES + octets.length()).putInt(type).put(octets.toByteArray());
    }

    private static void putLabel(ByteBuffer out, AtmLabel label) {
        element(out, LABEL, LABEL_LENGTH).putShort((short) label.vpi()).putShort((short) label.vci());
    }

    private static void putTraffic(ByteBuffer out, CallManagerParameters traffic) {
        putFlow(element(out, TRANSMIT, FLOW_LENGTH), traffic.transmit());
        putFlow(element(out, RECEIVE, FLOW_LENGTH), traffic.receive());
        traffic.specific().ifPresent(specific -> putTyped(out, SPECIFIC, specific.paramType(), specific.parameters()));
    }

    private static void putFlow(ByteBuffer out, FlowSpec flow) {
        out.putInt((int) flow.tokenRate()).putInt((int) flow.tokenBucketSize());
        out.putInt((int) flow.peakBandwidth()).putInt((int) flow.latency());
        out.putInt((int) flow.delayVariation()).putInt(flow.serviceType().ordinal());
        out.putInt((int) flow.maxSduSize()).putInt((int) flow.minimumPolicedSize());
    }

    private static ByteBuffer element(ByteBuffer out, int id, int length) {
        return out.put((byte) id).putShort((short) length);
    }

    /**
     * Reads a message.
     *
     * @param octets any octets
     * @return the message; empty if they are none
     */
    public static Optional<SignalMessage> parse(byte[] octets) {
        if (octets.length < HEADER || octets.length > MAX_LENGTH) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(octets);
        if ((in.get() & 0xFF) != DISCRIMINATOR || in.get() != VERSION) {
            return Optional.empty();
        }
        int code = in.get() & 0xFF;
        int bits = in.get() & 0xFF;
        int reference = in.getInt();
        Optional<MessageType> type = typeOf(code);
        if (type.isEmpty() || reference < 0) {
            return Optional.empty();
        }
        return new Elements().readAll(in, flagged(SignalMessage.of(type.get(), false, reference), bits));
    }

    private static Optional<MessageType> typeOf(int code) {
        for (MessageType type : MessageType.values()) {
            if (type.code() == code) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** What was read so far; traffic parameters come in up to three elements. */
    private static final class Elements {

        private boolean valid = true;
        private Optional<FlowSpec> transmit = Optional.empty();
        private Optional<FlowSpec> receive = Optional.empty();
        private Optional<SpecificParameters> specific = Optional.empty();

        Optional<SignalMessage> readAll(ByteBuffer in, SignalMessage header) {
            SignalMessage message = header;
            while (valid && in.hasRemaining()) {
                message = readOne(in, message);
            }
            if (!valid || transmit.isPresent() != receive.isPresent()) {
                return Optional.empty();
            }
            Optional<CallManagerParameters> traffic =
                    transmit.map(flow -> new CallManagerParameters(flow, receive.get(), specific));
            return Optional.of(message.withTraffic(traffic));
        }

        private SignalMessage readOne(ByteBuffer in, SignalMessage message) {
            if (in.remaining() < 3) {
                return invalid(message);
            }
            int id = in.get() & 0xFF;
            int length = in.getShort() & 0xFFFF;
            if (length > in.remaining()) {
                return invalid(message);
            }
            ByteBuffer value = in.slice(in.position(), length);
            in.position(in.position() + length);
            return read(id, value, message);
        }

        private SignalMessage read(int id, ByteBuffer value, SignalMessage message) {
            return switch (id) {
                case CALLED -> sap(value).map(message::withCalled).orElseGet(() -> invalid(message));
                case CALLING -> {
                    Optional<Sap> calling = sap(value);
                    yield calling.isPresent() ? message.withCalling(calling) : invalid(message);
                }
                case LABEL -> label(value).map(message::withLabel).orElseGet(() -> invalid(message));
                case CAUSE -> cause(value).map(message::withCause).orElseGet(() -> invalid(message));
                case TRANSMIT -> {
                    transmit = flow(value);
                    yield transmit.isPresent() ? message : invalid(message);
                }
                case RECEIVE -> {
                    receive = flow(value);
                    yield receive.isPresent() ? message : invalid(message);
                }
                case SPECIFIC -> specific(value, message);
                case CLOSE_DATA -> closeData(value, message);
                case PARTY -> party(value, message);
                default -> message;
            };
        }

        private SignalMessage invalid(SignalMessage message) {
            valid = false;
            return message;
        }

        private SignalMessage specific(ByteBuffer value, SignalMessage message) {
            if (value.remaining() < Integer.BYTES) {
                return invalid(message);
            }
            specific = Optional.of(new SpecificParameters(value.getInt(), octets(value)));
            return message;
        }

        private SignalMessage party(ByteBuffer value, SignalMessage message) {
            int number = value.remaining() == Integer.BYTES ? value.getInt() : -1;
            return number < 0 ? invalid(message) : message.withParty(number);
        }

        private SignalMessage closeData(ByteBuffer value, SignalMessage message) {
            return value.remaining() > MAX_CLOSE_DATA ? invalid(message) : message.withCloseData(octets(value));
        }
    }

    private static Optional<Sap> sap(ByteBuffer value) {
        return value.remaining() < Integer.BYTES
                ? Optional.empty()
                : Optional.of(new Sap(value.getInt(), octets(value)));
    }

    private static Optional<AtmLabel> label(ByteBuffer value) {
        if (value.remaining() != LABEL_LENGTH) {
            return Optional.empty();
        }
        int vpi = value.getShort() & 0xFFFF;
        int vci = value.getShort() & 0xFFFF;
        return AtmLabel.isValid(vpi, vci) ? Optional.of(new AtmLabel(vpi, vci)) : Optional.empty();
    }

    private static Optional<NdisStatus> cause(ByteBuffer value) {
        return value.remaining() == Integer.BYTES ? NdisStatus.ofCode(value.getInt()) : Optional.empty();
    }

    private static Optional<FlowSpec> flow(ByteBuffer value) {
        if (value.remaining() != FLOW_LENGTH) {
            return Optional.empty();
        }
        long tokenRate = unsigned(value);
        long bucket = unsigned(value);
        long peak = unsigned(value);
        long latency = unsigned(value);
        long variation = unsigned(value);
        long service = unsigned(value);
        FlowSpec.ServiceType[] services = FlowSpec.ServiceType.values();
        if (service >= services.length) {
            return Optional.empty();
        }
        return Optional.of(new FlowSpec(
                tokenRate,
                bucket,
                peak,
                latency,
                variation,
                services[(int) service],
                unsigned(value),
                unsigned(value)));
    }

    private static long unsigned(ByteBuffer value) {
        return Integer.toUnsignedLong(value.getInt());
    }

    private static Octets octets(ByteBuffer value) {
        byte[] copy = new byte[value.remaining()];
        value.get(copy);
        return Octets.of(copy);
    }
}
