// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace of this test's own, with a veth pair in it. A namespace belongs to a thread: what is opened by {@link #call}
 * is opened in there, and stays there when other threads use it. Removed with everything in it on {@link #close}.
 */
final class NetworkNamespace implements AutoCloseable {

    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final int O_RDONLY = 0;
    private static final AtomicInteger MADE = new AtomicInteger();
    private static final Set<String> OPENING = Set.of("initialize", "restart", "reset");

    /** The two calls that move a thread. */
    interface LibC extends Library {
        int open(String path, int flags);

        int setns(int descriptor, int kind);

        int close(int descriptor);
    }

    private final String name;
    private final ExecutorService inside = Executors.newSingleThreadExecutor(work -> {
        final Thread thread = new Thread(work, "test-netns");
        thread.setDaemon(true);
        return thread;
    });

    private NetworkNamespace(final String name) {
        this.name = name;
    }

    /** Makes the namespace with the pair {@code left}, {@code right}, both up; or skips the test if this machine cannot. */
    static NetworkNamespace create() {
        final NetworkNamespace made =
                new NetworkNamespace("condis-test-" + ProcessHandle.current().pid() + "-" + MADE.incrementAndGet());
        try {
            if (made.run("ip", "netns", "add", made.name) != 0) {
                Captures.missing("no network namespaces: needs root (CAP_SYS_ADMIN) and iproute2");
            }
        } catch (UncheckedIOException e) {
            Captures.missing("no command ip (apt-get install iproute2): " + e.getMessage());
        }
        made.ip("link", "add", "left", "type", "veth", "peer", "name", "right");
        made.ip("link", "set", "left", "up");
        made.ip("link", "set", "right", "up");
        made.enter();
        return made;
    }

    private void enter() {
        call(() -> {
            final LibC libc = Native.load("c", LibC.class);
            final int descriptor = libc.open("/var/run/netns/" + name, O_RDONLY);
            final int moved = libc.setns(descriptor, CLONE_NEWNET);
            libc.close(descriptor);
            if (moved != 0) {
                throw new IllegalStateException("setns failed");
            }
            return moved;
        });
    }

    /** Does something on a thread that is in the namespace. */
    <T> T call(final Callable<T> work) {
        try {
            return inside.submit(work).get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** A driver that opens its interface in the namespace, and again when it is restarted or reset. */
    <D> D inside(final Class<D> role, final D driver) {
        return role.cast(Proxy.newProxyInstance(
                role.getClassLoader(),
                new Class<?>[] {role},
                (proxy, method, arguments) -> OPENING.contains(method.getName())
                        ? call(() -> method.invoke(driver, arguments))
                        : method.invoke(driver, arguments)));
    }

    /** Starts a program in the namespace; what it writes is in one stream. */
    Process start(final List<String> program) throws IOException {
        final List<String> command = new java.util.ArrayList<>(List.of("ip", "netns", "exec", name));
        command.addAll(program);
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** Runs {@code ip} in the namespace. */
    void ip(final String... arguments) {
        final List<String> command = new java.util.ArrayList<>(List.of("ip", "-n", name));
        command.addAll(List.of(arguments));
        final int code = run(command.toArray(String[]::new));
        if (code != 0) {
            throw new AssertionError("exit code " + code + " of " + command);
        }
    }

    private int run(final String... command) {
        try {
            final Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            final int code = process.waitFor();
            if (code != 0) {
                org.slf4j.LoggerFactory.getLogger(NetworkNamespace.class).debug("{}: {}", command, output);
            }
            return code;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        inside.shutdownNow();
        run("ip", "netns", "del", name);
    }
}
