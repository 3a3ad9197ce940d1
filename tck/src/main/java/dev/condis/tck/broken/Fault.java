// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.broken;

import dev.condis.api.NdisStatus;
import dev.condis.tck.subject.Kind;
import dev.condis.tck.subject.Subject;
import java.util.Optional;

/** What a driver can get wrong. Each is the reference driver of its role with one step replaced. */
public enum Fault {
    /** A miniport that never completes a deactivation. */
    MINIPORT_NEVER_ANSWERS(
            "R3",
            "never completes a deactivation",
            BrokenSubjects.miniportVcs(BrokenChannels::neverAnswersDeactivation)),
    /** A miniport that completes a deactivation with PENDING. */
    MINIPORT_ANSWERS_PENDING(
            "R4",
            "completes a deactivation with PENDING",
            BrokenSubjects.miniportVcs(BrokenChannels::deactivatesWithPending)),
    /** A miniport that does not know the speed of its link. */
    MINIPORT_LACKS_AN_OID(
            "R17", "does not know the speed of its link", BrokenSubjects.miniport(BrokenMiniports::lacksAnOid)),
    /** A miniport that takes sends from one thread only. */
    MINIPORT_KNOWS_ONE_THREAD(
            "R19", "takes sends from one thread only", BrokenSubjects.miniportVcs(BrokenChannels::sendsOnFewThreads)),
    /** A miniport that answers a deletion with PENDING. */
    MINIPORT_PENDS_DELETION(
            "R70", "answers a deletion with PENDING", BrokenSubjects.miniportVcs(BrokenChannels::deletesWithPending)),
    /** A miniport that refuses a VC too many with FAILURE. */
    MINIPORT_HAS_NO_WORD_FOR_FULL(
            "R72",
            "refuses a VC too many with FAILURE",
            BrokenSubjects.miniport(BrokenMiniports::keepsVcsOfFailedCreations)),
    /** A miniport that accepts a flow that it cannot carry. */
    MINIPORT_ACCEPTS_EVERYTHING(
            "R79",
            "accepts a flow that it cannot carry",
            BrokenSubjects.miniportVcs(BrokenChannels::acceptsEverything)),
    /** A miniport that refuses to activate an active VC. */
    MINIPORT_ACTIVATES_ONCE(
            "R80", "refuses to activate an active VC", BrokenSubjects.miniportVcs(BrokenChannels::activatesOnce)),
    /** A miniport that loses the old parameters in a change that fails. */
    MINIPORT_FORGETS_PARAMETERS(
            "R81",
            "loses the old parameters in a change that fails",
            BrokenSubjects.miniportVcs(BrokenChannels::dropsOldParametersFirst)),
    /** A miniport that rounds and returns what was asked for. */
    MINIPORT_HIDES_ROUNDING(
            "R82", "rounds and returns what was asked for", BrokenSubjects.miniportVcs(BrokenChannels::hidesRounding)),
    /** A miniport that cannot use a VC after a failed activation. */
    MINIPORT_IS_SPOILT(
            "R86",
            "cannot use a VC after a failed activation",
            BrokenSubjects.miniportVcs(BrokenChannels::isSpoiltByAFailedActivation)),
    /** A miniport that completes a deactivation before the last send. */
    MINIPORT_FORGETS_SENDS(
            "R93",
            "completes a deactivation before the last send",
            BrokenSubjects.miniportVcs(BrokenChannels::deactivatesBeforeSendsAreComplete)),
    /** A miniport that completes a deactivation before receives are back. */
    MINIPORT_FORGETS_RECEIVES(
            "R94",
            "completes a deactivation before receives are back",
            BrokenSubjects.miniportVcs(BrokenChannels::deactivatesBeforeReceivesAreBack)),
    /** A miniport that indicates PDUs on a VC that is not active. */
    MINIPORT_RECEIVES_ON(
            "R95",
            "indicates PDUs on a VC that is not active",
            BrokenSubjects.miniportVcs(BrokenChannels::receivesAfterDeactivation)),
    /** A miniport that transmits after a deactivation. */
    MINIPORT_TRANSMITS_ON(
            "R96",
            "transmits after a deactivation",
            BrokenSubjects.miniportVcs(BrokenChannels::transmitsAfterDeactivation)),
    /** A miniport that deletes a VC when it is deactivated. */
    MINIPORT_DELETES_EARLY(
            "R97",
            "deletes a VC when it is deactivated",
            BrokenSubjects.miniportVcs(BrokenChannels::deletesWithDeactivation)),
    /** A miniport that refuses sends when its queue is full. */
    MINIPORT_REFUSES_SENDS(
            "R178",
            "refuses sends when its queue is full",
            BrokenSubjects.miniportVcs(BrokenChannels::refusesWhenBusy)),
    /** A miniport that completes a send twice. */
    MINIPORT_COMPLETES_TWICE(
            "R179", "completes a send twice", BrokenSubjects.miniportVcs(BrokenChannels::completesTwice)),
    /** A miniport that writes into a sent PDU. */
    MINIPORT_WRITES_INTO_SENDS(
            "R180", "writes into a sent PDU", BrokenSubjects.miniportVcs(BrokenChannels::writesIntoSends)),
    /** A miniport that reports success for PDUs that it did not send. */
    MINIPORT_LOSES_SENDS(
            "R181",
            "reports success for PDUs that it did not send",
            BrokenSubjects.miniportVcs(BrokenChannels::losesSends)),
    /** A miniport that writes into an indicated PDU. */
    MINIPORT_REUSES_BUFFERS(
            "R187", "writes into an indicated PDU", BrokenSubjects.miniportVcs(BrokenChannels::reusesIndicatedBuffers)),
    /** A miniport that answers for the adapter when it is asked about a VC. */
    MINIPORT_MIXES_STATISTICS_UP(
            "R193",
            "answers for the adapter when it is asked about a VC",
            BrokenSubjects.miniport(BrokenMiniports::mixesStatisticsUp)),
    /** A miniport that does not look at lengths. */
    MINIPORT_IGNORES_LENGTHS(
            "R196", "does not look at lengths", BrokenSubjects.miniport(BrokenMiniports::ignoresLengths)),
    /** A miniport that answers FAILURE to an unknown OID. */
    MINIPORT_HAS_ONE_WORD(
            "R197",
            "answers FAILURE to an unknown OID",
            BrokenSubjects.miniport(BrokenMiniports::hasOneWordForEveryOid)),
    /** A miniport that answers counters in eight octets only. */
    MINIPORT_COUNTS_IN_ONE_SIZE(
            "R201", "answers counters in eight octets only", BrokenSubjects.miniport(BrokenMiniports::countsInOneSize)),
    /** A miniport that indicates a status after it was halted. */
    MINIPORT_SPEAKS_AFTER_HALT(
            "R207",
            "indicates a status after it was halted",
            BrokenSubjects.miniport(BrokenMiniports::indicatesAfterHalt)),
    /** A miniport that indicates the start of its reset itself. */
    MINIPORT_ANNOUNCES_ITS_RESET(
            "R208",
            "indicates the start of its reset itself",
            BrokenSubjects.miniport(BrokenMiniports::announcesItsReset)),
    /** A miniport that forgets queued sends when it is reset. */
    MINIPORT_LOSES_SENDS_AT_RESET(
            "R211",
            "forgets queued sends when it is reset",
            BrokenSubjects.miniportVcs(BrokenChannels::losesSendsAtReset)),
    /** A miniport that does not indicate that the link is lost. */
    MINIPORT_HIDES_THE_LINK(
            "R212",
            "does not indicate that the link is lost",
            BrokenSubjects.miniport(BrokenMiniports::keepsQuietAboutTheLink)),
    /** A miniport that completes a pause before receives are back. */
    MINIPORT_PAUSES_AT_ONCE(
            "R218",
            "completes a pause before receives are back",
            BrokenSubjects.miniport(BrokenMiniports::pausesAtOnce)),
    /** A miniport that returns from halt before receives are back. */
    MINIPORT_HALTS_EARLY(
            "R220",
            "returns from halt before receives are back",
            BrokenSubjects.miniport(BrokenMiniports::haltsBeforeReceivesAreBack)),
    /** A miniport that reports success for sends after a surprise removal. */
    MINIPORT_SENDS_WITHOUT_HARDWARE(
            "R221",
            "reports success for sends after a surprise removal",
            BrokenSubjects.miniport(BrokenMiniports::sendsOnAfterRemoval)),
    /** A miniport that answers OID requests after a surprise removal. */
    MINIPORT_ANSWERS_WITHOUT_HARDWARE(
            "R221",
            "answers OID requests after a surprise removal",
            BrokenSubjects.miniport(BrokenMiniports::answersAfterRemoval)),
    /** A miniport that waits in a callback that must not block. */
    MINIPORT_BLOCKS(
            "E3",
            "waits in a callback that must not block",
            BrokenSubjects.miniportVcs(BrokenChannels::blocksInDeactivation)),
    /** A miniport that leaves its thread running. */
    MINIPORT_LEAVES_A_THREAD(
            "S38", "leaves its thread running", BrokenSubjects.miniport(BrokenMiniports::leavesAThread)),
    /** An MCM that does not know the speed of its link. */
    MCM_LACKS_AN_OID("R16", "does not know the speed of its link", BrokenSubjects.mcm(BrokenMcms::lacksAnOid)),
    /** An MCM that takes sends from one thread only. */
    MCM_KNOWS_ONE_THREAD(
            "R19", "takes sends from one thread only", BrokenSubjects.mcmVcs(BrokenChannels::sendsOnFewThreads)),
    /** An MCM that registers its address family after it was initialized. */
    MCM_REGISTERS_LATE(
            "R21",
            "registers its address family after it was initialized",
            BrokenSubjects.mcm(BrokenMcms::registersLater)),
    /** An MCM that changes parameters without NdisMCmActivateVc. */
    MCM_CHANGES_IN_SECRET(
            "R87", "changes parameters without NdisMCmActivateVc", BrokenSubjects.mcm(BrokenMcms::changesInSecret)),
    /** An MCM that shows its signaling VC to the library to activate it. */
    MCM_ACTIVATES_A_SIGNALING_VC(
            "R88",
            "shows its signaling VC to the library to activate it",
            BrokenSubjects.mcm(BrokenMcms::showsItsSignalingVc)),
    /** An MCM that completes a deactivation before the last send. */
    MCM_FORGETS_SENDS(
            "R93",
            "completes a deactivation before the last send",
            BrokenSubjects.mcmVcs(BrokenChannels::deactivatesBeforeSendsAreComplete)),
    /** An MCM that completes a deactivation before receives are back. */
    MCM_FORGETS_RECEIVES(
            "R94",
            "completes a deactivation before receives are back",
            BrokenSubjects.mcmVcs(BrokenChannels::deactivatesBeforeReceivesAreBack)),
    /** An MCM that indicates PDUs on a VC that is not active. */
    MCM_RECEIVES_ON(
            "R95",
            "indicates PDUs on a VC that is not active",
            BrokenSubjects.mcmVcs(BrokenChannels::receivesAfterDeactivation)),
    /** An MCM that transmits after a deactivation. */
    MCM_TRANSMITS_ON(
            "R96", "transmits after a deactivation", BrokenSubjects.mcmVcs(BrokenChannels::transmitsAfterDeactivation)),
    /** An MCM that shows its signaling VC to the library to deactivate it. */
    MCM_DEACTIVATES_A_SIGNALING_VC(
            "R103",
            "shows its signaling VC to the library to deactivate it",
            BrokenSubjects.mcm(BrokenMcms::showsItsSignalingVc)),
    /** An MCM that refuses sends when its queue is full. */
    MCM_REFUSES_SENDS(
            "R178", "refuses sends when its queue is full", BrokenSubjects.mcmVcs(BrokenChannels::refusesWhenBusy)),
    /** An MCM that completes a send twice. */
    MCM_COMPLETES_TWICE("R179", "completes a send twice", BrokenSubjects.mcmVcs(BrokenChannels::completesTwice)),
    /** An MCM that writes into a sent PDU. */
    MCM_WRITES_INTO_SENDS("R180", "writes into a sent PDU", BrokenSubjects.mcmVcs(BrokenChannels::writesIntoSends)),
    /** An MCM that reports success for PDUs that it did not send. */
    MCM_LOSES_SENDS(
            "R181", "reports success for PDUs that it did not send", BrokenSubjects.mcmVcs(BrokenChannels::losesSends)),
    /** An MCM that writes into an indicated PDU. */
    MCM_REUSES_BUFFERS(
            "R187", "writes into an indicated PDU", BrokenSubjects.mcmVcs(BrokenChannels::reusesIndicatedBuffers)),
    /** An MCM that answers for the adapter when it is asked about a VC. */
    MCM_MIXES_STATISTICS_UP(
            "R193",
            "answers for the adapter when it is asked about a VC",
            BrokenSubjects.mcm(BrokenMcms::mixesStatisticsUp)),
    /** An MCM that does not look at lengths. */
    MCM_IGNORES_LENGTHS("R196", "does not look at lengths", BrokenSubjects.mcm(BrokenMcms::ignoresLengths)),
    /** An MCM that answers FAILURE to an unknown OID. */
    MCM_HAS_ONE_WORD(
            "R197", "answers FAILURE to an unknown OID", BrokenSubjects.mcm(BrokenMcms::hasOneWordForEveryOid)),
    /** An MCM that answers counters in eight octets only. */
    MCM_COUNTS_IN_ONE_SIZE(
            "R201", "answers counters in eight octets only", BrokenSubjects.mcm(BrokenMcms::countsInOneSize)),
    /** An MCM that indicates a status after it was halted. */
    MCM_SPEAKS_AFTER_HALT(
            "R207", "indicates a status after it was halted", BrokenSubjects.mcm(BrokenMcms::indicatesAfterHalt)),
    /** An MCM that indicates the start of its reset itself. */
    MCM_ANNOUNCES_ITS_RESET(
            "R208", "indicates the start of its reset itself", BrokenSubjects.mcm(BrokenMcms::announcesItsReset)),
    /** An MCM that forgets queued sends when it is reset. */
    MCM_LOSES_SENDS_AT_RESET(
            "R211", "forgets queued sends when it is reset", BrokenSubjects.mcmVcs(BrokenChannels::losesSendsAtReset)),
    /** An MCM that does not indicate that the link is lost. */
    MCM_HIDES_THE_LINK(
            "R212", "does not indicate that the link is lost", BrokenSubjects.mcm(BrokenMcms::keepsQuietAboutTheLink)),
    /** An MCM that completes a pause before receives are back. */
    MCM_PAUSES_AT_ONCE(
            "R218", "completes a pause before receives are back", BrokenSubjects.mcm(BrokenMcms::pausesAtOnce)),
    /** An MCM that returns from halt before receives are back. */
    MCM_HALTS_EARLY(
            "R220",
            "returns from halt before receives are back",
            BrokenSubjects.mcm(BrokenMcms::haltsBeforeReceivesAreBack)),
    /** An MCM that reports success for sends after a surprise removal. */
    MCM_SENDS_WITHOUT_HARDWARE(
            "R221",
            "reports success for sends after a surprise removal",
            BrokenSubjects.mcm(BrokenMcms::sendsOnAfterRemoval)),
    /** An MCM that answers OID requests after a surprise removal. */
    MCM_ANSWERS_WITHOUT_HARDWARE(
            "R221",
            "answers OID requests after a surprise removal",
            BrokenSubjects.mcm(BrokenMcms::answersAfterRemoval)),
    /** An MCM that leaves its thread running. */
    MCM_LEAVES_A_THREAD("S38", "leaves its thread running", BrokenSubjects.mcm(BrokenMcms::leavesAThread)),
    /** A call manager that never completes the close of an address family. */
    CALL_MANAGER_NEVER_ANSWERS(
            "R3",
            "never completes the close of an address family",
            BrokenSubjects.families(BrokenFamilies::neverAnswersClose)),
    /** A call manager that completes the close of an address family with PENDING. */
    CALL_MANAGER_ANSWERS_PENDING(
            "R4",
            "completes the close of an address family with PENDING",
            BrokenSubjects.families(BrokenFamilies::closesWithPending)),
    /** A call manager that opens an address family without a context. */
    CALL_MANAGER_HAS_NO_CONTEXT(
            "R9",
            "opens an address family without a context",
            BrokenSubjects.callManager(BrokenFamilies::opensWithoutContext)),
    /** A call manager that registers its address family after it was bound. */
    CALL_MANAGER_REGISTERS_LATE(
            "R20",
            "registers its address family after it was bound",
            BrokenSubjects.callManager(BrokenFamilies::registersLater)),
    /** A call manager that closes an address family and leaves its own VCs. */
    CALL_MANAGER_CLOSES_EARLY(
            "R41",
            "closes an address family and leaves its own VCs",
            BrokenSubjects.families(BrokenFamilies::closesBeforeItsVcsAreDeleted)),
    /** A call manager that completes the close of an address family with FAILURE. */
    CALL_MANAGER_FAILS_TO_CLOSE(
            "R42",
            "completes the close of an address family with FAILURE",
            BrokenSubjects.families(BrokenFamilies::failsToClose)),
    /** A call manager that registers malformed SAPs. */
    CALL_MANAGER_ACCEPTS_EVERY_SAP(
            "R50", "registers malformed SAPs", BrokenSubjects.families(BrokenFamilies::acceptsEverySap)),
    /** A call manager that registers a SAP for two clients. */
    CALL_MANAGER_SHARES_SAPS(
            "R50", "registers a SAP for two clients", BrokenSubjects.callManager(BrokenFamilies::sharesSaps)),
    /** A call manager that fails to deregister a SAP. */
    CALL_MANAGER_FAILS_TO_DEREGISTER(
            "R58", "fails to deregister a SAP", BrokenSubjects.families(BrokenFamilies::failsToDeregister)),
    /** A call manager that closes calls when their SAP is deregistered. */
    CALL_MANAGER_CLOSES_CALLS_WITH_SAP(
            "R59",
            "closes calls when their SAP is deregistered",
            BrokenSubjects.families(BrokenFamilies::closesCallsWithTheirSap)),
    /** A call manager that answers the creation of a VC with nothing. */
    CALL_MANAGER_CREATES_NOTHING(
            "R69",
            "answers the creation of a VC with nothing",
            BrokenSubjects.families(BrokenFamilies::createsNothing)),
    /** A call manager that refuses a VC too many with FAILURE. */
    CALL_MANAGER_HAS_NO_WORD_FOR_FULL(
            "R72", "refuses a VC too many with FAILURE", BrokenSubjects.families(BrokenFamilies::hasNoWordForFull)),
    /** A call manager that activates a VC when it is created. */
    CALL_MANAGER_ACTIVATES_UNASKED(
            "R74", "activates a VC when it is created", BrokenSubjects.families(BrokenFamilies::activatesWhenCreated)),
    /** A call manager that connects calls on VCs that are not active. */
    CALL_MANAGER_CONNECTS_INACTIVE(
            "R77",
            "connects calls on VCs that are not active",
            BrokenSubjects.calls(BrokenCalls::connectsWithoutActivation)),
    /** A call manager that reports a call on a VC whose activation failed. */
    CALL_MANAGER_USES_INACTIVE(
            "R84",
            "reports a call on a VC whose activation failed",
            BrokenSubjects.calls(BrokenCalls::usesWhatIsNotActive)),
    /** A call manager that tries a failed activation again and again. */
    CALL_MANAGER_TRIES_FOR_EVER(
            "R85", "tries a failed activation again and again", BrokenSubjects.calls(BrokenCalls::triesForEver)),
    /** A call manager that closes calls without deactivating. */
    CALL_MANAGER_NEVER_DEACTIVATES(
            "R90", "closes calls without deactivating", BrokenSubjects.calls(BrokenCalls::closesWithoutDeactivation)),
    /** A call manager that completes a close while the miniport deactivates. */
    CALL_MANAGER_REPORTS_EARLY(
            "R104",
            "completes a close while the miniport deactivates",
            BrokenSubjects.calls(BrokenCalls::closesBeforeTheMiniportIsThrough)),
    /** A call manager that never completes a close whose deactivation pends. */
    CALL_MANAGER_FORGETS_A_CLOSE(
            "R105",
            "never completes a close whose deactivation pends",
            BrokenSubjects.calls(BrokenCalls::forgetsAPendedClose)),
    /** A call manager that answers a deletion with PENDING. */
    CALL_MANAGER_PENDS_DELETION(
            "R112", "answers a deletion with PENDING", BrokenSubjects.calls(BrokenCalls::deletesWithPending)),
    /** A call manager that offers one call to a client and no other. */
    CALL_MANAGER_OFFERS_ONCE(
            "R114", "offers one call to a client and no other", BrokenSubjects.families(BrokenFamilies::offersOnce)),
    /** A call manager that refuses parameters that cannot be used with FAILURE. */
    CALL_MANAGER_HAS_ONE_WORD(
            "R119",
            "refuses parameters that cannot be used with FAILURE",
            BrokenSubjects.calls(BrokenCalls::hasOneWordForEverything)),
    /** A call manager that changes parameters without a flag. */
    CALL_MANAGER_FLAGS_NOTHING(
            "R120", "changes parameters without a flag", BrokenSubjects.calls(BrokenCalls::flagsNothing)),
    /** A call manager that reports a call before its VC is active. */
    CALL_MANAGER_SUCCEEDS_EARLY(
            "R121",
            "reports a call before its VC is active",
            BrokenSubjects.calls(BrokenCalls::succeedsBeforeActivation)),
    /** A call manager that reports a multipoint call without a context for its party. */
    CALL_MANAGER_HAS_NO_PARTY(
            "R122",
            "reports a multipoint call without a context for its party",
            BrokenSubjects.calls(BrokenCalls::hasNoPartyContext)),
    /** A call manager that never completes a call that failed. */
    CALL_MANAGER_HIDES_FAILURE(
            "R123", "never completes a call that failed", BrokenSubjects.calls(BrokenCalls::keepsQuietAboutFailure)),
    /** A call manager that leaves the VC of a failed call active. */
    CALL_MANAGER_LEAVES_ACTIVE(
            "R124",
            "leaves the VC of a failed call active",
            BrokenSubjects.calls(BrokenCalls::leavesAFailedCallActive)),
    /** A call manager that offers a call on another client's SAP. */
    CALL_MANAGER_MIXES_CLIENTS_UP(
            "R129",
            "offers a call on another client's SAP",
            BrokenSubjects.callManager(BrokenFamilies::offersToTheWrongClient)),
    /** A call manager that leaves the VC of a rejected call active. */
    CALL_MANAGER_KEEPS_REJECTED(
            "R135",
            "leaves the VC of a rejected call active",
            BrokenSubjects.calls(BrokenCalls::keepsARejectedCallActive)),
    /** A call manager that never connects an accepted call. */
    CALL_MANAGER_NEVER_CONNECTS(
            "R136", "never connects an accepted call", BrokenSubjects.calls(BrokenCalls::neverConnects)),
    /** A call manager that connects a call that broke down. */
    CALL_MANAGER_CONNECTS_THE_DEAD(
            "R137", "connects a call that broke down", BrokenSubjects.calls(BrokenCalls::connectsWhatIsGone)),
    /** A call manager that answers FAILURE to a change of quality that its medium does not have. */
    CALL_MANAGER_HAS_NO_WORD_FOR_NO_QUALITY(
            "R140",
            "answers FAILURE to a change of quality that its medium does not have",
            BrokenSubjects.callsWithoutQuality(BrokenCalls::hasNoQualityAndNoWordForIt)),
    /** A call manager that reports a change that it did not activate. */
    CALL_MANAGER_REPORTS_UNACTIVATED(
            "R141",
            "reports a change that it did not activate",
            BrokenSubjects.calls(BrokenCalls::reportsChangesWithoutActivation)),
    /** A call manager that leaves refused parameters in force. */
    CALL_MANAGER_KEEPS_THE_REFUSED(
            "R142", "leaves refused parameters in force", BrokenSubjects.calls(BrokenCalls::keepsWhatWasRefused)),
    /** A call manager that changes a change without a flag. */
    CALL_MANAGER_FLAGS_NO_CHANGE(
            "R143", "changes a change without a flag", BrokenSubjects.calls(BrokenCalls::flagsNothing)),
    /** A call manager that dispatches a remote change before it is activated. */
    CALL_MANAGER_DISPATCHES_FIRST(
            "R145",
            "dispatches a remote change before it is activated",
            BrokenSubjects.calls(BrokenCalls::dispatchesChangesFirst)),
    /** A call manager that answers the remote end before the client. */
    CALL_MANAGER_ANSWERS_FIRST(
            "R147", "answers the remote end before the client", BrokenSubjects.calls(BrokenCalls::answersChangesFirst)),
    /** A call manager that drops close data and reports success. */
    CALL_MANAGER_DROPS_CLOSE_DATA(
            "R152", "drops close data and reports success", BrokenSubjects.calls(BrokenCalls::dropsCloseData)),
    /** A call manager that cannot close a call with its last party. */
    CALL_MANAGER_CANNOT_CLOSE_A_PARTY(
            "R153",
            "cannot close a call with its last party",
            BrokenSubjects.calls(BrokenCalls::cannotCloseWithAParty)),
    /** A call manager that reports a close before it deactivates. */
    CALL_MANAGER_CLOSES_FIRST(
            "R154",
            "reports a close before it deactivates",
            BrokenSubjects.calls(BrokenCalls::closesAndThenDeactivates)),
    /** A call manager that never deletes its own VCs. */
    CALL_MANAGER_KEEPS_ITS_VCS("R156", "never deletes its own VCs", BrokenSubjects.calls(BrokenCalls::keepsItsOwnVcs)),
    /** A call manager that reports every close as a failure of the network. */
    CALL_MANAGER_BLAMES_THE_NETWORK(
            "R161",
            "reports every close as a failure of the network",
            BrokenSubjects.calls(BrokenCalls::blamesTheNetwork)),
    /** A call manager that changes the parameters of a party without a flag. */
    CALL_MANAGER_CHANGES_PARTIES(
            "R166",
            "changes the parameters of a party without a flag",
            BrokenSubjects.calls(BrokenCalls::flagsNothing)),
    /** A call manager that reports every leave of a party as a close. */
    CALL_MANAGER_CLOSES_FOR_EVERY_LEAVE(
            "R172",
            "reports every leave of a party as a close",
            BrokenSubjects.calls(BrokenCalls::reportsEveryLeaveAsAClose)),
    /** A call manager that keeps what it had for dropped parties. */
    CALL_MANAGER_KEEPS_PARTIES(
            "R174", "keeps what it had for dropped parties", BrokenSubjects.calls(BrokenCalls::neverForgetsAParty)),
    /** A call manager that answers every OID with success. */
    CALL_MANAGER_LIKES_EVERY_OID(
            "R197", "answers every OID with success", BrokenSubjects.families(BrokenFamilies::likesEveryOid)),
    /** A call manager that does not announce addresses. */
    CALL_MANAGER_ANNOUNCES_NO_ADDRESSES(
            "R202", "does not announce addresses", BrokenSubjects.families(BrokenFamilies::announcesNoAddresses)),
    /** A call manager that does not tell that signaling fails. */
    CALL_MANAGER_HIDES_SIGNALING(
            "R203",
            "does not tell that signaling fails",
            BrokenSubjects.callManager(BrokenFamilies::keepsQuietAboutSignaling)),
    /** A call manager that gives the address of one client to another. */
    CALL_MANAGER_SHARES_ADDRESSES(
            "R204",
            "gives the address of one client to another",
            BrokenSubjects.callManager(BrokenFamilies::sharesAddresses)),
    /** A call manager that registers its address family for its first binding only. */
    CALL_MANAGER_REGISTERS_ONCE(
            "R222",
            "registers its address family for its first binding only",
            BrokenSubjects.callManager(BrokenFamilies::registersOnce)),
    /** A call manager that waits for the miniport in a callback that must not block. */
    CALL_MANAGER_BLOCKS(
            "E3",
            "waits for the miniport in a callback that must not block",
            BrokenSubjects.calls(BrokenCalls::waitsForTheMiniport)),
    /** A call manager that leaves a thread running. */
    CALL_MANAGER_LEAVES_A_THREAD(
            "S38", "leaves a thread running", BrokenSubjects.callManager(BrokenFamilies::leavesAThread)),
    /** A client that never answers an offer. */
    CLIENT_NEVER_ANSWERS("R3", "never answers an offer", BrokenSubjects.client(BrokenClients::neverAnswers)),
    /** A client that completes its unbinding with PENDING. */
    CLIENT_ANSWERS_PENDING(
            "R4",
            "completes its unbinding with PENDING",
            BrokenSubjects.client(() -> BrokenClients.unbindsWith(NdisStatus.PENDING))),
    /** A client that throws when a family that it does not know is announced. */
    CLIENT_KNOWS_ONE_FAMILY(
            "R28",
            "throws when a family that it does not know is announced",
            BrokenSubjects.client(BrokenClients::knowsOneFamily)),
    /** A client that opens another version of the family than was announced. */
    CLIENT_OPENS_ANOTHER_VERSION(
            "R29",
            "opens another version of the family than was announced",
            BrokenSubjects.client(BrokenClients::opensAnotherVersion)),
    /** A client that opens the family again while the first open pends. */
    CLIENT_OPENS_TWICE(
            "R35",
            "opens the family again while the first open pends",
            BrokenSubjects.client(BrokenClients::opensTwice)),
    /** A client that closes the family before its calls. */
    CLIENT_CLOSES_THE_FAMILY_FIRST(
            "R37", "closes the family before its calls", BrokenSubjects.client(BrokenClients::closesTheFamilyFirst)),
    /** A client that creates a VC on a family that it closed. */
    CLIENT_USES_A_CLOSED_FAMILY(
            "R39", "creates a VC on a family that it closed", BrokenSubjects.client(BrokenClients::usesAClosedFamily)),
    /** A client that waits for the close in the notification. */
    CLIENT_WAITS_IN_THE_NOTIFICATION(
            "R40",
            "waits for the close in the notification",
            BrokenSubjects.client(BrokenClients::waitsInTheNotification)),
    /** A client that deregisters its SAP before it closes its calls. */
    CLIENT_DEREGISTERS_FIRST(
            "R46",
            "deregisters its SAP before it closes its calls",
            BrokenSubjects.client(BrokenClients::deregistersFirst)),
    /** A client that answers the notification before the family is closed. */
    CLIENT_ANSWERS_AT_ONCE(
            "R47",
            "answers the notification before the family is closed",
            BrokenSubjects.client(BrokenClients::answersTheNotificationAtOnce)),
    /** A client that rejects calls while its SAP is being registered. */
    CLIENT_IS_NOT_READY(
            "R53",
            "rejects calls while its SAP is being registered",
            BrokenSubjects.client(BrokenClients::takesNoCallsWhileItRegisters)),
    /** A client that creates a VC for the calls that may come in. */
    CLIENT_CREATES_VCS_FOR_CALLS_TO_COME(
            "R52",
            "creates a VC for the calls that may come in",
            BrokenSubjects.client(BrokenClients::createsVcsForCallsToCome)),
    /** A client that deregisters a SAP twice. */
    CLIENT_DEREGISTERS_TWICE("R56", "deregisters a SAP twice", BrokenSubjects.client(BrokenClients::deregistersTwice)),
    /** A client that answers the creation of a VC with nothing. */
    CLIENT_CREATES_NOTHING(
            "R69", "answers the creation of a VC with nothing", BrokenSubjects.client(BrokenClients::createsNothing)),
    /** A client that answers a deletion with PENDING. */
    CLIENT_PENDS_DELETION(
            "R112",
            "answers a deletion with PENDING",
            BrokenSubjects.clientCalls(BrokenClientCalls::deletesWithPending)),
    /** A client that sends on a VC of the call manager after the close. */
    CLIENT_USES_A_VC_BETWEEN_CALLS(
            "R117",
            "sends on a VC of the call manager after the close",
            BrokenSubjects.clientCalls(BrokenClientCalls::sendsAlways)),
    /** A client that sends before its call is made. */
    CLIENT_SENDS_BEFORE_THE_CALL(
            "R125", "sends before its call is made", BrokenSubjects.clientCalls(BrokenClientCalls::sendsAlways)),
    /** A client that keeps the VC of a call that failed. */
    CLIENT_KEEPS_A_FAILED_VC(
            "R126",
            "keeps the VC of a call that failed",
            BrokenSubjects.clientCalls(BrokenClientCalls::keepsTheVcOfAFailedCall)),
    /** A client that lets an offer wait for ever. */
    CLIENT_LETS_OFFERS_WAIT("R131", "lets an offer wait for ever", BrokenSubjects.client(BrokenClients::neverAnswers)),
    /** A client that changes the parameters of an offer without a flag. */
    CLIENT_CHANGES_PARAMETERS(
            "R132",
            "changes the parameters of an offer without a flag",
            BrokenSubjects.client(BrokenClients::changesParameters)),
    /** A client that sends before its call is connected. */
    CLIENT_SENDS_BEFORE_CONNECTION(
            "R138", "sends before its call is connected", BrokenSubjects.clientCalls(BrokenClientCalls::sendsAlways)),
    /** A client that refuses VCs for incoming calls with FAILURE. */
    CLIENT_HAS_NO_WORD_FOR_NO_CALLS(
            "R139",
            "refuses VCs for incoming calls with FAILURE",
            BrokenSubjects.callingClient(BrokenClients::hasNoWordForNoCalls)),
    /** A client that asks for a refused change again and again. */
    CLIENT_ASKS_FOR_EVER(
            "R144",
            "asks for a refused change again and again",
            BrokenSubjects.clientCalls(BrokenClientCalls::asksForEver)),
    /** A client that throws when the other side changes the quality. */
    CLIENT_DISLIKES_CHANGES(
            "R146",
            "throws when the other side changes the quality",
            BrokenSubjects.clientCalls(BrokenClientCalls::dislikesChanges)),
    /** A client that sends after it closed its call. */
    CLIENT_SENDS_AFTER_CLOSE(
            "R149", "sends after it closed its call", BrokenSubjects.clientCalls(BrokenClientCalls::sendsAlways)),
    /** A client that sends after the other side closed the call. */
    CLIENT_SENDS_AFTER_REMOTE_CLOSE(
            "R157",
            "sends after the other side closed the call",
            BrokenSubjects.clientCalls(BrokenClientCalls::sendsAlways)),
    /** A client that does not answer a close from the other side. */
    CLIENT_IGNORES_CLOSES(
            "R158",
            "does not answer a close from the other side",
            BrokenSubjects.clientCalls(BrokenClientCalls::ignoresCloses)),
    /** A client that deletes a VC of the call manager. */
    CLIENT_DELETES_THE_CALL_MANAGERS_VC(
            "R159",
            "deletes a VC of the call manager",
            BrokenSubjects.clientCalls(BrokenClientCalls::deletesTheCallManagersVc)),
    /** A client that keeps the VC of a call that broke down. */
    CLIENT_KEEPS_A_BROKEN_VC(
            "R160",
            "keeps the VC of a call that broke down",
            BrokenSubjects.clientCalls(BrokenClientCalls::keepsTheVcOfABrokenCall)),
    /** A client that adds a party to a call without parties. */
    CLIENT_ADDS_ANYWAY(
            "R164",
            "adds a party to a call without parties",
            BrokenSubjects.clientCalls(BrokenClientCalls::addsPartiesAnyway)),
    /** A client that drops a party twice. */
    CLIENT_DROPS_TWICE("R168", "drops a party twice", BrokenSubjects.clientCalls(BrokenClientCalls::dropsTwice)),
    /** A client that closes a call with several parties. */
    CLIENT_CLOSES_WITH_ALL(
            "R171",
            "closes a call with several parties",
            BrokenSubjects.clientCalls(BrokenClientCalls::closesWithAllParties)),
    /** A client that does not drop a party that has left. */
    CLIENT_IGNORES_LEAVES(
            "R173",
            "does not drop a party that has left",
            BrokenSubjects.clientCalls(BrokenClientCalls::ignoresLeaves)),
    /** A client that writes into a PDU that it sent. */
    CLIENT_WRITES_INTO_SENDS(
            "R182", "writes into a PDU that it sent", BrokenSubjects.clientCalls(BrokenClientCalls::writesIntoSends)),
    /** A client that does not return what it received. */
    CLIENT_KEEPS_RECEIVES(
            "R185",
            "does not return what it received",
            BrokenSubjects.clientCalls(BrokenClientCalls::keepsWhatItReceives)),
    /** A client that returns what was only lent to it. */
    CLIENT_RETURNS_LOANS(
            "R186",
            "returns what was only lent to it",
            BrokenSubjects.clientCalls(BrokenClientCalls::returnsWhatIsLent)),
    /** A client that answers every OID with success. */
    CLIENT_LIKES_EVERY_OID(
            "R197", "answers every OID with success", BrokenSubjects.client(BrokenClients::likesEveryOid)),
    /** A client that does not look changed addresses up. */
    CLIENT_FORGETS_ADDRESSES(
            "R202", "does not look changed addresses up", BrokenSubjects.client(BrokenClients::forgetsAddresses)),
    /** A client that unbinds before its family is closed. */
    CLIENT_UNBINDS_OPEN(
            "R213", "unbinds before its family is closed", BrokenSubjects.client(BrokenClients::unbindsAtOnce)),
    /** A client that unbinds before its sends are back. */
    CLIENT_FORGETS_SENDS(
            "R214", "unbinds before its sends are back", BrokenSubjects.client(BrokenClients::unbindsAtOnce)),
    /** A call manager that refuses to be unbound. */
    CALL_MANAGER_REFUSES_TO_UNBIND(
            "R215", "refuses to be unbound", BrokenSubjects.callManager(BrokenFamilies::refusesToUnbind)),
    /** A client that refuses to be unbound. */
    CLIENT_REFUSES_TO_UNBIND(
            "R215",
            "refuses to be unbound",
            BrokenSubjects.client(() -> BrokenClients.unbindsWith(NdisStatus.NOT_ACCEPTED))),
    /** A client that sends while the adapter is paused. */
    CLIENT_SENDS_WHILE_PAUSED(
            "R217", "sends while the adapter is paused", BrokenSubjects.client(BrokenClients::sendsWhilePaused)),
    /** A client that waits for its close in a callback that must not block. */
    CLIENT_BLOCKS(
            "E3",
            "waits for its close in a callback that must not block",
            BrokenSubjects.clientCalls(BrokenClientCalls::waitsForTheClose)),
    /** A client that leaves a thread running. */
    CLIENT_LEAVES_A_THREAD("S38", "leaves a thread running", BrokenSubjects.client(BrokenClients::leavesAThread));

    private final String rule;
    private final String description;
    private final Subject subject;
    private final Optional<Subject> inAnMcm;

    Fault(final String rule, final String description, final BrokenSubjects.Part part) {
        this.rule = rule;
        this.description = description;
        this.subject = part.subject(description);
        this.inAnMcm = part.inAnMcm(description);
    }

    /**
     * The rule that is broken.
     *
     * @return its id
     */
    public String rule() {
        return rule;
    }

    /**
     * The role of the driver.
     *
     * @return the role
     */
    public Kind kind() {
        return subject.kind();
    }

    /**
     * The broken driver.
     *
     * @return what to give to the kit
     */
    public Subject subject() {
        return subject;
    }

    /**
     * The broken driver as one half of an MCM.
     *
     * @return what to give to the kit; empty when the driver is not a call manager
     */
    public Optional<Subject> inAnMcm() {
        return inAnMcm;
    }

    @Override
    public String toString() {
        return kind() + " that " + description + " (" + rule + ")";
    }
}
