package io.preservarium.pusher.operator.parser;

import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.operator.parser.ParserObserved.OnTopic;
import io.preservarium.pusher.operator.parser.ScriptOutcome.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The one thing to do next about a ConfigMap of parser scripts. */
sealed interface ParserPlan {

    /** Read what is on the script topic. */
    record LookUp() implements ParserPlan {}

    /** Hold the ConfigMap before anything of it goes to the topic. */
    record Hold() implements ParserPlan {}

    /** Hand this script over to be checked. */
    record Put(PublishedScript.Draft draft, String content) implements ParserPlan {}

    /** Take this script out. */
    record Remove(ParserRef ref) implements ParserPlan {}

    /** Say what became of it; {@code holds}: its deletion must wait for this operator. */
    record Note(ParserStatus status, boolean holds) implements ParserPlan {}

    /** Take everything of ours off the ConfigMap. */
    record Free() implements ParserPlan {}

    /** Nothing until an event comes, or this time has passed. */
    record Rest(Optional<Duration> pause) implements ParserPlan {}

    /** Another owner lets go without telling us. */
    Duration ANOTHER_OWNER = Duration.ofSeconds(30);

    static ParserPlan decide(ParserObserved observed, Duration retryAfter) {
        return switch (observed.desired()) {
            case ParserObserved.Desired.Scripts wanted -> wanted(wanted.configMap(), observed, retryAfter);
            case ParserObserved.Desired.Nothing nothing -> unwanted(observed, retryAfter);
            case ParserObserved.Desired.Deletion deletion ->
                // Without our finalizer it may be gone at any moment, and then it is gone for certain.
                observed.marks().hasFinalizer() ? unwanted(observed, retryAfter) : new Rest(Optional.empty());
        };
    }

    private static ParserPlan unwanted(ParserObserved observed, Duration retryAfter) {
        return switch (observed.topic()) {
            case OnTopic.Unread unread -> new LookUp();
            case OnTopic.Unreadable unreadable -> new Rest(Optional.of(retryAfter));
            case OnTopic.Scripts scripts -> {
                List<ParserRef> ours = scripts.of(observed.owner());
                if (!ours.isEmpty()) {
                    yield new Remove(ours.getFirst());
                }
                ParserObserved.Marks marks = observed.marks();
                yield marks.isNoted() || marks.hasFinalizer() ? new Free() : new Rest(Optional.empty());
            }
        };
    }

    private static ParserPlan wanted(ParserConfigMap configMap, ParserObserved observed, Duration retryAfter) {
        return switch (observed.topic()) {
            case OnTopic.Unread unread -> new LookUp();
            case OnTopic.Unreadable unreadable ->
                settle(
                        status(configMap, guessed(configMap, observed, unreadable)),
                        observed.marks().hasFinalizer(),
                        observed,
                        Optional.of(retryAfter));
            case OnTopic.Scripts scripts -> {
                Optional<ParserPlan> change = removal(configMap, observed, scripts)
                        .or(() -> configMap.scripts().entrySet().stream()
                                .flatMap(entry -> put(entry.getKey(), entry.getValue(), observed, scripts).stream())
                                .findFirst());
                yield change.orElseGet(() -> upToDate(configMap, observed, scripts, retryAfter));
            }
        };
    }

    private static Optional<ParserPlan> removal(
            ParserConfigMap configMap, ParserObserved observed, OnTopic.Scripts scripts) {
        return scripts.of(observed.owner()).stream()
                .filter(ref -> configMap.isReadable() && !configMap.scripts().containsKey(ref))
                .findFirst()
                .map(Remove::new);
    }

    private static Optional<ParserPlan> put(
            ParserRef ref, ParserConfigMap.Script script, ParserObserved observed, OnTopic.Scripts scripts) {
        return switch (script) {
            case ParserConfigMap.Script.Broken broken -> Optional.empty();
            case ParserConfigMap.Script.Whole whole -> {
                if (observed.tried().containsKey(ref) || isSettled(ref, whole, observed, scripts)) {
                    yield Optional.empty();
                }
                yield Optional.of(
                        observed.marks().hasFinalizer() ? new Put(whole.draft(), whole.content()) : new Hold());
            }
        };
    }

    /** Somebody else's, live as it was noted, or refused with the same content. */
    private static boolean isSettled(
            ParserRef ref, ParserConfigMap.Script.Whole script, ParserObserved observed, OnTopic.Scripts scripts) {
        Optional<ParserApi.LiveScript> published = scripts.get(ref);
        if (published.filter(found -> !found.isOf(observed.owner())).isPresent()) {
            return true;
        }
        return observed.marks()
                .noted(ref)
                .filter(noted -> noted.content().equals(script.content()))
                .filter(noted -> switch (noted) {
                    case ScriptOutcome.Live live ->
                        published
                                .filter(found -> found.sha256().equals(live.sha256()))
                                .isPresent();
                    case ScriptOutcome.Refused refused -> true;
                    case ScriptOutcome.Waiting waiting -> false;
                    case ScriptOutcome.Owned owned -> false;
                })
                .isPresent();
    }

    private static ParserPlan upToDate(
            ParserConfigMap configMap, ParserObserved observed, OnTopic.Scripts scripts, Duration retryAfter) {
        ParserStatus status = status(configMap, known(configMap, observed, scripts));
        boolean waits = status.isAny(State.WAITING);
        Optional<Duration> pause =
                waits ? Optional.of(retryAfter) : Optional.of(ANOTHER_OWNER).filter(any -> status.isAny(State.OWNED));
        return settle(status, waits || !scripts.of(observed.owner()).isEmpty(), observed, pause);
    }

    private static ParserStatus status(ParserConfigMap configMap, SortedMap<ParserRef, ScriptOutcome> outcomes) {
        return new ParserStatus(outcomes, configMap.problems(), configMap.ignored());
    }

    private static ParserPlan settle(
            ParserStatus status, boolean holds, ParserObserved observed, Optional<Duration> pause) {
        ParserObserved.Marks marks = observed.marks();
        return marks.noted().equals(Optional.of(status)) && marks.hasFinalizer() == holds
                ? new Rest(pause)
                : new Note(status, holds);
    }

    private static SortedMap<ParserRef, ScriptOutcome> known(
            ParserConfigMap configMap, ParserObserved observed, OnTopic.Scripts scripts) {
        SortedMap<ParserRef, ScriptOutcome> outcomes = new TreeMap<>();
        if (!configMap.isReadable()) {
            scripts.of(observed.owner())
                    .forEach(ref -> outcomes.put(
                            ref, new ScriptOutcome.Refused("", "stays as it is", digest(scripts.get(ref)))));
        }
        configMap.scripts().forEach((ref, script) -> outcomes.put(ref, known(ref, script, observed, scripts)));
        return outcomes;
    }

    private static ScriptOutcome known(
            ParserRef ref, ParserConfigMap.Script script, ParserObserved observed, OnTopic.Scripts scripts) {
        Optional<ScriptOutcome> noted = notedFor(ref, script, observed);
        ScriptOutcome tried = observed.tried().get(ref);
        if (tried != null) {
            return steady(tried, noted);
        }
        Optional<ParserApi.LiveScript> published = scripts.get(ref);
        Optional<ParserApi.LiveScript> others = published.filter(found -> !found.isOf(observed.owner()));
        if (others.isPresent()) {
            return new ScriptOutcome.Owned(
                    script.content(), "belongs to " + others.get().owner());
        }
        if (script instanceof ParserConfigMap.Script.Broken broken) {
            return new ScriptOutcome.Refused(broken.content(), broken.message(), digest(published));
        }
        return switch (noted.orElseThrow()) {
            case ScriptOutcome.Refused refused ->
                new ScriptOutcome.Refused(refused.content(), refused.message(), digest(published));
            case ScriptOutcome.Live live -> live;
            case ScriptOutcome.Waiting waiting -> waiting;
            case ScriptOutcome.Owned owned -> owned;
        };
    }

    /** Without the topic: what was noted about the same content still holds, everything else waits. */
    private static SortedMap<ParserRef, ScriptOutcome> guessed(
            ParserConfigMap configMap, ParserObserved observed, OnTopic.Unreadable unreadable) {
        SortedMap<ParserRef, ScriptOutcome> outcomes = new TreeMap<>();
        Map<ParserRef, ScriptOutcome> before =
                observed.marks().noted().map(ParserStatus::scripts).orElseGet(TreeMap::new);
        before.forEach((ref, noted) -> {
            if (!configMap.isReadable()) {
                outcomes.put(ref, noted);
            } else if (noted.live().isPresent()) {
                outcomes.put(
                        ref,
                        steady(
                                new ScriptOutcome.Waiting(noted.content(), "waits to be removed", noted.live()),
                                Optional.of(noted)));
            }
        });
        configMap.scripts().forEach((ref, script) -> outcomes.put(ref, guessed(ref, script, observed, unreadable)));
        return outcomes;
    }

    private static ScriptOutcome guessed(
            ParserRef ref, ParserConfigMap.Script script, ParserObserved observed, OnTopic.Unreadable unreadable) {
        Optional<Digest> live = observed.marks().noted(ref).flatMap(ScriptOutcome::live);
        Optional<ScriptOutcome> noted = notedFor(ref, script, observed);
        return Optional.ofNullable(observed.tried().get(ref))
                .map(tried -> steady(tried, noted))
                .or(() -> noted)
                .orElseGet(() -> switch (script) {
                    case ParserConfigMap.Script.Broken broken ->
                        new ScriptOutcome.Refused(broken.content(), broken.message(), live);
                    case ParserConfigMap.Script.Whole whole ->
                        new ScriptOutcome.Waiting(whole.content(), unreadable.why(), live);
                });
    }

    /** Why a script waits may be worded anew at each attempt; saying it once is enough. */
    private static ScriptOutcome steady(ScriptOutcome now, Optional<ScriptOutcome> noted) {
        return now.state() == State.WAITING
                ? noted.filter(before -> before.state() == State.WAITING).orElse(now)
                : now;
    }

    private static Optional<ScriptOutcome> notedFor(
            ParserRef ref, ParserConfigMap.Script script, ParserObserved observed) {
        return observed.marks().noted(ref).filter(noted -> noted.content().equals(script.content()));
    }

    private static Optional<Digest> digest(Optional<ParserApi.LiveScript> published) {
        return published.map(ParserApi.LiveScript::sha256);
    }
}
