// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.CoClient;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.McmAdapter;
import dev.condis.api.miniport.McmVc;
import dev.condis.api.miniport.McmVcContext;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.core.engine.TestStack.Form;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the roles consist of, as far as their types say it: rules R10 to R17. */
class RegistrationTest {
    private static List<String> functions(final Class<?> type) {
        return Arrays.stream(type.getMethods()).map(Method::getName).distinct().toList();
    }

    private static List<String> handlersWithoutDefault(final Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(method -> Modifier.isAbstract(method.getModifiers()))
                .map(Method::getName)
                .distinct()
                .toList();
    }

    @Test
    void r10ARoleSeesOnlyWhatItMayCall() {
        assertThat(functions(ClientVc.class))
                .contains("makeCall", "closeCall", "sendNetBufferLists", "deleteVc")
                .doesNotContain("activateVc", "deactivateVc", "dispatchIncomingCall", "sendNetBufferListsComplete");
        assertThat(functions(CmVc.class))
                .contains("activateVc", "deactivateVc", "dispatchIncomingCall", "dispatchIncomingCloseCall")
                .doesNotContain("makeCall", "closeCall", "sendNetBufferLists", "indicateReceiveNetBufferLists");
        assertThat(functions(MiniportVc.class))
                .containsExactlyInAnyOrder(
                        "handle", "sendNetBufferListsComplete", "indicateReceiveNetBufferLists", "indicateStatus");
        assertThat(functions(McmVc.class))
                .contains("activateVc", "deactivateVc", "indicateReceiveNetBufferLists")
                .doesNotContain("sendNetBufferLists", "makeCall");
        assertThat(functions(SignalingVc.class))
                .contains("activateVc", "sendNetBufferLists")
                .doesNotContain("dispatchIncomingCall", "makeCall");
    }

    @Test
    void r10TheViewsOfAnMcmAreAnMcmsAndThoseOfACallManagerAreNot() {
        final TestStack standAlone = TestStack.standAlone();
        standAlone.createVc();
        assertThat(standAlone.callManager.vc).isNotInstanceOf(McmVc.class);
        assertThat(standAlone.callManager.binding).isNotInstanceOf(McmAdapter.class);
        assertThat(standAlone.miniport.vc).isNotInstanceOf(CmVc.class);

        final TestStack mcm = TestStack.mcm();
        mcm.createVc();
        assertThat(mcm.callManager.vc).isInstanceOf(McmVc.class);

        final TestStack integrated = Form.INTEGRATED.start();
        integrated.createVc();
        assertThat(integrated.callManager.vc)
                .as("a call manager half is a call manager like any other")
                .isNotInstanceOf(McmVc.class);
    }

    @Test
    void r11r13ADriverImplementsWhatItsRoleNeedsAndInheritsTheRest() {
        assertThat(handlersWithoutDefault(CoClient.class)).containsExactly("afRegisterNotify");
        assertThat(handlersWithoutDefault(CallManager.class)).containsExactly("bindAdapter");
        assertThat(handlersWithoutDefault(CmAfContext.class))
                .containsExactlyInAnyOrder("createVc", "registerSap", "closeAf");
        assertThat(handlersWithoutDefault(CmVcContext.class))
                .containsExactlyInAnyOrder("makeCall", "closeCall", "deleteVc");
    }

    @Test
    void r14AnMcmHasNoCreateAndDeleteOfAMiniport() {
        assertThat(functions(MiniportCallManager.class))
                .contains("initialize", "halt")
                .doesNotContain("createVc");
        assertThat(CoMiniport.class.isAssignableFrom(MiniportCallManager.class)).isFalse();
        assertThat(functions(McmVcContext.class)).doesNotContain("activateVc", "deactivateVc");
    }

    @Test
    void r16r17TheHandlersThatAMiniportMustHaveHaveNoDefault() {
        assertThat(handlersWithoutDefault(CoMiniport.class))
                .containsExactlyInAnyOrder("initialize", "createVc", "halt", "oidRequest");
        assertThat(handlersWithoutDefault(MiniportCallManager.class))
                .containsExactlyInAnyOrder("initialize", "halt", "oidRequest");
        assertThat(handlersWithoutDefault(MiniportVcContext.class))
                .containsExactlyInAnyOrder(
                        "activateVc", "deactivateVc", "deleteVc", "sendNetBufferLists", "returnNetBufferLists");
        assertThat(handlersWithoutDefault(McmVcContext.class)).contains("sendNetBufferLists", "returnNetBufferLists");
    }
}
