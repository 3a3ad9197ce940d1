// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.condis.api.CallState;
import dev.condis.api.PartyState;
import dev.condis.api.SapState;
import dev.condis.api.VcState;
import dev.condis.api.management.AdapterSnapshot;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Walks every state, event and combination of facts of every table, legal or not, and compares what the table decides with the
 * contract, which is written down here a second time, as a matrix: a row a state, a column an event. A cell is the next state, or the
 * refusal by its first letters: {@code NA} not accepted, {@code CL} closing, {@code FA} failure, {@code VN} VC not activated,
 * {@code IS} invalid SAP, {@code NS} not supported, {@code PA} paused, {@code RE} reset in progress.
 */
class StateTablesTest {
    private static final List<Boolean> BOOLEANS = List.of(false, true);

    // B.6, with the facts: by the creator, no call, drained
    private static final String VC =
            """
            state        CREATE_SUCCEEDED CREATE_FAILED ACTIVATE ACTIVATE_SUCCEEDED ACTIVATE_FAILED MCM_ACTIVATE DEACTIVATE DEACTIVATE_SUCCEEDED DEACTIVATE_FAILED DEACTIVATE_OVERDUE MCM_DEACTIVATE DELETE MCM_DELETE DELETE_SUCCEEDED DELETE_REFUSED SEND INDICATE REMOVE
            NONE INACTIVE DELETED NA NA NA NA NA NA NA NA NA NA NA NA NA NA NA DELETED
            INACTIVE NA NA ACTIVATING NA NA ACTIVE NA NA NA NA NA DELETING DELETING NA NA VN VN DELETED
            ACTIVATING NA NA NA ACTIVE INACTIVE NA NA NA NA NA NA NA NA NA NA VN VN DELETED
            ACTIVE NA NA REACTIVATING NA NA ACTIVE DEACTIVATING NA NA NA INACTIVE NA NA NA NA ACTIVE ACTIVE DELETED
            REACTIVATING NA NA NA ACTIVE ACTIVE NA NA NA NA NA NA NA NA NA NA REACTIVATING REACTIVATING DELETED
            DEACTIVATING NA NA NA NA NA NA NA INACTIVE ACTIVE INACTIVE NA CL NA NA NA VN VN DELETED
            DELETING CL CL CL CL CL CL CL CL CL CL CL CL CL DELETED INACTIVE VN VN DELETED
            DELETED FA FA FA FA FA FA FA FA FA FA FA FA FA FA FA FA FA FA
            """;

    // B.7, with the facts: VC active where the call connects, inactive elsewhere, AF open, not closed by the remote
    // party
    private static final String OUTGOING =
            """
            state          MAKE_CALL MAKE_CALL_SUCCEEDED MAKE_CALL_FAILED DISPATCH_INCOMING_CALL INCOMING_CALL_ACCEPTED INCOMING_CALL_REJECTED DISPATCH_CALL_CONNECTED DISPATCH_INCOMING_CLOSE_CALL CLOSE_CALL CLOSE_CALL_SUCCEEDED CLOSE_CALL_FAILED SEND INDICATE REMOVE
            IDLE           MAKING    NA                  NA               NA                     NA                     NA                     NA                      NA                           NA         NA                   NA                NA   NA       IDLE
            MAKING         NA        CONNECTED           IDLE             NA                     NA                     NA                     NA                      NA                           NA         NA                   NA                NA   NA       IDLE
            OFFERED        NA        NA                  NA               NA                     NA                     NA                     NA                      NA                           NA         NA                   NA                NA   NA       IDLE
            ACCEPTED       NA        NA                  NA               NA                     NA                     NA                     NA                      NA                           NA         NA                   NA                NA   NA       IDLE
            CONNECTED      NA        NA                  NA               NA                     NA                     NA                     NA                      REMOTE_CLOSING               CLOSING    NA                   NA                CONNECTED CONNECTED IDLE
            REMOTE_CLOSING NA        NA                  NA               NA                     NA                     NA                     NA                      NA                           CLOSING    NA                   NA                CL   CL       IDLE
            CLOSING        CL        CL                  CL               CL                     CL                     CL                     CL                      CL                           CL         IDLE                 CONNECTED         CL   CL       IDLE
            """;

    // B.8, with the facts: VC active where the call connects, inactive elsewhere, SAP usable, not closed by the remote
    // party
    private static final String INCOMING =
            """
            state          MAKE_CALL MAKE_CALL_SUCCEEDED MAKE_CALL_FAILED DISPATCH_INCOMING_CALL INCOMING_CALL_ACCEPTED INCOMING_CALL_REJECTED DISPATCH_CALL_CONNECTED DISPATCH_INCOMING_CLOSE_CALL CLOSE_CALL CLOSE_CALL_SUCCEEDED CLOSE_CALL_FAILED SEND INDICATE REMOVE
            IDLE           NA        NA                  NA               OFFERED                NA                     NA                     NA                      NA                           NA         NA                   NA                NA   NA       IDLE
            MAKING         NA        NA                  NA               NA                     NA                     NA                     NA                      NA                           NA         NA                   NA                NA   NA       IDLE
            OFFERED        NA        NA                  NA               NA                     ACCEPTED               IDLE                   NA                      REMOTE_CLOSING               NA         NA                   NA                NA   NA       IDLE
            ACCEPTED       NA        NA                  NA               NA                     NA                     NA                     CONNECTED               REMOTE_CLOSING               CLOSING    NA                   NA                NA   NA       IDLE
            CONNECTED      NA        NA                  NA               NA                     NA                     NA                     NA                      REMOTE_CLOSING               CLOSING    NA                   NA                CONNECTED CONNECTED IDLE
            REMOTE_CLOSING NA        NA                  NA               NA                     REMOTE_CLOSING         REMOTE_CLOSING         NA                      NA                           CLOSING    NA                   NA                CL   CL       IDLE
            CLOSING        CL        CL                  CL               CL                     CLOSING                CLOSING                CL                      CL                           CL         IDLE                 CONNECTED         CL   CL       IDLE
            """;

    // B.4, with the facts: nothing left
    private static final String AF =
            """
            state OPEN_AF OPEN_SUCCEEDED OPEN_FAILED USE DEREGISTER_SAP NOTIFY_CLOSE NOTIFY_REFUSED CLOSE_AF CLOSE_SUCCEEDED CLOSE_REFUSED REMOVE
            NONE OPENING FA FA FA FA FA FA FA FA FA CLOSED
            OPENING NA OPEN CLOSED NA NA NA NA NA NA NA CLOSED
            OPEN NA NA NA OPEN OPEN OPEN_NOTIFIED OPEN CLOSING NA NA CLOSED
            OPEN_NOTIFIED NA NA NA OPEN_NOTIFIED OPEN_NOTIFIED NA OPEN CLOSING NA NA CLOSED
            CLOSING CL CL CL CL FA CL CL FA CLOSED OPEN CLOSED
            CLOSED FA FA FA FA FA FA FA FA FA FA FA
            """;

    // B.5
    private static final String SAP =
            """
            state         REGISTER    REGISTER_SUCCEEDED REGISTER_FAILED DISPATCH_INCOMING_CALL DEREGISTER    DEREGISTER_COMPLETED REMOVE
            NONE          REGISTERING FA                 FA              FA                     FA            FA                   GONE
            REGISTERING   NA          REGISTERED         GONE            REGISTERING            NA            NA                   GONE
            REGISTERED    NA          NA                 NA              REGISTERED             DEREGISTERING NA                   GONE
            DEREGISTERING FA          FA                 FA              IS                     FA            GONE                 GONE
            GONE          FA          FA                 FA              IS                     FA            FA                   FA
            """;

    // B.10, with the facts: call connected, multipoint, not the last party, not left by itself
    private static final String PARTY =
            """
            state           MAKE_CALL ADD    ADD_SUCCEEDED ADD_FAILED DISPATCH_INCOMING_DROP DROP     DROP_SUCCEEDED DROP_FAILED CALL_ENDED
            NONE            ADDING    ADDING NA            NA         NA                     NA       NA             NA          GONE
            ADDING          NA        NA     ACTIVE        GONE       NA                     NA       NA             NA          GONE
            ACTIVE          NA        NA     NA            NA         REMOTE_DROPPING        DROPPING NA             NA          GONE
            REMOTE_DROPPING NA        NA     NA            NA         NA                     DROPPING NA             NA          GONE
            DROPPING        FA        FA     FA            FA         FA                     FA       GONE           ACTIVE      GONE
            GONE            FA        FA     FA            FA         FA                     FA       FA             FA          FA
            """;

    // B.9, with the facts: call connected, VC active, VC activated since
    private static final String QOS =
            """
            state     MODIFY    MODIFY_SUCCEEDED MODIFY_FAILED DISPATCH_QOS_CHANGE CALL_ENDED
            STABLE    MODIFYING NA               NA            STABLE              STABLE
            MODIFYING NA        STABLE           STABLE        NA                  STABLE
            """;

    @Test
    void partyTableIsThatOfTheContract() {
        final List<PartyTable.Facts> all = new ArrayList<>();
        for (final CallState call : CallState.values()) {
            for (final boolean multipoint : BOOLEANS) {
                for (final boolean last : BOOLEANS) {
                    BOOLEANS.forEach(left -> all.add(new PartyTable.Facts(call, multipoint, last, left)));
                }
            }
        }
        walk(PartyTable.TABLE, PARTY, all);
    }

    private static String partyCell(
            final String cell, final PartyState state, final PartyTable.Event event, final PartyTable.Facts facts) {
        return switch (event) {
            case ADD ->
                state == PartyState.NONE && facts.callState() != CallState.CONNECTED
                        ? "NA"
                        : state == PartyState.NONE && !facts.multipoint() ? "NS" : cell; // R164
            case DROP -> cell.equals("DROPPING") && facts.last() ? "FA" : cell; // R169
            case DISPATCH_INCOMING_DROP -> facts.last() && cell.equals("REMOTE_DROPPING") ? "NA" : cell; // R172
            case DROP_FAILED -> cell.equals("ACTIVE") && facts.leftByRemote() ? "REMOTE_DROPPING" : cell;
            default -> cell;
        };
    }

    @Test
    void qosTableIsThatOfTheContract() {
        final List<QosTable.Facts> all = new ArrayList<>();
        for (final CallState call : CallState.values()) {
            for (final boolean active : BOOLEANS) {
                BOOLEANS.forEach(activated -> all.add(new QosTable.Facts(call, active, activated)));
            }
        }
        walk(QosTable.TABLE, QOS, all);
    }

    private static String qosCell(final String cell, final QosTable.Event event, final QosTable.Facts facts) {
        final boolean connected = facts.callState() == CallState.CONNECTED;
        return switch (event) {
            case MODIFY -> connected || facts.callState() == CallState.OFFERED ? cell : "NA"; // C38
            case MODIFY_SUCCEEDED -> connected && !facts.activated() ? "NA" : cell; // R141
            case DISPATCH_QOS_CHANGE -> connected && facts.vcActive() && facts.activated() ? cell : "NA"; // R145
            default -> cell;
        };
    }

    // B.1, with the facts: no reset, the hardware there, not being taken down
    private static final String ADAPTER =
            """
            state INITIALIZE INITIALIZE_SUCCEEDED INITIALIZE_FAILED RESTART RESTART_SUCCEEDED RESTART_FAILED PAUSE PAUSE_COMPLETED HALT HALT_COMPLETED RESET OID_REQUEST INDICATE_STATUS SEND INDICATE
            HALTED INITIALIZING NA NA NA NA NA NA NA NA NA NA NA NA NA NA
            INITIALIZING NA PAUSED HALTED NA NA NA NA NA NA NA NA NA INITIALIZING NA NA
            PAUSED NA NA NA RESTARTING NA NA NA NA HALTING NA PAUSED PAUSED PAUSED PA PA
            RESTARTING NA NA NA NA RUNNING PAUSED NA NA NA NA RESTARTING RESTARTING RESTARTING PA RESTARTING
            RUNNING NA NA NA NA NA NA PAUSING NA NA NA RUNNING RUNNING RUNNING RUNNING RUNNING
            PAUSING NA NA NA NA NA NA NA PAUSED NA NA PAUSING PAUSING PAUSING PA PAUSING
            HALTING NA NA NA NA NA NA NA NA NA HALTED NA NA HALTING NA NA
            """;

    // B.2
    private static final String BINDING =
            """
            state BIND BIND_SUCCEEDED BIND_FAILED RESTART RESTART_SUCCEEDED RESTART_FAILED PAUSE PAUSE_COMPLETED UNBIND UNBIND_COMPLETED OID_REQUEST SEND INDICATE
            UNBOUND OPENING CL CL CL CL CL CL CL CL CL CL CL CL
            OPENING NA PAUSED UNBOUND NA NA NA NA NA NA NA NA PA PA
            PAUSED NA NA NA RESTARTING NA NA NA NA CLOSING NA PAUSED PA PA
            RESTARTING NA NA NA NA RUNNING PAUSED NA NA NA NA RESTARTING PA PA
            RUNNING NA NA NA NA NA NA PAUSING NA NA NA RUNNING RUNNING RUNNING
            PAUSING NA NA NA NA NA NA NA PAUSED NA NA PAUSING PA PA
            CLOSING NA NA NA NA NA NA NA NA NA UNBOUND CLOSING PA PA
            """;

    // B.11, with the fact: to a miniport
    private static final String OID_REQUEST =
            """
            state SUBMIT PEND COMPLETE CANCEL END
            IDLE SUBMITTED NA NA NA DONE
            SUBMITTED NA PENDING DONE SUBMITTED DONE
            PENDING NA NA DONE PENDING DONE
            DONE FA FA FA FA FA
            """;

    @Test
    void adapterTableIsThatOfTheContract() {
        final List<AdapterTable.Facts> all = new ArrayList<>();
        for (final boolean resetting : BOOLEANS) {
            for (final boolean removed : BOOLEANS) {
                BOOLEANS.forEach(leaving -> all.add(new AdapterTable.Facts(resetting, removed, leaving)));
            }
        }
        walk(AdapterTable.TABLE, ADAPTER, all);
    }

    private static String adapterCell(
            final String cell,
            final AdapterSnapshot.State state,
            final AdapterTable.Event event,
            final AdapterTable.Facts facts) {
        final boolean initialized = !cell.equals("NA") && state != AdapterSnapshot.State.HALTED;
        if (!initialized) {
            return cell;
        }
        return switch (event) {
            case RESET -> facts.leaving() ? "NA" : facts.resetting() ? "RE" : cell; // R219, R210
            case OID_REQUEST -> facts.removed() ? "NA" : facts.resetting() ? "RE" : cell; // R221, R210
            case SEND -> {
                final boolean passes = state == AdapterSnapshot.State.RUNNING;
                yield facts.removed() ? "NA" : passes && facts.resetting() ? "RE" : cell;
            }
            default -> cell;
        };
    }

    @Test
    void bindingTableIsThatOfTheContract() {
        walk(BindingTable.TABLE, BINDING, List.of(BindingTable.Facts.NONE));
    }

    @Test
    void oidRequestTableIsThatOfTheContract() {
        walk(
                OidRequestTable.TABLE,
                OID_REQUEST,
                BOOLEANS.stream().map(OidRequestTable.Facts::new).toList());
    }

    private static String oidRequestCell(
            final String cell, final OidRequestTable.Event event, final OidRequestTable.Facts facts) {
        final boolean cancels = event == OidRequestTable.Event.CANCEL && !cell.equals("FA");
        return cancels && !facts.toMiniport() ? "NA" : cell; // R200
    }

    @Test
    void vcTableIsThatOfTheContract() {
        walk(VcTable.TABLE, VC, vcFacts());
    }

    private static List<VcTable.Facts> vcFacts() {
        final List<VcTable.Facts> all = new ArrayList<>();
        for (final boolean byCreator : BOOLEANS) {
            for (final boolean idle : BOOLEANS) {
                BOOLEANS.forEach(drained -> all.add(new VcTable.Facts(byCreator, idle, drained)));
            }
        }
        return all;
    }

    private static String vcCell(
            final String cell, final VcState state, final VcTable.Event event, final VcTable.Facts facts) {
        final boolean delete = event == VcTable.Event.DELETE || event == VcTable.Event.MCM_DELETE;
        if (delete && !facts.byCreator() && state != VcState.DELETED) {
            return "NA"; // R106
        }
        if (delete && state == VcState.INACTIVE && !facts.callIdle()) {
            return "NA"; // R107
        }
        final boolean ends = event == VcTable.Event.MCM_DEACTIVATE && state == VcState.ACTIVE
                || event == VcTable.Event.DEACTIVATE_SUCCEEDED && state == VcState.DEACTIVATING;
        return ends && !facts.drained() ? "NA" : cell; // R93, R94
    }

    @Test
    void outgoingCallTableIsThatOfTheContract() {
        walk(CallTables.OUTGOING, OUTGOING, callFacts());
    }

    @Test
    void incomingCallTableIsThatOfTheContract() {
        walk(CallTables.INCOMING, INCOMING, callFacts());
    }

    private static List<CallTables.Facts> callFacts() {
        final List<CallTables.Facts> all = new ArrayList<>();
        for (final VcState vc : VcState.values()) {
            for (final boolean afOpen : BOOLEANS) {
                for (final boolean sapUsable : BOOLEANS) {
                    for (final boolean closed : BOOLEANS) {
                        BOOLEANS.forEach(
                                several -> all.add(new CallTables.Facts(vc, afOpen, sapUsable, closed, several)));
                    }
                }
            }
        }
        return all;
    }

    private static String callCell(
            final String cell, final CallState state, final CallTables.Event event, final CallTables.Facts facts) {
        final boolean vcActive = facts.vcState() == VcState.ACTIVE || facts.vcState() == VcState.REACTIVATING;
        final boolean vcInactive = facts.vcState() == VcState.INACTIVE;
        return switch (cell) {
            case "MAKING" -> facts.afOpen() ? vcInactive ? cell : "NA" : "CL";
            case "CONNECTED" -> {
                final boolean connects = event == CallTables.Event.MAKE_CALL_SUCCEEDED
                        || event == CallTables.Event.DISPATCH_CALL_CONNECTED; // R77, R121
                if (event == CallTables.Event.CLOSE_CALL_FAILED && facts.closedByRemote()) {
                    yield "REMOTE_CLOSING";
                }
                yield connects && !vcActive ? "NA" : cell;
            }
            case "OFFERED" -> {
                final boolean fit = vcInactive || facts.vcState() == VcState.ACTIVE; // C4
                yield facts.sapUsable() ? fit ? cell : "NA" : "IS";
            }
            case "CLOSING" ->
                event == CallTables.Event.CLOSE_CALL && state != CallState.ACCEPTED && facts.severalParties()
                        ? "FA"
                        : cell; // R151
            case "IDLE" -> event == CallTables.Event.CLOSE_CALL_SUCCEEDED && !vcInactive ? "NA" : cell; // C5
            default -> cell;
        };
    }

    @Test
    void addressFamilyTableIsThatOfTheContract() {
        final List<AfTable.Facts> all = new ArrayList<>();
        for (final boolean client : BOOLEANS) {
            BOOLEANS.forEach(callManager -> all.add(new AfTable.Facts(client, callManager)));
        }
        walk(AfTable.TABLE, AF, all);
    }

    private static String afCell(final String cell, final AfTable.Event event, final AfTable.Facts facts) {
        if (event == AfTable.Event.CLOSE_AF && cell.equals("CLOSING") && facts.clientObjectsLeft()) {
            return "FA"; // R38
        }
        final boolean over = event == AfTable.Event.CLOSE_SUCCEEDED && cell.equals("CLOSED");
        return over && facts.callManagerVcsLeft() ? "NA" : cell; // C22
    }

    @Test
    void sapTableIsThatOfTheContract() {
        walk(SapTable.TABLE, SAP, List.of(SapTable.Facts.NONE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "adapter",
                "binding",
                "VC",
                "outgoing call",
                "incoming call",
                "address family",
                "SAP",
                "party",
                "quality of service",
                "OID request"
            })
    void everyRefusalNamesItsRuleAndSaysWhy(final String name) {
        final var table = List.of(
                        AdapterTable.TABLE,
                        BindingTable.TABLE,
                        VcTable.TABLE,
                        CallTables.OUTGOING,
                        CallTables.INCOMING,
                        AfTable.TABLE,
                        SapTable.TABLE,
                        PartyTable.TABLE,
                        QosTable.TABLE,
                        OidRequestTable.TABLE)
                .stream()
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow();
        assertThat(table.rows()).allSatisfy(row -> {
            assertThat(row.rule()).matches("[RCE][0-9]+|[BH]\\.[0-9]+(\\.[0-9]+)?");
            assertThat(row.explanation().isEmpty()).isEqualTo(row.accepts());
            assertThat(row.accepts() || row.to() == row.from()).isTrue();
        });
    }

    private static <S extends Enum<S>, E extends Enum<E>, F> void walk(
            final StateTable<S, E, F> table, final String matrix, final List<F> facts) {
        final List<String[]> lines =
                matrix.lines().map(line -> line.trim().split(" +")).toList();
        final String[] events = lines.get(0);
        int cells = 0;
        for (final String[] line : lines.subList(1, lines.size())) {
            assertThat(line).as("row %s", line[0]).hasSameSizeAs(events);
            for (int column = 1; column < events.length; column++) {
                final StateTable.Row<S, E, F> any = find(table, line[0], events[column]);
                for (final F fact : facts) {
                    final String expected = cell(line[column], any.from(), any.event(), fact);
                    final StateTable.Row<S, E, F> row = table.decide(any.from(), any.event(), fact);
                    assertThat(outcome(row))
                            .as("%s: %s, %s, %s", table.name(), line[0], events[column], fact)
                            .isEqualTo(expected);
                }
                cells++;
            }
        }
        final int states = table.initial().getDeclaringClass().getEnumConstants().length;
        assertThat(cells).as("no pair is left out").isEqualTo(states * (events.length - 1));
        assertThat(table.rows().stream().map(StateTable.Row::event).distinct()).hasSize(events.length - 1);
    }

    private static <S extends Enum<S>, E extends Enum<E>, F> StateTable.Row<S, E, F> find(
            final StateTable<S, E, F> table, final String state, final String event) {
        return table.rows().stream()
                .filter(row ->
                        row.from().name().equals(state) && row.event().name().equals(event))
                .findFirst()
                .orElseThrow(() -> new AssertionError(table.name() + " has no pair " + state + ", " + event));
    }

    private static String cell(final String cell, final Enum<?> state, final Enum<?> event, final Object facts) {
        if (facts instanceof VcTable.Facts vc) {
            return vcCell(cell, (VcState) state, (VcTable.Event) event, vc);
        }
        if (facts instanceof CallTables.Facts call) {
            return callCell(cell, (CallState) state, (CallTables.Event) event, call);
        }
        if (facts instanceof AfTable.Facts af) {
            return afCell(cell, (AfTable.Event) event, af);
        }
        if (facts instanceof PartyTable.Facts party) {
            return partyCell(cell, (PartyState) state, (PartyTable.Event) event, party);
        }
        if (facts instanceof QosTable.Facts qos) {
            return qosCell(cell, (QosTable.Event) event, qos);
        }
        if (facts instanceof AdapterTable.Facts adapter) {
            return adapterCell(cell, (AdapterSnapshot.State) state, (AdapterTable.Event) event, adapter);
        }
        if (facts instanceof OidRequestTable.Facts request) {
            return oidRequestCell(cell, (OidRequestTable.Event) event, request);
        }
        assertThat(state).isInstanceOfAny(SapState.class, BindingState.class);
        return cell;
    }

    private static String outcome(final StateTable.Row<?, ?, ?> row) {
        return switch (row.status()) {
            case SUCCESS -> row.to().toString();
            case NOT_ACCEPTED -> "NA";
            case CLOSING -> "CL";
            case FAILURE -> "FA";
            case VC_NOT_ACTIVATED -> "VN";
            case INVALID_SAP -> "IS";
            case NOT_SUPPORTED -> "NS";
            case PAUSED -> "PA";
            case RESET_IN_PROGRESS -> "RE";
            default -> throw new AssertionError("no cell has " + row.status());
        };
    }

    @Test
    void aTableWithAnUnansweredPairCannotBeBuilt() {
        final StateTable.Builder<SapState, SapTable.Event, SapTable.Facts> incomplete =
                StateTable.<SapState, SapTable.Event, SapTable.Facts>of(
                                "half a SAP", SapState.NONE, SapTable.Event.class)
                        .accept(SapState.NONE, SapTable.Event.REGISTER, SapState.REGISTERING, "B.5");
        assertThatThrownBy(incomplete::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("NONE has no answer to REGISTER_SUCCEEDED");
    }
}
