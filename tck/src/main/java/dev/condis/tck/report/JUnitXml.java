// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.report;

import dev.condis.tck.report.Verdict.Outcome;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes a report in the form that build servers read: a test suite with a test case for each rule. */
public final class JUnitXml {
    private JUnitXml() {}

    /**
     * Writes a report.
     *
     * @param report the report
     * @return the document, in UTF-8
     */
    public static String of(final Report report) {
        final StringWriter text = new StringWriter();
        try {
            final XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeCharacters("\n");
            suite(xml, report);
            xml.writeEndDocument();
            xml.close();
        } catch (final XMLStreamException e) {
            throw new IllegalStateException("a writer in memory failed", e);
        }
        return text.toString();
    }

    private static void suite(final XMLStreamWriter xml, final Report report) throws XMLStreamException {
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", clean(report.kind() + " " + report.subject()));
        xml.writeAttribute("tests", Integer.toString(report.findings().size()));
        xml.writeAttribute(
                "failures", Integer.toString(report.with(Outcome.FAILED).size()));
        xml.writeAttribute("errors", "0");
        xml.writeAttribute(
                "skipped", Integer.toString(report.with(Outcome.NOT_APPLICABLE).size()));
        xml.writeAttribute("time", seconds(report.took()));
        xml.writeCharacters("\n");
        for (final Finding finding : report.findings()) {
            testCase(xml, report, finding);
        }
        xml.writeEndElement();
        xml.writeCharacters("\n");
    }

    private static void testCase(final XMLStreamWriter xml, final Report report, final Finding finding)
            throws XMLStreamException {
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", "dev.condis.tck." + report.kind().name());
        xml.writeAttribute("name", clean(finding.rule() + " " + finding.sentence()));
        xml.writeAttribute("time", seconds(finding.took()));
        switch (finding.verdict().outcome()) {
            case FAILED -> message(xml, "failure", finding.verdict());
            case NOT_APPLICABLE -> message(xml, "skipped", finding.verdict());
            case PASSED -> xml.writeCharacters("");
        }
        xml.writeEndElement();
        xml.writeCharacters("\n");
    }

    private static void message(final XMLStreamWriter xml, final String element, final Verdict verdict)
            throws XMLStreamException {
        xml.writeEmptyElement(element);
        xml.writeAttribute("message", clean(verdict.detail()));
    }

    private static String seconds(final Duration took) {
        return String.format(Locale.ROOT, "%.3f", took.toNanos() / 1e9);
    }

    /** What a driver says may hold anything; XML 1.0 cannot hold control characters, not even escaped. */
    private static String clean(final String text) {
        return text.codePoints()
                .map(c -> c < ' ' && c != '\t' && c != '\n' || c >= 0xD800 && c <= 0xDFFF || c == 0xFFFE || c == 0xFFFF
                        ? '?'
                        : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
