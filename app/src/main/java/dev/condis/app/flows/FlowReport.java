// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.flows;

import dev.condis.api.media.AtmConnection;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.FlowLayer;
import dev.condis.api.media.FlowLayer.Kind;
import dev.condis.api.media.MacAddress;
import dev.condis.api.media.MediaFlow;
import dev.condis.app.text.Figures;
import dev.condis.app.text.Table;
import dev.condis.app.text.Table.Align;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The flows of a capture for people: a table with one line for each, and which identifiers occur. Immutable. */
public final class FlowReport {
    /** More identifiers than these are counted, not listed. */
    private static final int MOST_LISTED = 64;

    private final List<FlowRecord> records;

    /**
     * Makes a report.
     *
     * @param records the flows, in any order
     */
    public FlowReport(final Collection<FlowRecord> records) {
        this.records = records.stream().sorted(ORDER).toList();
    }

    private static final Comparator<FlowRecord> ORDER = Comparator.<FlowRecord, String>comparing(
                    record -> kind(record.flow()))
            .thenComparing(FlowReport::compareFlows);

    private static int compareFlows(final FlowRecord a, final FlowRecord b) {
        if (a.flow() instanceof AtmConnection left && b.flow() instanceof AtmConnection right) {
            return left.compareTo(right);
        }
        final List<FlowLayer> left = layers(a.flow());
        final List<FlowLayer> right = layers(b.flow());
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            final int order = Comparator.comparing(FlowLayer::kind)
                    .thenComparing(FlowLayer::value)
                    .compare(left.get(i), right.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    private static List<FlowLayer> layers(final MediaFlow flow) {
        return flow instanceof EthernetFlow ethernet ? ethernet.layers() : List.of();
    }

    /** What kind of VC a flow is: after what names it innermost. */
    static String kind(final MediaFlow flow) {
        if (!(flow instanceof EthernetFlow ethernet)) {
            return "ATM";
        }
        return switch (ethernet.innermost().kind()) {
            case VLAN, SVLAN, VLAN9100 -> "VLAN";
            case MPLS -> "MPLS";
            case PPPOE -> "PPPoE";
            case PPP -> "PPP";
            case PEER, TYPE, STATIONS, UDP -> has(ethernet, Kind::isTag) ? "VLAN" : "peer";
        };
    }

    private static boolean has(final EthernetFlow flow, final Predicate<Kind> which) {
        return flow.layers().stream().map(FlowLayer::kind).anyMatch(which);
    }

    /**
     * The table: one line for each flow.
     *
     * @return the table
     */
    public Table table() {
        final Table table = new Table()
                .column("kind", Align.LEFT)
                .column("id", Align.LEFT)
                .column("PDUs", Align.RIGHT)
                .column("bytes", Align.RIGHT)
                .column("first (UTC)", Align.LEFT)
                .column("last (UTC)", Align.LEFT);
        for (final FlowRecord record : records) {
            final boolean some = record.pdus() > 0;
            table.row(
                    kind(record.flow()),
                    record.flow().text(),
                    record.pdus(),
                    record.bytes(),
                    some ? Figures.moment(record.firstNanos()) : "-",
                    some ? Figures.moment(record.lastNanos()) : "-");
        }
        return table;
    }

    /**
     * Which identifiers occur in the flows, each kind that does: how many different ones and which.
     *
     * @return lines such as {@code VLAN IDs: 3 (0, 3199, 3399)}
     */
    public List<String> identifiers() {
        final List<String> lines = new ArrayList<>();
        values(Kind::isTag).ifPresent(ids -> lines.add("VLAN IDs: " + list(ids, Object::toString)));
        values(kind -> kind == Kind.MPLS)
                .ifPresent(ids ->
                        lines.add("MPLS labels: " + list(ids, Object::toString) + ", deepest stack " + deepestStack()));
        values(kind -> kind == Kind.PPPOE)
                .ifPresent(ids -> lines.add("PPPoE sessions: " + list(ids, id -> String.format("0x%04x", id))));
        values(kind -> kind == Kind.PPP)
                .ifPresent(ids -> lines.add("PPP protocols: " + list(ids, id -> String.format("0x%04x", id))));
        final TreeSet<AtmConnection> connections = records.stream()
                .map(FlowRecord::flow)
                .filter(AtmConnection.class::isInstance)
                .map(AtmConnection.class::cast)
                .collect(Collectors.toCollection(TreeSet::new));
        if (!connections.isEmpty()) {
            lines.add("ATM VCs: " + list(connections, c -> c.vpi() + "/" + c.vci()));
        }
        values(kind -> kind == Kind.PEER)
                .ifPresent(ids -> lines.add("Peers: " + list(ids, id -> new MacAddress(id).toString())));
        return List.copyOf(lines);
    }

    private Optional<Set<Long>> values(final Predicate<Kind> which) {
        final Set<Long> values = records.stream()
                .flatMap(record -> layers(record.flow()).stream())
                .filter(layer -> which.test(layer.kind()))
                .map(FlowLayer::value)
                .collect(Collectors.toCollection(TreeSet::new));
        return values.isEmpty() ? Optional.empty() : Optional.of(values);
    }

    private long deepestStack() {
        return records.stream()
                .mapToLong(record -> layers(record.flow()).stream()
                        .filter(layer -> layer.kind() == Kind.MPLS)
                        .count())
                .max()
                .orElse(0);
    }

    private static <T> String list(final Collection<T> ids, final Function<T, String> text) {
        final String listed = ids.stream().limit(MOST_LISTED).map(text).collect(Collectors.joining(", "));
        return ids.size() + " (" + listed + (ids.size() > MOST_LISTED ? ", ..." : "") + ")";
    }

    /**
     * How many VCs there were of each kind.
     *
     * @return a line such as {@code VCs: 5 (MPLS 2, VLAN 3), 47 PDUs, 12000 bytes}
     */
    public String summary() {
        final Map<String, Long> kinds = records.stream()
                .collect(Collectors.groupingBy(record -> kind(record.flow()), TreeMap::new, Collectors.counting()));
        final String counts = kinds.entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", "));
        return "VCs: " + records.size() + (records.isEmpty() ? "" : " (" + counts + ")") + ", "
                + records.stream().mapToLong(FlowRecord::pdus).sum() + " PDUs, "
                + records.stream().mapToLong(FlowRecord::bytes).sum() + " bytes";
    }
}
