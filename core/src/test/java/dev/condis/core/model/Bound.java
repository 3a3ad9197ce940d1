// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.NdisStatus;
import dev.condis.core.state.BindingTable.Event;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The life of a driver's binding as the driver hears it, the same for a client and for a call manager: bound, restarted, paused, unbound.
 *
 * @param <B> the driver's side of the binding
 */
final class Bound<B> {
    private final World world;
    private final String driver;
    private final Consumer<B> whenLeft;
    private Optional<B> handle = Optional.empty();
    private Optional<ModelBinding> model = Optional.empty();
    private Optional<B> leaving = Optional.empty();

    /**
     * A driver without a binding.
     *
     * @param world where it is
     * @param driver who it is
     * @param whenLeft what follows when it has unbound itself, or took too long
     */
    Bound(final World world, final String driver, final Consumer<B> whenLeft) {
        this.world = world;
        this.driver = driver;
        this.whenLeft = whenLeft;
    }

    void opens() {
        world.trace().say("> ProtocolBindAdapterEx of " + driver);
        final ModelBinding opening = new ModelBinding(driver, world.adapter(), world.trace());
        opening.fire(Event.BIND);
        model = Optional.of(opening);
    }

    void opened(final B binding, final NdisStatus status) {
        model().fire(status.isSuccess() ? Event.BIND_SUCCEEDED : Event.BIND_FAILED);
        handle = status.isSuccess() ? Optional.of(binding) : Optional.empty();
    }

    /** {@code NetEventRestart}; a driver that takes too long has failed. */
    CompletionStage<NdisStatus> restart(final Consumer<NdisStatus> next) {
        final ModelBinding bound = begin("NetEventRestart", Event.RESTART);
        return world.answerInTime(callback("NetEventRestart", status -> {
            bound.fire(status.isSuccess() ? Event.RESTART_SUCCEEDED : Event.RESTART_FAILED);
            next.accept(status);
        }));
    }

    CompletionStage<NdisStatus> pause() {
        begin("NetEventPause", Event.PAUSE);
        final Held<NdisStatus> held = callback("NetEventPause", status -> {});
        return world.answer(held, () -> held.succeed(0));
    }

    CompletionStage<NdisStatus> unbind(final B binding) {
        leaving = Optional.of(binding);
        begin("ProtocolUnbindAdapterEx", Event.UNBIND);
        final Held<NdisStatus> held = callback("ProtocolUnbindAdapterEx", status -> left(binding));
        return world.answer(held, () -> held.succeed(0));
    }

    private ModelBinding begin(final String callback, final Event event) {
        world.trace().say("> " + callback + " of " + driver);
        model().fire(event);
        world.observe();
        return model();
    }

    private Held<NdisStatus> callback(final String name, final Consumer<NdisStatus> answered) {
        return new Held<>(name + " of " + driver, variant -> NdisStatus.SUCCESS, status -> status, answered);
    }

    private void left(final B binding) {
        if (leaving.filter(current -> current == binding).isPresent()) {
            leaving = Optional.empty();
            handle = Optional.empty();
            whenLeft.accept(binding);
        }
    }

    /** The deadline of the unbind passes. */
    void isOverdue() {
        leaving.ifPresent(this::left);
    }

    Optional<B> handle() {
        return handle;
    }

    ModelBinding model() {
        return model.orElseThrow();
    }
}
