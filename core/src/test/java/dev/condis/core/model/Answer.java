// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import java.util.List;

/**
 * What a driver does in a callback.
 *
 * @param kind how it answers
 * @param variant chooses among values of one kind
 * @param inside what it does before it answers, or, when it pends, before it returns
 */
record Answer(Kind kind, int variant, List<Step> inside) {
    /** What is done when a program does not say anything else. */
    static final Answer BY_THE_BOOK = new Answer(Kind.BY_THE_BOOK, 0, List.of());

    Answer {
        inside = List.copyOf(inside);
    }

    /** How a driver answers. */
    enum Kind {
        /** As a well-behaved driver: the call manager activates before it reports a call, the client closes when it is told to. */
        BY_THE_BOOK,
        /** At once, with success. */
        SUCCEED,
        /** At once, with another status. */
        FAIL,
        /** Later; NBLs are kept. */
        PEND
    }

    @Override
    public String toString() {
        return kind + (variant == 0 ? "" : "/" + variant) + (inside.isEmpty() ? "" : " inside: " + inside);
    }
}
