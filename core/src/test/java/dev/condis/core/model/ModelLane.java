// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** What one driver is to hear about one object, in its order; one at a time. */
final class ModelLane {
    private final String name;
    private final Trace trace;
    private final Deque<Item> items = new ArrayDeque<>();
    private boolean busy;

    /**
     * A callback that must come, or something that the core does itself when its turn comes.
     *
     * @param lane in which order it comes
     * @param callback the callback, by its DDI name; empty for what the core does itself
     * @param argument what it is called with
     * @param operation what it belongs to
     * @param then what follows when the callback has returned, or what the core does itself
     * @param whileAlive it does not come any more when the object is removed meanwhile
     */
    record Item(
            ModelLane lane,
            String callback,
            Object argument,
            Optional<Operation> operation,
            Runnable then,
            boolean whileAlive) {
        Operation of() {
            return operation.orElseThrow();
        }

        @Override
        public String toString() {
            return callback + " " + argument;
        }
    }

    ModelLane(final String name, final Trace trace) {
        this.name = name;
        this.trace = trace;
    }

    void expect(final String callback, final Object argument) {
        items.add(new Item(this, callback, argument, Optional.empty(), () -> {}, false));
    }

    void expect(final String callback, final Object argument, final Operation operation) {
        items.add(new Item(this, callback, argument, Optional.of(operation), () -> {}, false));
    }

    /** Before everything else. */
    void expectFirst(final String callback, final Object argument) {
        items.addFirst(new Item(this, callback, argument, Optional.empty(), () -> {}, false));
    }

    void expectWhileAlive(final String callback, final Object argument) {
        items.add(new Item(this, callback, argument, Optional.empty(), () -> {}, true));
    }

    void expectWhileAlive(final String callback, final Object argument, final Operation operation) {
        items.add(new Item(this, callback, argument, Optional.of(operation), () -> {}, true));
    }

    void expectWhileAlive(
            final String callback, final Object argument, final Operation operation, final Runnable then) {
        items.add(new Item(this, callback, argument, Optional.of(operation), then, true));
    }

    /** The core does something itself when it is its turn. */
    void expectOwn(final Runnable own) {
        items.add(new Item(this, "", "", Optional.empty(), own, true));
    }

    /** A callback comes. */
    Item enter(final String callback, final Object argument) {
        final Item item = items.peek();
        if (busy) {
            throw trace.diverged(callback + " comes to " + name + " while another callback is running there");
        }
        if (item == null) {
            throw trace.diverged(callback + " comes to " + name + " unexpectedly");
        }
        if (!item.callback().equals(callback) || !item.argument().equals(argument)) {
            throw trace.diverged(callback + " " + argument + " comes to " + name + ", but it is the turn of " + items);
        }
        items.remove();
        busy = true;
        return item;
    }

    void exit() {
        busy = false;
    }

    /** The core does something itself that takes a callback elsewhere; nothing comes here meanwhile. */
    void hold() {
        busy = true;
    }

    boolean isBusy() {
        return busy;
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    boolean isNext(final String callback) {
        return !items.isEmpty() && items.peek().callback().equals(callback);
    }

    /** The object is removed; tells whether a callback was on the list that does not come any more. */
    boolean forget(final String callback) {
        return items.removeIf(item -> item.callback().equals(callback));
    }

    /** Nobody has to be asked for this operation any more; tells whether somebody was about to be. */
    boolean forget(final Operation operation) {
        return items.removeIf(
                item -> item.operation().filter(o -> o == operation).isPresent());
    }

    /** The object is removed: what does not come any more. */
    List<Item> forgetWhatNeedsLife() {
        final List<Item> forgotten = items.stream().filter(Item::whileAlive).toList();
        items.removeAll(forgotten);
        return forgotten;
    }

    /** Does what the core does itself, up to the next callback. */
    void runOwn() {
        while (!busy && isNext("")) {
            items.remove().then().run();
        }
    }

    @Override
    public String toString() {
        return name + " expects " + items;
    }
}
