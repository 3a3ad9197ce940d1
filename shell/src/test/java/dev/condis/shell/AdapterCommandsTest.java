// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.felix.service.command.Descriptor;
import org.junit.jupiter.api.Test;

class AdapterCommandsTest {
    private final FakeLibrary library = new FakeLibrary();
    private final AdapterCommands commands = new AdapterCommands(library, ZoneOffset.UTC, Duration.ofMillis(50));

    @Test
    void whatIsAskedIsAnsweredFromTheLibrary() {
        assertThat(commands.adapters()).startsWith("ADAPTER ").contains("atm0", "eth0", "no such interface");
        assertThat(commands.vcs("atm0")).contains("vc#1 on atm0");
        assertThat(commands.swaps("atm0")).contains("a better one has come");
        assertThat(commands.swaps("eth0")).isEqualTo("no swaps of eth0");
        assertThat(commands.why("atm0")).contains("it has the highest ranking");
        assertThat(commands.why("eth0")).isEqualTo("nothing is known of eth0");
    }

    @Test
    void whatIsToBeDoneIsDone() throws InterruptedException {
        assertThat(commands.swap("atm0", 41)).contains("SWAPPED", "phases: prepare");
        assertThat(commands.pin("atm0", 41)).isEqualTo("atm0 is pinned to service 41");
        assertThat(commands.unpin("atm0")).isEqualTo("atm0 is not pinned");
        assertThat(commands.demote("atm0", 41, "too hot")).isEqualTo("service 41 is demoted");
        assertThat(commands.promote("atm0", 41)).isEqualTo("service 41 is not demoted");
        assertThat(commands.pause("atm0")).isEqualTo("atm0 is paused");
        assertThat(commands.restart("atm0")).isEqualTo("atm0 is in operation");
        assertThat(commands.reset("atm0")).isEqualTo("atm0 was reset");
        assertThat(library.asked)
                .containsExactly(
                        "swap atm0 41",
                        "pin atm0 41",
                        "unpin atm0",
                        "demote atm0 41: too hot",
                        "promote atm0 41",
                        "pause atm0",
                        "restart atm0",
                        "reset atm0");
    }

    @Test
    void whatIsRefusedIsSaid() throws InterruptedException {
        library.answer = NdisResult.<Void>failure(NdisStatus.NOT_ACCEPTED).asStage();
        assertThat(commands.pause("atm0")).isEqualTo("NDIS_STATUS_NOT_ACCEPTED");
        assertThat(commands.swap("none", 1)).isEqualTo("NDIS_STATUS_ADAPTER_NOT_FOUND");
    }

    @Test
    void whatTakesTooLongIsNotWaitedFor() throws InterruptedException {
        library.answer = new CompletableFuture<NdisResult<Void>>().minimalCompletionStage();
        assertThat(commands.reset("atm0")).isEqualTo("not over after 0 s; it goes on");
    }

    @Test
    void anAdapterThatIsNotThereIsSaid() {
        assertThatThrownBy(() -> commands.vcs("none")).hasMessage("there is no adapter 'none', only [atm0, eth0]");
        assertThatThrownBy(() -> commands.swaps("none")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> commands.why("none")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyCommandHasHelp() {
        assertThat(Stream.of(AdapterCommands.class.getDeclaredMethods())
                        .filter(method -> Modifier.isPublic(method.getModifiers())))
                .hasSize(12)
                .allSatisfy(method -> assertThat(method.getAnnotation(Descriptor.class))
                        .as(method.getName())
                        .isNotNull());
    }
}
