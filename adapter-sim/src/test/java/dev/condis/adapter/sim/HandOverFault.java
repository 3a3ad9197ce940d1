// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.miniport.CallHandOver;
import dev.condis.api.miniport.MiniportCallManager;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What an MCM does wrong when it is to adopt calls. */
enum HandOverFault {
    READS_NOTHING("reads", false),
    ADOPTS_NO_STATION("adopt", NdisStatus.INVALID_DATA),
    ADOPTS_NO_FAMILY("adoptAf", NdisResult.failure(NdisStatus.INVALID_DATA)),
    ADOPTS_NO_SAP("adoptSap", NdisResult.failure(NdisStatus.RESOURCES)),
    ADOPTS_NO_VC("adoptVc", NdisResult.failure(NdisStatus.RESOURCES)),
    THROWS("adoptVc", new IllegalStateException("a fault of a test"));

    private final String function;
    private final Object answer;

    HandOverFault(final String function, final Object answer) {
        this.function = function;
        this.answer = answer;
    }

    /** An MCM that is like this one but for the fault. */
    MiniportCallManager in(final SimMcm mcm) {
        final CallHandOver faulty = proxy(CallHandOver.class, mcm.handOver().orElseThrow(), function, answer);
        return proxy(MiniportCallManager.class, mcm, "handOver", Optional.of(faulty));
    }

    /** An MCM that is like this one, but freezes only when that is over. */
    static MiniportCallManager freezingAfter(final SimMcm mcm, final Supplier<? extends CompletionStage<?>> meanwhile) {
        final CallHandOver real = mcm.handOver().orElseThrow();
        final Supplier<CompletionStage<NdisResult<Octets>>> freeze =
                () -> meanwhile.get().thenCompose(over -> real.freeze());
        return proxy(
                MiniportCallManager.class,
                mcm,
                "handOver",
                Optional.of(proxy(CallHandOver.class, real, "freeze", freeze)));
    }

    private static <T> T proxy(final Class<T> type, final T target, final String function, final Object answer) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (method.getName().equals(function)) {
                        if (answer instanceof RuntimeException fault) {
                            throw fault;
                        }
                        return answer instanceof Supplier<?> supplier ? supplier.get() : answer;
                    }
                    try {
                        return method.invoke(target, arguments);
                    } catch (final InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
