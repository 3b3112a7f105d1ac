package io.preservarium.pusher.delivery.book;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueStore;

/** A store under which the process dies after some writes: those before are there, those after are not. */
final class CrashingStore {

    private static final class Crash extends RuntimeException {}

    private int left;

    CrashingStore(int writesBefore) {
        this.left = writesBefore;
    }

    @SuppressWarnings("unchecked")
    KeyValueStore<Bytes, byte[]> over(KeyValueStore<Bytes, byte[]> store) {
        return (KeyValueStore<Bytes, byte[]>) Proxy.newProxyInstance(
                CrashingStore.class.getClassLoader(), new Class<?>[] {KeyValueStore.class}, (proxy, method, args) -> {
                    if (method.getName().equals("putAll")) {
                        for (KeyValue<Bytes, byte[]> row : (List<KeyValue<Bytes, byte[]>>) args[0]) {
                            if (left-- <= 0) {
                                throw new Crash();
                            }
                            store.put(row.key, row.value);
                        }
                        return null;
                    }
                    try {
                        return method.invoke(store, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** True when the process died. */
    boolean attempt(Runnable work) {
        try {
            work.run();
            return false;
        } catch (Crash died) {
            return true;
        }
    }
}
