// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.Octets;
import dev.condis.api.client.ClientVc;
import dev.condis.api.pppoe.PppoeParameters;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both sides begin to talk in the session as soon as they may: the access concentrator's client inside of its callback, the host when it has the PADS. */
class FirstFramesOverSimTest {
    private static final int FEW = 100;
    private static final int MANY = 1_000;

    private static Octets first(final String side, final int number) {
        return Octets.ofText("\0!" + "first of the " + side + " in session " + number);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofManySessionsNoneIsLost(final boolean async) {
        sessions(FEW, async);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("long")
    void ofAThousandSessionsNoneIsLost(final boolean async) {
        sessions(MANY, async);
    }

    private static void sessions(final int count, final boolean async) {
        try (PppoeLab lab = new PppoeLab(PppoeSettings.DEFAULT.named(PppoeLab.AC_NAME), async)) {
            lab.serve("internet");
            lab.server.whenConnected(vc ->
                    lab.server.send(vc, first("server", lab.server.incoming().size())));
            for (int session = 1; session <= count; session++) {
                final int number = session;
                final ClientVc vc = lab.host.af().createVc(lab.host).get();
                final CompletionStage<NdisResult<CallParameters>> made = vc.makeCall(
                                PppoeParameters.service("internet").toCall())
                        .thenApply(result -> {
                            lab.host.send(vc, first("host", number));
                            return result;
                        });
                assertThat(lab.now(made).isSuccess()).isTrue();
                lab.settle();
                lab.hangUp(vc, "");
                assertThat(vc.deleteVc().isSuccess()).isTrue();
            }
            assertThat(lab.server.received())
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, count)
                            .mapToObj(number -> first("host", number))
                            .toList());
            if (async) {
                // the host's NIC does not have the session yet when its first frame comes right behind the PADS
                return;
            }
            assertThat(lab.host.received())
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, count)
                            .mapToObj(number -> first("server", number))
                            .toList());
        }
    }
}
