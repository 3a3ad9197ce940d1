// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.NdisStatus;
import dev.condis.api.client.ClientVc;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;

/** The framework property {@code condis.verify} switches the verifier on: that the other tests find nothing means something. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class VerifierIT {
    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    @org.ops4j.pax.exam.Configuration
    public Option[] framework() {
        return new Option[] {Container.product()};
    }

    @Test
    public void aClientThatDeletesAnActiveVcIsFound() throws Exception {
        final SimulatedNics nics = new SimulatedNics(context, configurations);
        nics.start("mcm");
        final ClientVc vc = nics.call();

        assertThat(vc.deleteVc().status()).isEqualTo(NdisStatus.NOT_ACCEPTED);

        assertThat(nics.library().violations()).singleElement().satisfies(violation -> {
            assertThat(violation.driver()).isEqualTo("client of " + SimulatedNics.A);
            assertThat(violation.call()).isEqualTo("ClientVc.deleteVc");
            assertThat(violation.object()).isEqualTo(vc.handle().toString());
        });
        nics.broken.add("R108");
        nics.hangUp(vc);
        nics.stop();
    }
}
