// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientVc;
import dev.condis.api.miniport.MiniportVc;
import java.lang.reflect.Modifier;
import java.util.LinkedHashSet;
import java.util.Set;

/** The types through which core and drivers talk to each other: the interfaces of the packages of the three roles. */
final class RoleTypes {
    private static final Set<String> PACKAGES =
            Set.of(ClientVc.class.getPackageName(), CmVc.class.getPackageName(), MiniportVc.class.getPackageName());

    private static final ClassValue<Class<?>[]> INTERFACES = new ClassValue<>() {
        @Override
        protected Class<?>[] computeValue(final Class<?> type) {
            final Set<Class<?>> found = new LinkedHashSet<>();
            collect(type, found);
            return found.toArray(Class<?>[]::new);
        }
    };

    private RoleTypes() {}

    private static void collect(final Class<?> type, final Set<Class<?>> found) {
        if (isRole(type)) {
            found.add(type);
        }
        for (final Class<?> implemented : type.getInterfaces()) {
            collect(implemented, found);
        }
        if (type.getSuperclass() != null) {
            collect(type.getSuperclass(), found);
        }
    }

    static boolean isRole(final Class<?> type) {
        return type.isInterface() && Modifier.isPublic(type.getModifiers()) && PACKAGES.contains(type.getPackageName());
    }

    /** The role interfaces that an object implements; none when it is a value. */
    static Class<?>[] of(final Object object) {
        return INTERFACES.get(object.getClass()).clone();
    }

    /** All of them are seen by the loader of one of them. */
    static ClassLoader loader() {
        return ClientVc.class.getClassLoader();
    }
}
