// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.subject;

import dev.condis.api.callmgr.CallManager;
import dev.condis.api.client.CoClient;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportCallManager;
import java.util.Objects;
import java.util.Optional;

/**
 * One fresh driver to run a check on, with what belongs to it.
 *
 * @param driver the driver: an object of the role of its {@link Kind}
 * @param remote the other end of the wire, if the author can play it
 * @param below call manager: the adapter to run it on, when it cannot do with the kit's own
 * @param control client: makes it do what clients do
 * @param close frees what was made for this driver
 */
public record Specimen(
        Object driver,
        Optional<RemoteEnd> remote,
        Optional<CoMiniport> below,
        Optional<ClientControl> control,
        Runnable close) {
    /** Checks that nothing is missing. */
    public Specimen {
        Objects.requireNonNull(driver, "driver");
        Objects.requireNonNull(remote, "remote");
        Objects.requireNonNull(below, "below");
        Objects.requireNonNull(control, "control");
        Objects.requireNonNull(close, "close");
    }

    private static Specimen bare(final Object driver) {
        return new Specimen(driver, Optional.empty(), Optional.empty(), Optional.empty(), () -> {});
    }

    /**
     * A miniport.
     *
     * @param miniport the driver
     * @return the specimen, with nothing around it
     */
    public static Specimen of(final CoMiniport miniport) {
        return bare(miniport);
    }

    /**
     * An MCM.
     *
     * @param mcm the driver
     * @return the specimen, with nothing around it
     */
    public static Specimen of(final MiniportCallManager mcm) {
        return bare(mcm);
    }

    /**
     * A call manager.
     *
     * @param callManager the driver
     * @return the specimen, with nothing around it
     */
    public static Specimen of(final CallManager callManager) {
        return bare(callManager);
    }

    /**
     * A client.
     *
     * @param client the driver
     * @return the specimen, with nothing around it
     */
    public static Specimen of(final CoClient client) {
        return bare(client);
    }

    /**
     * With another end of the wire.
     *
     * @param newRemote the other end
     * @return the specimen with it
     */
    public Specimen withRemote(final RemoteEnd newRemote) {
        return new Specimen(driver, Optional.of(newRemote), below, control, close);
    }

    /**
     * With an adapter of the author's below a call manager.
     *
     * @param newBelow the adapter
     * @return the specimen with it
     */
    public Specimen withAdapter(final CoMiniport newBelow) {
        return new Specimen(driver, remote, Optional.of(newBelow), control, close);
    }

    /**
     * With a way to make a client act.
     *
     * @param newControl the way
     * @return the specimen with it
     */
    public Specimen withControl(final ClientControl newControl) {
        return new Specimen(driver, remote, below, Optional.of(newControl), close);
    }

    /**
     * With something to do at the end of the check.
     *
     * @param newClose what to do
     * @return the specimen with it
     */
    public Specimen closing(final Runnable newClose) {
        return new Specimen(driver, remote, below, control, newClose);
    }
}
