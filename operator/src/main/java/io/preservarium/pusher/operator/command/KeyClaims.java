package io.preservarium.pusher.operator.command;

import io.preservarium.pusher.command.RequestId;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Which resource publishes for an idempotency key that several have: the first, until it is done. The others look it up. */
final class KeyClaims {

    private final ConcurrentMap<RequestId, String> uids = new ConcurrentHashMap<>();

    /** False when another resource has it. */
    boolean take(RequestId request, String uid) {
        String holder = uids.putIfAbsent(request, uid);
        return holder == null || holder.equals(uid);
    }

    void release(String uid) {
        uids.values().remove(uid);
    }
}
