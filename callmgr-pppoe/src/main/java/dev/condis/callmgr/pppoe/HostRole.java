// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.Octets;
import dev.condis.api.media.MacAddress;
import dev.condis.api.pppoe.PppoeTag;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * The host's side of discovery: finds out for whom an answer is. Each question has a Host-Uniq of its own, which nobody else can make up. Confined to
 * the loop, but for
 * {@link #confirmedNow}.
 */
final class HostRole {
    /** How long after its question a confirmation that nobody wants any more is still known as an answer. */
    private static final Duration MEMORY = Duration.ofMinutes(5);

    private record Question(DiscoveryLink link, HostExchange exchange) {}

    private final CookieJar marks;
    private final DiscoveryCounters counters;
    private final Map<Octets, Question> questions = new ConcurrentHashMap<>();

    HostRole(final RandomGenerator random, final SignalingLoop loop, final DiscoveryCounters counters) {
        this.marks = new CookieJar(random, loop, () -> MEMORY);
        this.counters = counters;
    }

    /** Begins to ask; answers with the value of its Host-Uniq. */
    Octets ask(final DiscoveryLink link, final HostExchange exchange) {
        final Octets mark = marks.bake(link, MacAddress.BROADCAST);
        questions.put(mark, new Question(link, exchange));
        return mark;
    }

    /** Answers are not wanted any more. */
    void forget(final Octets mark) {
        questions.remove(mark);
    }

    void offered(final DiscoveryLink link, final SignalFrame offer) {
        final Question question = questions.get(mark(offer));
        if (question == null || question.link() != link) {
            counters.dropped(Dropped.UNASKED);
        } else {
            question.exchange().offered(offer);
        }
    }

    /** Whether a confirmation is dealt with here and now, see {@link HostExchange#confirmedNow}. Any thread. */
    boolean confirmedNow(final DiscoveryLink link, final SignalFrame confirmation) {
        final Question question = questions.get(mark(confirmation));
        return question != null
                && question.link() == link
                && question.exchange().confirmedNow(confirmation);
    }

    void confirmed(final DiscoveryLink link, final SignalFrame confirmation) {
        final Octets mark = mark(confirmation);
        final Question question = questions.get(mark);
        if (question != null && question.link() == link) {
            question.exchange().confirmed(confirmation);
            return;
        }
        counters.dropped(Dropped.UNASKED);
        if (question == null && marks.isGood(link, MacAddress.BROADCAST, mark)) {
            refuse(link, confirmation);
        }
    }

    /** The answer to a question that was given up: the other side must not think that there is a session. */
    static void refuse(final DiscoveryLink link, final SignalFrame confirmation) {
        final int id = confirmation.packet().sessionId();
        if (id != 0) {
            link.send(
                    confirmation.source(),
                    new DiscoveryPacket(
                            DiscoveryPacket.Code.PADT,
                            id,
                            List.of(PppoeTag.ofText(PppoeTag.GENERIC_ERROR, "nobody here waits for this session"))));
        }
    }

    private static Octets mark(final SignalFrame frame) {
        return frame.packet().tag(PppoeTag.HOST_UNIQ).map(PppoeTag::value).orElse(Octets.EMPTY);
    }

    /** How many questions are open. */
    int questions() {
        return questions.size();
    }

    void abandon() {
        final List<Question> open = List.copyOf(questions.values());
        questions.clear();
        open.forEach(question -> question.exchange().abandoned());
    }
}
