package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.PayloadParser;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Plays the script engine: every formatting gives other bytes, and scripts can be away. */
public final class FakeParser implements PayloadParser {

    private final Set<String> missing = ConcurrentHashMap.newKeySet();
    private final Set<String> quarantined = ConcurrentHashMap.newKeySet();
    private final Queue<Consumer<ParserRef>> listeners = new ConcurrentLinkedQueue<>();
    private final Map<String, Formatted> answers = new ConcurrentHashMap<>();
    private final Map<ParserRef, Integer> asked = new ConcurrentHashMap<>();
    private final AtomicInteger formatted = new AtomicInteger();
    private volatile CompletableFuture<Void> done = CompletableFuture.completedFuture(null);

    public void lose(String ref) {
        missing.add(ref);
    }

    public void quarantine(String ref) {
        quarantined.add(ref);
    }

    /** The script is here and may be tried. */
    public void release(String ref) {
        missing.remove(ref);
        quarantined.remove(ref);
        listeners.forEach(listener -> listener.accept(new ParserRef(ref)));
    }

    /** Formatting with this script gives this. */
    public void answers(String ref, Formatted formatted) {
        answers.put(ref, formatted);
    }

    /** Formatting from now on ends when the test says so. */
    public CompletableFuture<Void> takesTime() {
        CompletableFuture<Void> later = new CompletableFuture<>();
        done = later;
        return later;
    }

    /** How often a formatting with this script was asked for. */
    public int asked(String ref) {
        return asked.getOrDefault(new ParserRef(ref), 0);
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void whenAvailable(Consumer<ParserRef> listener) {
        listeners.add(listener);
    }

    @Override
    public CompletionStage<Formatted> format(
            ParserRef ref, Optional<Digest> required, Command command, Map<String, Object> config) {
        asked.merge(ref, 1, Integer::sum);
        return done.thenApply(now -> format(ref, command));
    }

    private Formatted format(ParserRef ref, Command command) {
        ParserVersion version = new ParserVersion(ref, Digest.of(new byte[] {1}));
        if (missing.contains(ref.value())) {
            return new Formatted.Missing(ref);
        }
        if (quarantined.contains(ref.value())) {
            return new Formatted.Quarantined(version, "it ran too long for others");
        }
        if (answers.containsKey(ref.value())) {
            return answers.get(ref.value());
        }
        String bytes = command.requestId().value() + " formatted as number " + formatted.incrementAndGet();
        return new Formatted.Bytes(bytes.getBytes(StandardCharsets.UTF_8), version, Map.of(), List.of());
    }

    @Override
    public CompletionStage<Matched> matchReply(
            ParserRef ref, List<Map<String, Object>> outputs, List<Command> awaiting, Map<String, Object> config) {
        return CompletableFuture.completedStage(new Matched.Missing(ref));
    }

    @Override
    public CompletionStage<Parsed> parse(ParserRef ref, byte[] payload, Map<String, Object> config) {
        return CompletableFuture.completedFuture(new Parsed.Missing(ref));
    }
}
