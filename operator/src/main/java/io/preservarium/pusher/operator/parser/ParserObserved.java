package io.preservarium.pusher.operator.parser;

import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that the next step depends on.
 *
 * @param tried what came of the scripts that were handed over in this pass
 */
record ParserObserved(
        ParserOwner owner, Desired desired, Marks marks, OnTopic topic, Map<ParserRef, ScriptOutcome> tried) {

    /** What the ConfigMap asks for. */
    sealed interface Desired {
        record Scripts(ParserConfigMap configMap) implements Desired {}

        /** It is gone, or is no parser ConfigMap any more. */
        record Nothing() implements Desired {}

        /** It is being deleted. */
        record Deletion() implements Desired {}
    }

    /**
     * What this operator left on the ConfigMap.
     *
     * @param isNoted whether there is an annotation, readable or not
     * @param hasFinalizer held while scripts of it may be on the topic
     */
    record Marks(boolean isNoted, Optional<ParserStatus> noted, boolean hasFinalizer) {

        static final Marks NONE = new Marks(false, Optional.empty(), false);

        Optional<ScriptOutcome> noted(ParserRef ref) {
            return noted.flatMap(status -> Optional.ofNullable(status.scripts().get(ref)));
        }
    }

    /** What stands on the script topic. */
    sealed interface OnTopic {
        record Unread() implements OnTopic {}

        record Unreadable(String why) implements OnTopic {}

        record Scripts(Map<ParserRef, ParserApi.LiveScript> all) implements OnTopic {

            List<ParserRef> of(ParserOwner owner) {
                return all.entrySet().stream()
                        .filter(entry -> entry.getValue().isOf(owner))
                        .map(Map.Entry::getKey)
                        .sorted()
                        .toList();
            }

            Optional<ParserApi.LiveScript> get(ParserRef ref) {
                return Optional.ofNullable(all.get(ref));
            }
        }
    }

    static ParserObserved atFirst(ParserOwner owner, Desired desired, Marks marks) {
        return new ParserObserved(owner, desired, marks, new OnTopic.Unread(), Map.of());
    }

    /** The version of this ConfigMap that is live. */
    Optional<Digest> live(ParserRef ref) {
        return topic instanceof OnTopic.Scripts scripts
                ? scripts.get(ref).filter(found -> found.isOf(owner)).map(ParserApi.LiveScript::sha256)
                : Optional.empty();
    }

    /** Whether pusher-api had an answer to everything in this pass. */
    boolean isAnswered() {
        return topic instanceof OnTopic.Scripts
                && tried.values().stream().noneMatch(outcome -> outcome.state() == ScriptOutcome.State.WAITING);
    }

    ParserObserved with(Marks changed) {
        return new ParserObserved(owner, desired, changed, topic, tried);
    }

    ParserObserved with(OnTopic read) {
        return new ParserObserved(owner, desired, marks, read, tried);
    }

    ParserObserved tried(ParserRef ref, ScriptOutcome outcome) {
        Map<ParserRef, ScriptOutcome> all = new HashMap<>(tried);
        all.put(ref, outcome);
        return new ParserObserved(owner, desired, marks, topic, Map.copyOf(all));
    }

    /** This script is on the topic now, or no more. */
    ParserObserved published(ParserRef ref, Optional<ParserApi.LiveScript> script) {
        return switch (topic) {
            case OnTopic.Scripts scripts -> {
                Map<ParserRef, ParserApi.LiveScript> all = new HashMap<>(scripts.all());
                script.ifPresentOrElse(live -> all.put(ref, live), () -> all.remove(ref));
                yield with(new OnTopic.Scripts(Map.copyOf(all)));
            }
            case OnTopic.Unread unread -> this;
            case OnTopic.Unreadable unreadable -> this;
        };
    }
}
