// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import java.util.ArrayList;
import java.util.List;
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
    private static final int MOST_INSIDE = 3;
    private static final int TARGETS = 6;
    private static final int VARIANTS = 8;
    private static final int ONE_PHRASE_IN = 6;

    private static final List<List<Step>> PHRASES = List.of(
            plain(Op.CREATE_VC, Op.MAKE_CALL),
            plain(Op.CREATE_VC, Op.MAKE_CALL, Op.SEND, Op.CLOSE_CALL),
            plain(Op.CREATE_VC, Op.ACTIVATE, Op.DEACTIVATE),
            plain(Op.CREATE_VC, Op.MAKE_MULTIPOINT_CALL, Op.ADD_PARTY),
            plain(Op.ADD_PARTY, Op.ADD_PARTY, Op.DROP_PARTY, Op.CLOSE_CALL_WITH_PARTY),
            List.of(plain(Op.ADD_PARTY), pended(Op.DROP_PARTY), pended(Op.CLOSE_CALL), plain(Op.DEACTIVATE)),
            List.of(plain(Op.ADD_PARTY), ignored(Op.DISPATCH_INCOMING_DROP_PARTY), pended(Op.DROP_PARTY)),
            plain(Op.ACTIVATE, Op.DISPATCH_QOS_CHANGE, Op.MODIFY_CALL_QOS),
            plain(Op.REGISTER_SAP, Op.CM_CREATE_VC, Op.DISPATCH_INCOMING_CALL),
            plain(Op.REGISTER_SAP, Op.CM_CREATE_VC, Op.DISPATCH_INCOMING_CALL, Op.ACTIVATE, Op.DISPATCH_CALL_CONNECTED),
            plain(Op.CM_CREATE_VC, Op.ACTIVATE, Op.DISPATCH_INCOMING_CALL, Op.DISPATCH_CALL_CONNECTED, Op.SEND),
            List.of(
                    plain(Op.REGISTER_SAP),
                    plain(Op.CM_CREATE_VC),
                    pended(Op.DISPATCH_INCOMING_CALL),
                    ignored(Op.DISPATCH_INCOMING_CLOSE_CALL),
                    pended(Op.CLOSE_CALL),
                    plain(Op.SUCCEED)),
            List.of(
                    pended(Op.DISPATCH_INCOMING_CALL),
                    ignored(Op.DISPATCH_INCOMING_CLOSE_CALL),
                    plain(Op.FAIL),
                    plain(Op.CLOSE_CALL)),
            plain(Op.DISPATCH_INCOMING_CALL, Op.DISPATCH_INCOMING_CLOSE_CALL, Op.CLOSE_CALL),
            plain(Op.DISPATCH_INCOMING_CLOSE_CALL, Op.CLOSE_CALL, Op.DEACTIVATE, Op.CM_DELETE_VC),
            List.of(pended(Op.SEND), plain(Op.CLOSE_CALL), plain(Op.COMPLETE_SENDS)),
            List.of(pended(Op.INDICATE), pended(Op.DEACTIVATE), plain(Op.SUCCEED), plain(Op.RETURN_RECEIVED)),
            List.of(
                    pended(Op.INDICATE),
                    plain(Op.DEACTIVATE),
                    plain(Op.UNREGISTER_CLIENT),
                    plain(Op.PASS_TEARDOWN_DEADLINES)),
            List.of(
                    pended(Op.ACTIVATE),
                    plain(Op.PASS_DEADLINE),
                    plain(Op.DEACTIVATE),
                    plain(Op.PASS_DEADLINE),
                    plain(Op.SUCCEED)),
            plain(Op.UNREGISTER_CLIENT, Op.PASS_TEARDOWN_DEADLINES, Op.REGISTER_CLIENT),
            plain(Op.UNREGISTER_CALL_MANAGER, Op.REGISTER_CALL_MANAGER),
            plain(Op.REMOVE_SURPRISINGLY, Op.UNREGISTER_MINIPORT, Op.REGISTER_MINIPORT),
            plain(Op.PAUSE, Op.RESTART),
            List.of(pended(Op.NOTIFY_CLOSE_AF), refused(Op.CLOSE_AF), plain(Op.FAIL)),
            plain(Op.CLOSE_CALL, Op.DELETE_VC, Op.DEREGISTER_SAP, Op.CLOSE_AF));

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

    /** A step whose first callback is answered later. */
    private static Step pended(final Op op) {
        return new Step(op, 0, 0, List.of(new Answer(Answer.Kind.PEND, 0, List.of())));
    }

    /** A step whose first callback is answered with success and nothing else, so that a client does not close what it should. */
    private static Step ignored(final Op op) {
        return new Step(op, 0, 0, List.of(new Answer(Answer.Kind.SUCCEED, 0, List.of())));
    }

    /** A step whose first callback is answered with a failure. */
    private static Step refused(final Op op) {
        return new Step(op, 0, 0, List.of(new Answer(Answer.Kind.FAIL, 0, List.of())));
    }

    private static Step plain(final Op op) {
        return new Step(op, 0, 0, List.of());
    }

    private static List<Step> plain(final Op... ops) {
        return Stream.of(ops).map(Programs::plain).toList();
    }

    /** What belongs together and would rarely come together by chance; with answers of all kinds it is still not what it seems. */
    private static List<Step> phrase(final Random random) {
        return PHRASES.get(random.nextInt(PHRASES.size())).stream()
                .map(step -> random.nextInt(4) == 0 ? step(random, step.op(), 0) : step)
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
        final int count = random.nextInt(3) == 0 ? 1 + random.nextInt(MOST_INSIDE) : 0;
        return new Answer(
                kind,
                random.nextInt(VARIANTS),
                IntStream.range(0, count).mapToObj(i -> insideStep(random)).toList());
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
            final Stream<Step> simplerAnswers = IntStream.range(
                            0, step.answers().size())
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
            final Stream<Answer> fewerInside = IntStream.range(
                            0, answer.inside().size())
                    .mapToObj(i -> {
                        final List<Step> left = new ArrayList<>(answer.inside());
                        left.remove(i);
                        return new Answer(answer.kind(), answer.variant(), left);
                    });
            final Stream<Answer> simplerInside = IntStream.range(
                            0, answer.inside().size())
                    .boxed()
                    .flatMap(i -> simpler(answer.inside().get(i)).map(step -> {
                        final List<Step> changed = new ArrayList<>(answer.inside());
                        changed.set(i, step);
                        return new Answer(answer.kind(), answer.variant(), changed);
                    }));
            final Stream<Answer> otherKinds = Stream.of(Answer.Kind.values())
                    .filter(kind -> kind.ordinal() < answer.kind().ordinal())
                    .map(kind -> new Answer(kind, answer.variant(), answer.inside()));
            final Stream<Answer> smallerNumbers =
                    smaller(answer.variant()).mapToObj(v -> new Answer(answer.kind(), v, answer.inside()));
            return Stream.of(fewerInside, simplerInside, otherKinds, smallerNumbers)
                    .flatMap(answers -> answers);
        }

        private static IntStream smaller(final int number) {
            return IntStream.range(0, number);
        }

        @Override
        public ShrinkingDistance distance() {
            final long answers = value.steps().stream()
                    .mapToLong(step -> step.answers().size())
                    .sum();
            final long inside = value.steps().stream()
                    .flatMap(step -> step.answers().stream())
                    .mapToLong(answer -> answer.inside().size())
                    .sum();
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
                                    + answer.inside().stream()
                                            .mapToLong(ShrinkableProgram::weight)
                                            .sum())
                            .sum();
        }
    }
}
