// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The outcome of an operation: names and numbers are those of {@code ndis.h}, the names without their {@code NDIS_STATUS_}
 * prefix.
 * <p>
 * Any status except {@link #SUCCESS} and {@link #PENDING} means that the operation did not happen. {@link #PENDING} never
 * appears where an outcome is final (rule R4): in Condis a pended operation is a
 * {@link java.util.concurrent.CompletionStage} that is not complete yet.
 */
public enum NdisStatus {
    /** The operation was carried out. */
    SUCCESS(0x0000_0000),
    /** The operation goes on; a pended operation is a stage that is not complete, so this is never an outcome. */
    PENDING(0x0000_0103),
    /** Not recognized. */
    NOT_RECOGNIZED(0x0001_0001),
    /** Not copied. */
    NOT_COPIED(0x0001_0002),
    /** The object's state does not allow the operation, for example a redundant deactivation (rule R92). */
    NOT_ACCEPTED(0x0001_0003),
    /** A call is active. */
    CALL_ACTIVE(0x0001_0007),
    /** A buffer was too small; part of the data was delivered. */
    BUFFER_OVERFLOW(0x8000_0005),
    /** The adapter reported soft errors. */
    SOFT_ERRORS(0x8001_0003),
    /** The adapter reported hard errors. */
    HARD_ERRORS(0x8001_0004),
    /** General failure: a bad or dead handle, an unknown address family, a lookup that found nothing. */
    FAILURE(0xC000_0001),
    /** A parameter is invalid. */
    INVALID_PARAMETER(0xC000_000D),
    /** Resources are short. */
    RESOURCES(0xC000_009A),
    /** The feature is not supported by this driver or medium. */
    NOT_SUPPORTED(0xC000_00BB),
    /** The object is in a state in which the request makes no sense. */
    INVALID_STATE(0xC000_0184),
    /** The object, or its parent, is closing (rule R109). */
    CLOSING(0xC001_0002),
    /** A version is not supported. */
    BAD_VERSION(0xC001_0004),
    /** A driver's registration is incomplete. */
    BAD_CHARACTERISTICS(0xC001_0005),
    /** No adapter of that name. */
    ADAPTER_NOT_FOUND(0xC001_0006),
    /** Opening failed. */
    OPEN_FAILED(0xC001_0007),
    /** The device failed. */
    DEVICE_FAILED(0xC001_0008),
    /** The request was aborted, for example by a reset. */
    REQUEST_ABORTED(0xC001_000C),
    /** A reset is in progress. */
    RESET_IN_PROGRESS(0xC001_000D),
    /** Closing while indicating. */
    CLOSING_INDICATING(0xC001_000E),
    /** A packet is invalid, for example longer than the medium can carry. */
    INVALID_PACKET(0xC001_000F),
    /** The adapter is not ready. */
    ADAPTER_NOT_READY(0xC001_0011),
    /** The adapter is not open. */
    ADAPTER_NOT_OPEN(0xC001_0012),
    /** Not indicating. */
    NOT_INDICATING(0xC001_0013),
    /** A length is invalid. */
    INVALID_LENGTH(0xC001_0014),
    /** Data is invalid: an unknown SAP, a flow that the adapter cannot carry, close data that the medium cannot carry. */
    INVALID_DATA(0xC001_0015),
    /** A buffer is too short. */
    BUFFER_TOO_SHORT(0xC001_0016),
    /** An OID is unknown. */
    INVALID_OID(0xC001_0017),
    /** The adapter was removed. */
    ADAPTER_REMOVED(0xC001_0018),
    /** The medium is not supported. */
    UNSUPPORTED_MEDIA(0xC001_0019),
    /** A resource is in use by somebody else. */
    RESOURCE_CONFLICT(0xC001_001E),
    /** No cable. */
    NO_CABLE(0xC001_001F),
    /** The SAP is invalid. */
    INVALID_SAP(0xC001_0020),
    /** The SAP is in use. */
    SAP_IN_USE(0xC001_0021),
    /** The address is invalid. */
    INVALID_ADDRESS(0xC001_0022),
    /** The VC is not activated: status of an NBL that was sent on it. */
    VC_NOT_ACTIVATED(0xC001_0023),
    /** Destination out of order (Q.850 cause 27). */
    DEST_OUT_OF_ORDER(0xC001_0024),
    /** No VC available (Q.850 causes 35 and 45). */
    VC_NOT_AVAILABLE(0xC001_0025),
    /** The cell rate is not available (Q.850 cause 37). */
    CELLRATE_NOT_AVAILABLE(0xC001_0026),
    /** The quality of service cannot be had (Q.850 cause 49). */
    INCOMPATIBLE_QOS(0xC001_0027),
    /** AAL parameters are not supported (Q.850 cause 93). */
    AAL_PARAMS_UNSUPPORTED(0xC001_0028),
    /** No route to the destination (Q.850 cause 3). */
    NO_ROUTE_TO_DESTINATION(0xC001_0029),
    /** A send was aborted before it reached the medium. */
    SEND_ABORTED(0xC023_000C),
    /** The medium is disconnected. */
    MEDIA_DISCONNECTED(0xC023_001F),
    /** The adapter is paused. */
    PAUSED(0xC023_002A),
    /** The interface was not found. */
    INTERFACE_NOT_FOUND(0xC023_002B),
    /** The port is invalid. */
    INVALID_PORT(0xC023_002D),
    /** The adapter is in a low-power state. */
    LOW_POWER_STATE(0xC023_002F);

    private static final Map<Integer, NdisStatus> BY_CODE =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(NdisStatus::code, Function.identity()));

    private final int code;

    NdisStatus(final int code) {
        this.code = code;
    }

    /**
     * The number of this status in {@code ndis.h}.
     *
     * @return the 32-bit code, errors are negative as in {@code NTSTATUS}
     */
    public int code() {
        return code;
    }

    /**
     * Tells whether the operation was carried out.
     *
     * @return {@code true} for {@link #SUCCESS} only
     */
    public boolean isSuccess() {
        return this == SUCCESS;
    }

    /**
     * The synchronous return of this status from a callback that may also complete later.
     *
     * @return a stage that is already complete with this status
     */
    public CompletionStage<NdisStatus> asStage() {
        return CompletableFuture.completedStage(this);
    }

    /**
     * Finds a status by its number.
     *
     * @param code the 32-bit code
     * @return the status, empty when the number is not one of {@code ndis.h} that Condis knows
     */
    public static Optional<NdisStatus> ofCode(final int code) {
        return Optional.ofNullable(BY_CODE.get(code));
    }

    /**
     * The name as {@code ndis.h} spells it.
     *
     * @return the name with its {@code NDIS_STATUS_} prefix
     */
    @Override
    public String toString() {
        return "NDIS_STATUS_" + name();
    }
}
