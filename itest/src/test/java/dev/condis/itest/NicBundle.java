// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import dev.condis.api.ServiceProperties;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.osgi.framework.Constants;

/** Makes the jar of a bundle with one component of Declarative Services, which is a NIC on a wire of this test. */
final class NicBundle {
    private static final String COMPONENT = "OSGI-INF/nic.xml";

    private NicBundle() {}

    /**
     * A jar.
     *
     * @param type class of the component
     * @param version of the bundle and of the backend
     * @param adapter that the backend can carry
     * @param ranking of the service
     * @param immediate whether the component is made at once, or when it is asked for
     */
    static InputStream of(
            final Class<?> type, final String version, final String adapter, final int ranking, final boolean immediate)
            throws IOException {
        final Manifest manifest = new Manifest();
        final Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        Map.of(
                        Constants.BUNDLE_MANIFESTVERSION,
                        "2",
                        Constants.BUNDLE_SYMBOLICNAME,
                        "it." + type.getSimpleName(),
                        Constants.BUNDLE_VERSION,
                        version,
                        Constants.IMPORT_PACKAGE,
                        "dev.condis.api,dev.condis.api.miniport,dev.condis.api.nbl,dev.condis.api.oid",
                        Constants.REQUIRE_CAPABILITY,
                        "osgi.extender;filter:=\"(&(osgi.extender=osgi.component)(version>=1.4.0)(!(version>=2.0.0)))\"",
                        "Service-Component",
                        COMPONENT)
                .forEach((name, value) -> headers.put(new Attributes.Name(name), value));
        final ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(content, manifest)) {
            add(jar, COMPONENT, component(type, version, adapter, ranking, immediate));
            for (final String file : filesOf(type)) {
                try (InputStream in = type.getResourceAsStream(file)) {
                    add(jar, type.getPackageName().replace('.', '/') + "/" + file, in.readAllBytes());
                }
            }
        }
        return new ByteArrayInputStream(content.toByteArray());
    }

    private static List<String> filesOf(final Class<?> type) {
        final String name = type.getSimpleName();
        return List.of(name + ".class", name + "$NicVc.class", name + "$Fault.class").stream()
                .filter(file -> type.getResource(file) != null)
                .toList();
    }

    private static void add(final JarOutputStream jar, final String path, final byte[] content) throws IOException {
        jar.putNextEntry(new JarEntry(path));
        jar.write(content);
        jar.closeEntry();
    }

    private static byte[] component(
            final Class<?> type,
            final String version,
            final String adapter,
            final int ranking,
            final boolean immediate) {
        return """
                <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.4.0" name="%s" immediate="%s" init="1">
                  <property name="%s" value="%s"/>
                  <property name="%s" value="ETHERNET"/>
                  <property name="%s" value="%s"/>
                  <property name="service.ranking" type="Integer" value="%d"/>
                  <service><provide interface="dev.condis.api.miniport.CoMiniport"/></service>
                  <reference name="wire" interface="java.util.function.BiFunction" target="(it.wire=*)" parameter="0"/>
                  <implementation class="%s"/>
                </scr:component>
                """
                .formatted(
                        type.getName(),
                        immediate,
                        ServiceProperties.ADAPTER,
                        adapter,
                        ServiceProperties.MEDIUM,
                        ServiceProperties.VERSION,
                        version,
                        ranking,
                        type.getName())
                .getBytes(StandardCharsets.UTF_8);
    }
}
