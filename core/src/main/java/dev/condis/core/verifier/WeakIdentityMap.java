// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Keeps one value for each object, as long as the object and the value are alive; asks nobody for {@code equals}. Thread safe. */
final class WeakIdentityMap<K, V> {
    private final Map<Key, WeakReference<V>> entries = new HashMap<>();
    private final ReferenceQueue<Object> gone = new ReferenceQueue<>();

    private static final class Key extends WeakReference<Object> {
        private final int hash;

        Key(final Object object, final ReferenceQueue<Object> queue) {
            super(object, queue);
            hash = System.identityHashCode(object);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(final Object other) {
            return this == other || other instanceof Key key && get() != null && key.refersTo(get());
        }
    }

    /** The value of an object, made when there is none. */
    synchronized V get(final K object, final Supplier<V> maker) {
        expunge();
        final Key key = new Key(object, gone);
        final Optional<V> known = Optional.ofNullable(entries.get(key)).map(Reference::get);
        if (known.isPresent()) {
            return known.get();
        }
        final V made = maker.get();
        // the old key, if there is one, is of the same object and stays; it must not be the one that is expunged later
        entries.remove(key);
        entries.put(key, new WeakReference<>(made));
        return made;
    }

    synchronized boolean contains(final Object object) {
        expunge();
        return entries.containsKey(new Key(object, gone));
    }

    private void expunge() {
        Reference<?> reference = gone.poll();
        while (reference != null) {
            entries.remove(reference);
            reference = gone.poll();
        }
    }
}
