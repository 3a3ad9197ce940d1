// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/** The product's bundles start in a real framework, and the walls between them hold (who may import whom). */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class BundlesResolveIT {

    @Inject
    private BundleContext context;

    @Configuration
    public Option[] framework() {
        return new Option[] {Container.product(), Container.property("condis.itest.framework")};
    }

    @Test
    public void theFrameworkIsTheOneThatThisRunIsFor() {
        assertThat(context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getSymbolicName())
                .isEqualTo(System.getProperty("condis.itest.framework"));
    }

    @Test
    public void everyBundleIsActive() {
        for (Bundle bundle : context.getBundles()) {
            // A bundle with lazy activation (JNA) waits in STARTING for its first class.
            assertThat(bundle.getState())
                    .as("state of %s", bundle)
                    .satisfiesAnyOf(state -> assertThat(state).isEqualTo(Bundle.ACTIVE), state -> assertThat(state)
                            .isEqualTo(Bundle.STARTING));
        }
        assertThat(condisBundles())
                .extracting(Bundle::getSymbolicName)
                .contains(
                        "dev.condis.api",
                        "dev.condis.core",
                        "dev.condis.adapter.sim",
                        "dev.condis.adapter.pcap",
                        "dev.condis.callmgr.pvc",
                        "dev.condis.callmgr.pppoe",
                        "dev.condis.lib.pcap4j");
        assertThat(condisBundles()).extracting(Bundle::getState).containsOnly(Bundle.ACTIVE);
    }

    @Test
    public void theApiImportsNothingButTheJdkAndItself() {
        assertThat(importsOf("dev.condis.api")).allMatch(name -> name.startsWith("java.") || isApi(name));
    }

    @Test
    public void adaptersAndCallManagersKnowTheApiOnly() {
        List<String> walled = condisBundles()
                .map(Bundle::getSymbolicName)
                .filter(name -> name.startsWith("dev.condis.adapter.") || name.startsWith("dev.condis.callmgr."))
                .toList();
        assertThat(walled).hasSizeGreaterThanOrEqualTo(3);
        for (String name : walled) {
            assertThat(importsOf(name))
                    .as("imports of %s", name)
                    .filteredOn(imported -> imported.startsWith("dev.condis.") && !imported.startsWith(name))
                    .isNotEmpty()
                    .allMatch(BundlesResolveIT::isApi);
        }
    }

    @Test
    public void theCoreKnowsNoAdapter() {
        assertThat(importsOf("dev.condis.core"))
                .filteredOn(imported -> imported.startsWith("dev.condis.") && !imported.startsWith("dev.condis.core"))
                .isNotEmpty()
                .allMatch(BundlesResolveIT::isApi);
    }

    private Stream<Bundle> condisBundles() {
        return Stream.of(context.getBundles())
                .filter(bundle -> String.valueOf(bundle.getSymbolicName()).startsWith("dev.condis."));
    }

    private List<String> importsOf(String symbolicName) {
        Bundle bundle = condisBundles()
                .filter(candidate -> symbolicName.equals(candidate.getSymbolicName()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not installed: " + symbolicName));
        return bundle.adapt(BundleRevision.class).getDeclaredRequirements(PackageNamespace.PACKAGE_NAMESPACE).stream()
                .map(BundlesResolveIT::packageOf)
                .toList();
    }

    private static String packageOf(BundleRequirement requirement) {
        String filter = requirement.getDirectives().get(PackageNamespace.REQUIREMENT_FILTER_DIRECTIVE);
        return filter.replaceAll(".*\\(osgi\\.wiring\\.package=([^)]*)\\).*", "$1");
    }

    private static boolean isApi(String packageName) {
        return packageName.equals("dev.condis.api") || packageName.startsWith("dev.condis.api.");
    }
}
