// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import java.util.List;

/** One run of a program, compared with the model step by step. */
final class Run {
    private final Program program;
    private final World world;
    private final Steps steps;
    private final EngineLog log;

    private Run(final Program program, final EngineLog log) {
        this.program = program;
        this.log = log;
        world = new World(program.form());
        steps = world.steps();
    }

    /** Runs a program; throws an error that tells the whole story when engine and model diverge. */
    static void of(final Program program, final EngineLog log) {
        final Run run = new Run(program, log);
        try {
            run.run();
        } catch (final RuntimeException | AssertionError e) {
            throw run.failed(e);
        }
    }

    private void run() {
        world.start();
        int number = 0;
        for (final Step step : program.steps()) {
            number++;
            world.trace().say(number + ". " + step);
            world.prepare(step.answers());
            steps.perform(step);
            world.checkAtRest();
            checkLog();
            probe(step);
        }
        new Epilogue(world).run();
        checkLog();
    }

    private void checkLog() {
        log.takeFailure().ifPresent(failure -> {
            throw world.trace().diverged("the core logs " + failure);
        });
    }

    /** Whether the gates of the VC are as they must be is seen when something comes to them. */
    private void probe(final Step step) {
        world.prepare(List.of());
        steps.vcOf(step).ifPresent(vc -> {
            final boolean sendFirst = step.variant() % 2 == 0;
            if (sendFirst) {
                vc.addressFamily().owner().send(vc, 1);
            }
            world.miniport().indicate(vc, 1, true);
            if (!sendFirst) {
                vc.addressFamily().owner().send(vc, 1);
            }
            world.checkAtRest();
        });
    }

    private AssertionError failed(final Throwable thrown) {
        log.takeFailure();
        final Throwable first = world.trace()
                .divergence()
                .<Throwable>map(divergence -> divergence)
                .orElse(thrown);
        final String story = String.join(
                System.lineSeparator(),
                first.toString(),
                program.toString(),
                "what happened:",
                world.trace().toString());
        return new AssertionError(story, first);
    }
}
