package io.preservarium.pusher.delivery.book;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/** A store that counts what it is asked and told. */
final class CountingStore {

    private static final Set<String> COUNTED = Set.of("get", "put", "delete", "range");

    private CountingStore() {}

    @SuppressWarnings("unchecked")
    static KeyValueStore<Bytes, byte[]> over(KeyValueStore<Bytes, byte[]> store, AtomicInteger calls) {
        return (KeyValueStore<Bytes, byte[]>) Proxy.newProxyInstance(
                CountingStore.class.getClassLoader(), new Class<?>[] {KeyValueStore.class}, (proxy, method, args) -> {
                    if (COUNTED.contains(method.getName())) {
                        calls.incrementAndGet();
                    }
                    if (method.getName().equals("putAll")) {
                        calls.addAndGet(((List<?>) args[0]).size());
                    }
                    try {
                        return method.invoke(store, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
