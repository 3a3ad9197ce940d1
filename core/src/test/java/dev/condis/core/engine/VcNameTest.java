// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.condis.api.NdisStatus;
import dev.condis.api.TapiCallId;
import dev.condis.api.client.ClientVc;
import dev.condis.api.management.VcSnapshot;
import dev.condis.core.engine.TestStack.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Names of VCs, for management (rules R224 to R226) and for telephony. */
class VcNameTest {
    @ParameterizedTest
    @EnumSource(Form.class)
    void r224AVcKeepsTheNameThatItWasGivenFirst(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();

        final String name = vc.assignInstanceName("voice").get();

        assertThat(name).startsWith("voice");
        assertThat(vc.assignInstanceName("video").get()).isEqualTo(name);
        TestStack.succeeds(vc.closeCall());
        assertThat(vc.assignInstanceName("video").get())
                .as("a name survives the call")
                .isEqualTo(name);
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        stack.refuses(NdisStatus.FAILURE, "R111", () -> vc.assignInstanceName("voice"));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r224AnEmptyNameIsAProgrammingError(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();

        assertThatIllegalArgumentException().isThrownBy(() -> vc.assignInstanceName(" "));

        assertThat(stack.engine.instances()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r225ACallManagerNamesVcsAndAnMcmDoesNot(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();

        if (form == Form.STAND_ALONE) {
            final String name = stack.callManager.vc.assignInstanceName("line").get();
            assertThat(vc.assignInstanceName("voice").get()).isEqualTo(name);
        } else {
            stack.refuses(NdisStatus.NOT_SUPPORTED, "R225", () -> stack.callManager.vc.assignInstanceName("line"));
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r226ManagementEnumeratesNamedVcsOnly(final Form form) {
        final TestStack stack = form.start();
        final ClientVc first = stack.createVc();
        final ClientVc second = stack.createVc();
        stack.createVc();

        final String b = first.assignInstanceName("b").get();
        final String a = second.assignInstanceName("a").get();

        assertThat(stack.engine.instances())
                .extracting(VcSnapshot::instanceName)
                .containsExactly(Optional.of(a), Optional.of(b));
        assertThat(a).as("base name and index").matches("a#[0-9]+");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aTapiCallIdIsTheSameForAllWhoShareTheVcAndLeadsToTheContextOfTheClient(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        final ClientVc other = stack.createVc();

        final TapiCallId id = other.tapiCallId().get();

        assertThat(stack.callManager.vc.tapiCallId().get()).isEqualTo(id);
        assertThat(vc.tapiCallId().get()).isNotEqualTo(id);
        assertThat(stack.client.binding.vcContext(id).get()).isSameAs(stack.client.vc);
        assertThat(other.deleteVc().isSuccess()).isTrue();
        stack.refuses(NdisStatus.FAILURE, "R111", other::tapiCallId);
        assertThat(stack.client.binding.vcContext(id).status()).isEqualTo(NdisStatus.FAILURE);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aTapiCallIdLeadsToNoContextBeforeTheClientHasGivenOne(final Form form) {
        final TestStack stack = form.start();
        final List<NdisStatus> found = new ArrayList<>();
        stack.client.createVc.whenCalled = () -> found.add(stack.client
                .binding
                .vcContext(stack.client.vc.incoming.tapiCallId().get())
                .status());

        assertThat(stack.incomingVc().isSuccess()).isTrue();

        assertThat(found).containsExactly(NdisStatus.FAILURE);
        assertThat(stack.client
                        .binding
                        .vcContext(stack.client.vc.incoming.tapiCallId().get())
                        .get())
                .isSameAs(stack.client.vc);
    }
}
