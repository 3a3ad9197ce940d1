// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.rig;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.tck.observe.Invocation;
import dev.condis.tck.subject.NdisHost.Registration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A miniport with the kit's call manager above it. */
public final class MiniportRig extends DataRig {
    /** Only sets up VCs of its own. */
    private static final class KitCallManager implements CallManager {
        private final CompletableFuture<CmBinding> binding = new CompletableFuture<>();

        @Override
        public NdisStatus bindAdapter(final CmBinding newBinding) {
            binding.complete(newBinding);
            return NdisStatus.SUCCESS;
        }
    }

    private final KitCallManager callManager = new KitCallManager();
    private final Optional<Registration> miniport;

    /**
     * Makes the bench and starts the miniport.
     *
     * @param environment what the check runs in
     */
    public MiniportRig(final Environment environment) {
        super(environment);
        miniport = isLive()
                ? Optional.empty()
                : Optional.of(
                        registered(host().registerMiniport(info(), membrane().watch(CoMiniport.class, (CoMiniport)
                                specimen().driver()))));
        registered(host().registerCallManager("tck-call-manager", adapter(), callManager));
        awaitRunning();
    }

    private CmBinding binding() {
        return patience().outcome(callManager.binding, "the binding of the kit's call manager");
    }

    /**
     * Creates a VC, inactive.
     *
     * @return the VC
     */
    public SignalingLine newVc() {
        final SignalingLine line = new SignalingLine(this);
        line.created(succeeded(tryCreate(line), "createVc").get());
        return line;
    }

    /**
     * Tries to create a VC.
     *
     * @param line its context
     * @return the outcome
     */
    public NdisResult<SignalingVc> tryCreate(final SignalingLine line) {
        return binding().createSignalingVc(line);
    }

    /**
     * A context for {@link #tryCreate}.
     *
     * @return the context
     */
    public SignalingLine context() {
        return new SignalingLine(this);
    }

    /**
     * How many VCs the miniport was asked to create.
     *
     * @return the number, 0 when the kit cannot see it
     */
    public int createdVcs() {
        return isObserved() ? trace().callbacks("createVc").size() : 0;
    }

    @Override
    public SignalingLine openLine(final int index) {
        final SignalingLine line = newVc();
        succeeded(line.activate(parameters(index)), "activateVc");
        return line;
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final OidRequest request) {
        return binding().oidRequest(request);
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final Line line, final OidRequest request) {
        return binding().oidRequest(line.handle(), request);
    }

    @Override
    public List<Long> endsOfTransfers() {
        return trace().callbacks("deactivateVc").stream()
                .filter(Invocation::isComplete)
                .map(Invocation::completedAt)
                .toList();
    }

    @Override
    public boolean halt() {
        return patience().ends(unregistered(owned()));
    }

    @Override
    public boolean surpriseRemove() {
        return patience().ends(owned().surpriseRemove("the kit took the hardware away"));
    }

    private Registration owned() {
        return miniport.orElseThrow(() -> new NotApplicable("the adapter runs already, and is not the kit's to halt"));
    }
}
