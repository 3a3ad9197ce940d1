// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Shrinkable;
import net.jqwik.api.ShrinkingDistance;

/**
 * Random programs, and what is simpler than one. A step means something in every state, so that a program stays one whatever is left
 * out of it.
 */
final class Programs {
    private static final int MOST_STEPS = 40;
    private static final int MOST_ANSWERS = 3;
    private static final int TARGETS = 6;
    private static final int VARIANTS = 8;
    private static final int ONE_PHRASE_IN = 6;

    private static final List<List<Op>> PHRASES = List.of(
            List.of(Op.CREATE_VC, Op.MAKE_CALL),
            List.of(Op.CREATE_VC, Op.MAKE_CALL, Op.SEND, Op.CLOSE_CALL),
            List.of(Op.CREATE_VC, Op.ACTIVATE, Op.DEACTIVATE),
            List.of(Op.CREATE_VC, Op.MAKE_MULTIPOINT_CALL, Op.ADD_PARTY),
            List.of(Op.ADD_PARTY, Op.ADD_PARTY, Op.DROP_PARTY, Op.CLOSE_CALL_WITH_PARTY),
            List.of(Op.ADD_PARTY, Op.DISPATCH_INCOMING_DROP_PARTY),
            List.of(Op.ACTIVATE, Op.DISPATCH_QOS_CHANGE, Op.MODIFY_CALL_QOS),
            List.of(Op.REGISTER_SAP, Op.CM_CREATE_VC, Op.DISPATCH_INCOMING_CALL),
            List.of(
                    Op.REGISTER_SAP,
                    Op.CM_CREATE_VC,
                    Op.DISPATCH_INCOMING_CALL,
                    Op.ACTIVATE,
                    Op.DISPATCH_CALL_CONNECTED),
            List.of(Op.CM_CREATE_VC, Op.ACTIVATE, Op.DISPATCH_INCOMING_CALL, Op.DISPATCH_CALL_CONNECTED, Op.SEND),
            List.of(Op.DISPATCH_INCOMING_CALL, Op.DISPATCH_INCOMING_CLOSE_CALL, Op.CLOSE_CALL),
            List.of(Op.DISPATCH_INCOMING_CLOSE_CALL, Op.CLOSE_CALL, Op.DEACTIVATE, Op.CM_DELETE_VC),
            List.of(Op.CLOSE_CALL, Op.DELETE_VC, Op.DEREGISTER_SAP, Op.CLOSE_AF));

    private Programs() {}

    static Arbitrary<Program> arbitrary() {
        return Arbitraries.fromGenerator(random -> new ShrinkableProgram(program(random)));
    }

    private static Program program(final Random random) {
        final Form form = Form.values()[random.nextInt(Form.values().length)];
        final int length = 1 + random.nextInt(MOST_STEPS);
        final List<Step> steps = new ArrayList<>();
        while (steps.size() < length) {
            if (random.nextInt(ONE_PHRASE_IN) == 0) {
                steps.addAll(phrase(random));
            } else {
                steps.add(step(random, Op.draw(random), smallNumber(random)));
            }
        }
        return new Program(form, steps);
    }

    /** What belongs together and would rarely come together by chance; with answers of all kinds it is still not what it seems. */
    private static List<Step> phrase(final Random random) {
        final List<Op> phrase = PHRASES.get(random.nextInt(PHRASES.size()));
        return phrase.stream()
                .map(op -> random.nextInt(4) == 0 ? step(random, op, 0) : new Step(op, 0, 0, List.of()))
                .toList();
    }

    private static Step step(final Random random, final Op op, final int target) {
        final int count = random.nextBoolean() ? 1 + random.nextInt(MOST_ANSWERS) : 0;
        return new Step(
                op,
                target,
                random.nextInt(VARIANTS),
                IntStream.range(0, count).mapToObj(i -> answer(random)).toList());
    }

    private static Answer answer(final Random random) {
        final Answer.Kind kind = Answer.Kind.values()[random.nextInt(Answer.Kind.values().length)];
        final Optional<Step> inside = random.nextInt(4) == 0 ? Optional.of(insideStep(random)) : Optional.empty();
        return new Answer(kind, random.nextInt(VARIANTS), inside);
    }

    private static Step insideStep(final Random random) {
        return new Step(Op.draw(random), smallNumber(random), random.nextInt(VARIANTS), List.of());
    }

    /** Mostly the newest object. */
    private static int smallNumber(final Random random) {
        return Math.min(random.nextInt(TARGETS), random.nextInt(TARGETS));
    }

    /** Fewer steps, then fewer answers, then smaller numbers, then a simpler form. */
    private record ShrinkableProgram(Program value) implements Shrinkable<Program> {
        @Override
        public Stream<Shrinkable<Program>> shrink() {
            return Stream.of(shorter(), insideOut(), simplerSteps(), simplerForms())
                    .flatMap(programs -> programs)
                    .map(ShrinkableProgram::new);
        }

        private Stream<Program> shorter() {
            final int size = value.steps().size();
            return Stream.iterate(size, length -> length > 0, length -> length / 2)
                    .flatMap(length -> IntStream.rangeClosed(0, size - length)
                            .filter(from -> from % length == 0)
                            .mapToObj(from -> without(from, length)));
        }

        private Program without(final int from, final int length) {
            final List<Step> left = new ArrayList<>(value.steps());
            left.subList(from, from + length).clear();
            return new Program(value.form(), left);
        }

        private Stream<Program> simplerSteps() {
            return IntStream.range(0, value.steps().size())
                    .boxed()
                    .flatMap(i -> simpler(value.steps().get(i)).map(step -> with(i, step)));
        }

        private Program with(final int index, final Step step) {
            final List<Step> changed = new ArrayList<>(value.steps());
            changed.set(index, step);
            return new Program(value.form(), changed);
        }

        /** What is done inside a callback of a step may do instead of the step. */
        private Stream<Program> insideOut() {
            return IntStream.range(0, value.steps().size()).boxed().flatMap(i -> value.steps().get(i).answers().stream()
                    .flatMap(answer -> answer.inside().stream())
                    .map(step -> with(i, step)));
        }

        private Stream<Program> simplerForms() {
            return Stream.of(Form.values())
                    .filter(form -> form.ordinal() < value.form().ordinal())
                    .map(form -> new Program(form, value.steps()));
        }

        private static Stream<Step> simpler(final Step step) {
            final Stream<Step> fewerAnswers = IntStream.range(0, step.answers().size())
                    .mapToObj(i -> {
                        final List<Answer> left = new ArrayList<>(step.answers());
                        left.remove(i);
                        return new Step(step.op(), step.target(), step.variant(), left);
                    });
            final Stream<Step> simplerAnswers = IntStream.range(0, step.answers().size())
                    .boxed()
                    .flatMap(i -> simpler(step.answers().get(i)).map(answer -> {
                        final List<Answer> changed = new ArrayList<>(step.answers());
                        changed.set(i, answer);
                        return new Step(step.op(), step.target(), step.variant(), changed);
                    }));
            final Stream<Step> smallerNumbers = Stream.concat(
                    smaller(step.target()).mapToObj(t -> new Step(step.op(), t, step.variant(), step.answers())),
                    smaller(step.variant()).mapToObj(v -> new Step(step.op(), step.target(), v, step.answers())));
            return Stream.of(fewerAnswers, simplerAnswers, smallerNumbers).flatMap(steps -> steps);
        }

        private static Stream<Answer> simpler(final Answer answer) {
            final Stream<Answer> withoutInside =
                    answer.inside().stream().map(step -> new Answer(answer.kind(), answer.variant(), Optional.empty()));
            final Stream<Answer> simplerInside = answer.inside().stream()
                    .flatMap(ShrinkableProgram::simpler)
                    .map(step -> new Answer(answer.kind(), answer.variant(), Optional.of(step)));
            final Stream<Answer> otherKinds = Stream.of(Answer.Kind.values())
                    .filter(kind -> kind.ordinal() < answer.kind().ordinal())
                    .map(kind -> new Answer(kind, answer.variant(), answer.inside()));
            final Stream<Answer> smallerNumbers =
                    smaller(answer.variant()).mapToObj(v -> new Answer(answer.kind(), v, answer.inside()));
            return Stream.of(withoutInside, simplerInside, otherKinds, smallerNumbers).flatMap(answers -> answers);
        }

        private static IntStream smaller(final int number) {
            return IntStream.range(0, number);
        }

        @Override
        public ShrinkingDistance distance() {
            final long answers = value.steps().stream().mapToLong(step -> step.answers().size()).sum();
            final long inside = value.steps().stream()
                    .flatMap(step -> step.answers().stream())
                    .filter(answer -> answer.inside().isPresent())
                    .count();
            return ShrinkingDistance.of(
                    value.steps().size(),
                    answers + inside,
                    value.steps().stream().mapToLong(ShrinkableProgram::weight).sum(),
                    value.form().ordinal());
        }

        private static long weight(final Step step) {
            return step.target()
                    + step.variant()
                    + step.answers().stream()
                            .mapToLong(answer -> answer.kind().ordinal()
                                    + answer.variant()
                                    + answer.inside().map(ShrinkableProgram::weight).orElse(0L))
                            .sum();
        }
    }
}
