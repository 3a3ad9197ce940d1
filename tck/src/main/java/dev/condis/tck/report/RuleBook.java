// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.report;

import dev.condis.tck.subject.Kind;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Every rule of the contract in short, and why the kit does not check one where that is so. Behind the rules R1 to R226 come those of
 * threading (E) and sequence S38, the removal of an adapter.
 */
public final class RuleBook {
    private static final String LIBRARY = "it binds the library, not a driver: the tests of the core show it";
    private static final String TYPES = "the types of the API leave no other way";
    private static final String MAY = "it allows, and asks for nothing";
    private static final String INSIDE = "it is about what a driver keeps to itself, which does not show from outside";
    private static final String MEMORY = "nothing is freed by hand in Java, so nothing can be freed too early";
    private static final String REFUSED = "the library refuses what would break it before anybody else sees it";
    private static final String SERVED = "the library does it for the driver";
    private static final String JUDGEMENT = "it asks for the driver's own judgement, in which the kit has no say";
    private static final String UNPROVOKED = "the kit has no way to bring the driver there";
    private static final String OWN_AFFAIR =
            "how a driver signals is its own affair, and what it exchanges with its network is its own";

    private static final List<Rule> RULES = List.of(
            unchecked("R1", "a pended operation completes exactly once, any other never completes later", LIBRARY),
            unchecked("R2", "without PENDING the initiator runs its completion logic itself", TYPES),
            checked("R3", "a target that pended answers once"),
            checked("R4", "a final status is never PENDING"),
            unchecked("R5", "what belongs to a pended request is kept until its completion", MEMORY),
            unchecked("R6", "handles are opaque", TYPES),
            unchecked("R7", "a callback carries its receiver's own context", LIBRARY),
            unchecked("R8", "the context of a failed open or registration does not count", LIBRARY),
            checked("R9", "a success brings the context with it"),
            unchecked("R10", "each function family belongs to one role", TYPES),
            unchecked("R11", "protocols register their handlers", TYPES),
            unchecked("R12", "miniports register their handlers", TYPES),
            unchecked("R13", "every handler is there, unsupported ones say so", TYPES),
            unchecked("R14", "an MCM has no miniport create and delete", TYPES),
            unchecked("R15", "an MCM has two different OID handlers", TYPES),
            checked("R16", "an MCM handles OIDs and sends"),
            checked("R17", "the handlers that a plain miniport must have"),
            unchecked("R18", "the connectionless OID completion of a call manager is retired", LIBRARY),
            checked("R19", "miniports serialize themselves"),
            checked("R20", "a call manager registers its families while it binds"),
            checked("R21", "an MCM registers its families while it initializes"),
            unchecked("R22", "one call manager for a family on an adapter", LIBRARY),
            unchecked("R23", "no registration by a wrong driver or on a closing binding", LIBRARY),
            unchecked("R24", "several families on one adapter", MAY),
            unchecked("R25", "the family of an MCM comes before a stand-alone call manager's", LIBRARY),
            unchecked("R26", "clients are told after a successful bind or initialize", LIBRARY),
            unchecked("R27", "every client, late ones too, is told once", LIBRARY),
            checked("R28", "a client may decline and is told of other families"),
            checked("R29", "the announced family can be opened as it is"),
            unchecked("R30", "a call manager ignores announcements", TYPES),
            unchecked("R31", "an open reaches the call manager that registered the family", LIBRARY),
            unchecked("R32", "no open of an unknown family or on a closing binding", LIBRARY),
            unchecked("R33", "a failed open leaves nothing at the call manager", INSIDE),
            unchecked("R34", "a failed open gives the client nothing", LIBRARY),
            checked("R35", "nothing is done with a family that is being opened"),
            unchecked("R36", "the context of a failed open can be used again", MAY),
            checked("R37", "a client closes calls, SAPs and VCs before the family"),
            unchecked("R38", "a close with leftovers, or a second one, fails", LIBRARY),
            checked("R39", "the handle is dead once close was called"),
            checked("R40", "no thread waits for the close"),
            checked("R41", "a call manager pends a close, or refuses it"),
            checked("R42", "a pended close completes with success only"),
            unchecked("R43", "the context lives until the close has succeeded", MEMORY),
            unchecked("R44", "an unbinding call manager notifies every client", SERVED),
            unchecked("R45", "an MCM that is halted notifies every client", SERVED),
            checked("R46", "the order in which a client ends its calls, SAPs and family"),
            checked("R47", "an answer to the notification means that the family is closed"),
            unchecked("R48", "the family is usable while the notification is pending", MAY),
            unchecked("R49", "the call manager hears the client's answer", LIBRARY),
            checked("R50", "a call manager rejects SAPs that it cannot serve"),
            unchecked("R51", "any number of SAPs", MAY),
            checked("R52", "a client creates no VC for a SAP"),
            checked("R53", "calls come in while the registration is pending"),
            unchecked("R54", "a failed registration leaves nothing", LIBRARY),
            unchecked("R55", "SAPs of permanent VCs need no network", MAY),
            checked("R56", "the handle is dead once deregister was called"),
            unchecked("R57", "a second deregistration, or one on a closing family, fails", LIBRARY),
            checked("R58", "a call manager cannot fail a deregistration"),
            checked("R59", "calls outlive the SAP they came in on"),
            unchecked("R60", "the VC is created before the call is made", TYPES),
            unchecked("R61", "the VC is created before the call is dispatched", TYPES),
            unchecked("R62", "the variable for the new handle is NULL", TYPES),
            unchecked("R63", "creation is synchronous", LIBRARY),
            unchecked("R64", "everybody sees the same handle", LIBRARY),
            unchecked("R65", "a client's VC above an MCM is created at the MCM only", LIBRARY),
            unchecked("R66", "an MCM's VC is created at the client only", LIBRARY),
            unchecked("R67", "a bad family fails, a refusal is passed on", LIBRARY),
            unchecked("R68", "a creation that fails half-way is undone", LIBRARY),
            checked("R69", "a protocol does not pend a creation"),
            checked("R70", "a miniport does not pend creation and deletion"),
            unchecked("R71", "each participant keeps the handle", INSIDE),
            checked("R72", "a participant short of memory frees all and says so", UNPROVOKED, Kind.CLIENT),
            unchecked("R73", "a signaling VC has no family and no client", TYPES),
            checked("R74", "creating a VC signals nothing"),
            unchecked("R75", "one call on a VC at a time", REFUSED),
            unchecked("R76", "no data before the activation", REFUSED),
            checked("R77", "a call is connected on an active VC only"),
            unchecked("R78", "who is reached by an activation", LIBRARY),
            checked("R79", "a miniport checks the parameters each time"),
            checked("R80", "activation changes the parameters of an active VC"),
            checked("R81", "a failed change leaves the old parameters in force"),
            checked("R82", "rounded parameters are returned"),
            unchecked("R83", "a call manager looks at what was rounded", JUDGEMENT),
            checked("R84", "a VC whose activation failed is not used"),
            checked("R85", "a failed activation may be tried again"),
            checked("R86", "a failed first activation leaves the VC inactive"),
            checked("R87", "an MCM reports every change of parameters"),
            checked("R88", "an MCM reports no signaling VC's activation"),
            unchecked("R89", "an MCM that cannot change goes on as before, or deactivates", UNPROVOKED),
            checked("R90", "every call ends with a deactivation"),
            unchecked("R91", "who is reached by a deactivation", LIBRARY),
            unchecked("R92", "a redundant deactivation is not accepted and changes nothing", LIBRARY),
            checked("R93", "sends are completed before the deactivation is"),
            checked("R94", "receives are returned before the deactivation is complete"),
            checked("R95", "nothing passes after the deactivation"),
            checked("R96", "the hardware stops"),
            checked("R97", "deactivation does not delete"),
            unchecked("R98", "one deactivation ends any number of activations", LIBRARY),
            unchecked("R99", "the parameters are dead", LIBRARY),
            unchecked("R100", "then there is only reactivation or deletion", REFUSED),
            unchecked("R101", "the handle stays valid", LIBRARY),
            unchecked("R102", "drivers may forget the parameters", MAY),
            checked("R103", "an MCM reports no signaling VC's deactivation"),
            checked("R104", "no report before the miniport is through"),
            checked("R105", "a pended close completes from the deactivation"),
            unchecked("R106", "only the creator deletes", REFUSED),
            unchecked("R107", "only an idle and inactive VC is deleted", REFUSED),
            unchecked("R108", "deleting an active VC is not accepted", LIBRARY),
            unchecked("R109", "deleting during a deactivation answers CLOSING", LIBRARY),
            unchecked("R110", "deletion reaches peer and miniport", LIBRARY),
            unchecked("R111", "a deleted VC's handle is dead", LIBRARY),
            checked("R112", "the peer may refuse, and does not pend"),
            unchecked("R113", "a client makes another call on its VC", MAY),
            checked("R114", "a call manager offers another call on its VC"),
            unchecked("R115", "reuse brings new parameters", TYPES),
            unchecked("R116", "the context is kept until the deletion", MEMORY),
            checked("R117", "a client leaves a call manager's VC alone between calls"),
            unchecked("R118", "call parameters live until the completion", MEMORY),
            checked("R119", "a call manager refuses what it cannot do"),
            checked("R120", "changed parameters are flagged"),
            checked("R121", "success means an active VC"),
            checked("R122", "a party context for a multipoint call"),
            checked("R123", "a failed pended call is completed too"),
            checked("R124", "after a failed call the VC is deleted"),
            checked("R125", "no data before the call is made"),
            checked("R126", "a client cleans up after a failed call"),
            unchecked("R127", "a client that cannot live with the changes closes the call", JUDGEMENT),
            unchecked("R128", "when a party handle is valid", TYPES),
            checked("R129", "the SAP is one of the VC's client"),
            unchecked("R130", "what the client is given with an incoming call", JUDGEMENT),
            checked("R131", "a pended offer is answered"),
            checked("R132", "changes by the client are flagged"),
            unchecked("R133", "negotiation before the answer", MAY),
            unchecked("R134", "after a rejection the parameters are dead", TYPES),
            checked("R135", "after a rejection the call manager deactivates and keeps or deletes the VC"),
            checked("R136", "after an acceptance the call is connected"),
            checked("R137", "what cannot be established is closed instead"),
            checked("R138", "no sends before the connection, data when the callback has returned"),
            checked("R139", "a client that takes no calls says so"),
            checked("R140", "a medium without QoS says so"),
            checked("R141", "a change is activated before it is reported"),
            checked("R142", "a refused change restores the old state"),
            checked("R143", "a changed change is flagged"),
            checked("R144", "after a refused change the client goes on or closes"),
            checked("R145", "a remote change is activated before it is dispatched"),
            checked("R146", "returning accepts a remote change"),
            checked("R147", "the remote party hears the answer after the callback"),
            unchecked("R148", "a client has its sends back before the close", SERVED),
            checked("R149", "no sends after the close"),
            unchecked("R150", "a closing VC takes no call", LIBRARY),
            unchecked("R151", "no close with more than one party", REFUSED),
            checked("R152", "close data is sent or refused"),
            checked("R153", "a close of a multipoint call frees the last party"),
            checked("R154", "a close that succeeded means deactivated"),
            unchecked("R155", "after the close the VC carries nothing", REFUSED),
            checked("R156", "the call manager deletes its own VC"),
            checked("R157", "an incoming close stops data both ways"),
            checked("R158", "the client answers an incoming close with a close"),
            checked("R159", "the client leaves a call manager's VC to it"),
            checked("R160", "after an incoming close a client's own VC is kept or deleted"),
            checked("R161", "the status of an incoming close tells remote party from network"),
            unchecked("R162", "every client can be closed", TYPES),
            unchecked("R163", "no close data means none", TYPES),
            checked("R164", "parties only for calls made with one"),
            unchecked("R165", "a bad VC handle fails", LIBRARY),
            checked("R166", "a party with other parameters"),
            unchecked("R167", "a party whose parameters were changed", JUDGEMENT),
            checked("R168", "a party handle is dead once dropped"),
            unchecked("R169", "the last party leaves with the call", REFUSED),
            unchecked("R170", "parties leave in any order", MAY),
            checked("R171", "the client counts parties"),
            checked("R172", "how a remote leave is reported"),
            checked("R173", "how a remote leave is answered"),
            checked("R174", "a dropped party's context is freed"),
            unchecked("R175", "data goes by VC", TYPES),
            unchecked("R176", "an NBL names the VC it travels on", SERVED),
            unchecked("R177", "sends keep their order, completions need not", LIBRARY),
            checked("R178", "a miniport takes every send"),
            checked("R179", "each send is completed once, with a status"),
            checked("R180", "completions may be regrouped"),
            checked("R181", "success means that all was sent"),
            checked("R182", "a sent NBL is not touched until it comes back", OWN_AFFAIR, Kind.CALL_MANAGER),
            unchecked("R183", "NBLs go back to their sender, on their VC", LIBRARY),
            unchecked("R184", "received NBLs go to the VC's owner only", LIBRARY),
            checked("R185", "received NBLs are returned", OWN_AFFAIR, Kind.CALL_MANAGER),
            checked("R186", "lent NBLs are not returned", OWN_AFFAIR, Kind.CALL_MANAGER),
            checked("R187", "an indicated NBL is not touched until it is back"),
            unchecked("R188", "loopback on request only", LIBRARY),
            unchecked("R189", "an MCM's signaling does not pass the core", OWN_AFFAIR),
            unchecked("R190", "a call manager signals on its own VC", OWN_AFFAIR),
            unchecked("R191", "who gets an OID request", LIBRARY),
            unchecked("R192", "no party without a family", TYPES),
            checked("R193", "for one VC or for the adapter"),
            unchecked("R194", "the request belongs to the requester", MEMORY),
            unchecked("R195", "requests are not serialized", LIBRARY),
            checked("R196", "a miniport checks contents and lengths"),
            checked("R197", "the status of an unknown OID"),
            unchecked("R198", "which failures can be corrected", MAY),
            unchecked("R199", "who completes with which function", TYPES),
            unchecked("R200", "only requests to miniports are cancelled", TYPES),
            checked("R201", "counters of four and of eight bytes"),
            checked("R202", "address changes are announced"),
            checked("R203", "availability of signaling is announced"),
            checked("R204", "addresses of all and of one client"),
            unchecked("R205", "who gets a status indication", LIBRARY),
            unchecked("R206", "status indications are serialized", LIBRARY),
            checked("R207", "when a miniport may indicate status"),
            checked("R208", "reset is announced by the core"),
            unchecked("R209", "handles survive a reset", LIBRARY),
            unchecked("R210", "no sends and OIDs during a reset", REFUSED),
            checked("R211", "aborted sends are completed"),
            checked("R212", "a lost link closes no calls"),
            checked("R213", "unbind closes every family"),
            checked("R214", "unbind waits for sends", OWN_AFFAIR, Kind.CALL_MANAGER),
            checked("R215", "unbind cannot be refused"),
            unchecked("R216", "a binding is paused before it is unbound", LIBRARY),
            checked("R217", "a paused protocol sends nothing", OWN_AFFAIR, Kind.CALL_MANAGER),
            checked("R218", "a paused miniport refuses sends"),
            unchecked("R219", "no halt while anything is outstanding", LIBRARY),
            checked("R220", "halt returns when every NBL is back"),
            checked("R221", "after a surprise removal everything fails at once"),
            checked("R222", "after a reconfiguration clients are told again"),
            unchecked("R223", "pause alone ends nothing", LIBRARY),
            unchecked("R224", "VCs have names", SERVED),
            unchecked("R225", "an MCM does not name VCs", TYPES),
            unchecked("R226", "named VCs can be found", LIBRARY),
            checked("E3", "a callback that may run at DISPATCH does not block"),
            checked("S38", "a driver that is gone leaves nothing behind"));

    private RuleBook() {}

    private static Rule checked(final String id, final String sentence) {
        return new Rule(id, sentence, "", Set.of());
    }

    /** One that is checked on other roles than those. */
    private static Rule checked(final String id, final String sentence, final String reason, final Kind... unchecked) {
        return new Rule(id, sentence, reason, Set.of(unchecked));
    }

    private static Rule unchecked(final String id, final String sentence, final String reason) {
        return new Rule(id, sentence, reason, Set.of(Kind.values()));
    }

    /**
     * Every rule.
     *
     * @return the rules in their order
     */
    public static List<Rule> all() {
        return RULES;
    }

    /**
     * Finds a rule.
     *
     * @param id its id
     * @return the rule
     * @throws NoSuchElementException if there is none
     */
    public static Rule of(final String id) {
        return RULES.stream()
                .filter(r -> r.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("there is no rule " + id));
    }
}
