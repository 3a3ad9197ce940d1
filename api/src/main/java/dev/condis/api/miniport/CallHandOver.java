// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.miniport;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.ThreadLevel;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * How an MCM hands its calls over to another one, or takes over those of another, so that neither clients nor remote parties notice.
 * Not in the DDI, whose MCMs are torn down with their calls (contract H.3).
 * <p>
 * The order: the successor is initialized, and registers its address families as always, but is not restarted: it signals nothing. Its
 * miniport half has the VCs created and activated. Then clients' requests wait, what is under way ends, the predecessor is
 * {@linkplain #freeze frozen}, and what it writes down of its address families, SAPs and VCs the successor adopts. As long as something
 * fails until here, the predecessor is {@linkplain #thaw thawed} and the successor halted. Otherwise the predecessor is
 * {@linkplain #release released}, the successor restarted, and the packets of one VC after the other go to it. Handles stay: the
 * successor is given the same {@link CmAf}, {@link CmSap} and {@link CmVc} that the predecessor had.
 * <p>
 * Only MCMs {@linkplain McmAdapter#integrate made of two halves} hand over or adopt; VCs with several parties stay with theirs, and the
 * whole hand-over is refused then.
 */
@ConsumerType
public interface CallHandOver {
    /**
     * In which form this MCM writes.
     *
     * @return the format of everything that the export methods answer
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    CallStateFormat format();

    /**
     * Whether this MCM can adopt what is written in a format.
     *
     * @param written the predecessor's format
     * @return false refuses the hand-over before anything has happened
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    boolean reads(CallStateFormat written);

    // --- the predecessor ---

    /**
     * Stops signaling: from the completion on nothing is sent and nothing that comes is acted on, until {@link #thaw} or
     * {@link #release}. Packets of VCs go on.
     *
     * @return what concerns the adapter as a whole, such as numbers that are next; {@code NOT_ACCEPTED} when it cannot be handed over now
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    CompletionStage<NdisResult<Octets>> freeze();

    /**
     * Writes down what it keeps for a client's address family. It is frozen.
     *
     * @param af its own context
     * @return the state; a failure refuses the hand-over
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    NdisResult<Octets> exportAf(CmAfContext af);

    /**
     * Writes down what it keeps for a SAP. It is frozen.
     *
     * @param sap its own context
     * @return the state; a failure refuses the hand-over
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    NdisResult<Octets> exportSap(CmSapContext sap);

    /**
     * Writes down what it keeps for a VC and the call on it. It is frozen.
     *
     * @param vc its own context
     * @return the state; a failure refuses the hand-over, {@code NOT_ACCEPTED} when the call is neither idle nor connected
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    NdisResult<Octets> exportVc(CmVcContext vc);

    /** It keeps its calls after all, signals again, and finds out what it has missed. */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    void thaw();

    /**
     * Its calls are somebody else's: it forgets them, and every context that it has for an address family, a SAP or a VC of a client,
     * without a word to network or clients, and gives up its signaling VCs. A halt follows.
     *
     * @return completes when it has nothing active any more that it signals on
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    CompletionStage<Void> release();

    // --- the successor ---

    /**
     * Takes over what concerns the adapter as a whole. It is initialized, not restarted, and signals nothing before it is.
     *
     * @param written the predecessor's format, one that it {@linkplain #reads reads}
     * @param state what {@link #freeze} has yielded
     * @return success, or {@code INVALID_DATA}, which refuses the hand-over
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    NdisStatus adopt(CallStateFormat written, Octets state);

    /**
     * Takes a client's address family over.
     *
     * @param af the handle
     * @param state as {@link #exportAf} has written it
     * @return its context, used from the end of the hand-over on; a failure refuses the hand-over
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    NdisResult<CmAfContext> adoptAf(CmAf af, Octets state);

    /**
     * Takes a SAP over, of an address family that it has adopted.
     *
     * @param sap the handle
     * @param state as {@link #exportSap} has written it
     * @return its context; a failure refuses the hand-over
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    NdisResult<CmSapContext> adoptSap(CmSap sap, Octets state);

    /**
     * Takes a VC and its call over, of an address family that it has adopted. Its miniport half has the VC already, active if it was.
     *
     * @param vc the handle
     * @param state as {@link #exportVc} has written it
     * @return its context; a failure refuses the hand-over
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    NdisResult<CmVcContext> adoptVc(CmVc vc, Octets state);
}
