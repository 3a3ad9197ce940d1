// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Frames with the places of their headers, as tshark dissects them. */
final class Pdml {
    private Pdml() {}

    /**
     * A field that tshark found.
     *
     * @param name its name
     * @param at index of its first octet in the frame
     * @param octets its length
     * @param show its value
     */
    record Field(String name, int at, int octets, String show) {
        long number() {
            return Long.decode(show);
        }

        int end() {
            return at + octets;
        }
    }

    /**
     * A protocol that tshark found.
     *
     * @param name its name
     * @param at index of its first octet in the frame
     * @param octets its length
     * @param fields its fields, from the first on
     */
    record Protocol(String name, int at, int octets, List<Field> fields) {

        Optional<Field> first(final String field) {
            return fields.stream().filter(f -> f.name().equals(field)).findFirst();
        }

        List<Field> all(final String field) {
            return fields.stream().filter(f -> f.name().equals(field)).toList();
        }

        long number(final String field) {
            return first(field).orElseThrow().number();
        }
    }

    /**
     * A frame.
     *
     * @param protocols what tshark found, from the outermost on; the first is the frame as such
     */
    record Frame(List<Protocol> protocols) {

        int captured() {
            return (int) frame().number("frame.cap_len");
        }

        int onWire() {
            return (int) frame().number("frame.len");
        }

        /** The kind of link: a number of Wireshark's own. */
        int encapsulation() {
            return (int) frame().number("frame.encap_type");
        }

        private Protocol frame() {
            return protocols.get(0);
        }

        List<Protocol> headers() {
            return protocols.subList(1, protocols.size());
        }
    }

    /** Has tshark dissect a file as far as it can be read; nothing if it cannot at all. */
    static List<Frame> read(final Path file) {
        try {
            final Process tshark = new ProcessBuilder(
                            Tshark.TSHARK, "-n", "-r", file.toString(), "-o", "ip.defragment:FALSE", "-T", "pdml")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            tshark.getOutputStream().close();
            final String text = new String(tshark.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            tshark.waitFor();
            return text.isEmpty() ? List.of() : parse(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException | XMLStreamException e) {
            throw new AssertionError(file.toString(), e);
        }
    }

    private static List<Frame> parse(final String text) throws XMLStreamException {
        final XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        final XMLStreamReader xml = factory.createXMLStreamReader(new StringReader(text));
        final List<Frame> frames = new ArrayList<>();
        List<Protocol> protocols = new ArrayList<>();
        final Deque<Protocol> open = new ArrayDeque<>();
        while (xml.hasNext()) {
            final int event = xml.next();
            if (event == XMLStreamConstants.START_ELEMENT) {
                switch (xml.getLocalName()) {
                    case "packet" -> protocols = new ArrayList<>();
                    case "proto" -> {
                        open.push(new Protocol(value(xml, "name"), number(xml, "pos"), number(xml, "size"), fields()));
                        protocols.add(open.element());
                    }
                    case "field" -> {
                        if (!open.isEmpty()) {
                            open.element()
                                    .fields()
                                    .add(new Field(
                                            value(xml, "name"),
                                            number(xml, "pos"),
                                            number(xml, "size"),
                                            value(xml, "show")));
                        }
                    }
                    default -> {
                        // the file as such
                    }
                }
            } else if (event == XMLStreamConstants.END_ELEMENT
                    && xml.getLocalName().equals("proto")) {
                open.pop();
            } else if (event == XMLStreamConstants.END_ELEMENT
                    && xml.getLocalName().equals("packet")) {
                // before the frame comes what is about the file
                frames.add(new Frame(List.copyOf(protocols.subList(1, protocols.size()))));
            }
        }
        return frames;
    }

    private static List<Field> fields() {
        return new ArrayList<>();
    }

    private static String value(final XMLStreamReader xml, final String attribute) {
        return Optional.ofNullable(xml.getAttributeValue("", attribute)).orElse("");
    }

    private static int number(final XMLStreamReader xml, final String attribute) {
        final String text = value(xml, attribute);
        return text.isEmpty() ? 0 : Integer.parseInt(text);
    }
}
