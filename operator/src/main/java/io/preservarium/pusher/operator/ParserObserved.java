package io.preservarium.pusher.operator;

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
record ParserObserved(ParserOwner owner, Wish wish, Marks marks, OnTopic topic, Map<ParserRef, ScriptStanding> tried) {

    /** What the ConfigMap asks for. */
    sealed interface Wish {
        record Scripts(ParserConfigMap configMap) implements Wish {}

        /** It is gone, or is no parser ConfigMap any more. */
        record Nothing() implements Wish {}

        /** It is being deleted. */
        record Deletion() implements Wish {}
    }

    /**
     * What this operator left on the ConfigMap.
     *
     * @param isNoted whether there is an annotation, readable or not
     * @param hasFinalizer held while scripts of it may be on the topic
     */
    record Marks(boolean isNoted, Optional<ParserStatus> noted, boolean hasFinalizer) {

        static final Marks NONE = new Marks(false, Optional.empty(), false);

        Optional<ScriptStanding> noted(ParserRef ref) {
            return noted.flatMap(status -> Optional.ofNullable(status.scripts().get(ref)));
        }
    }

    /** What stands on the script topic. */
    sealed interface OnTopic {
        record Unread() implements OnTopic {}

        record Unreadable(String why) implements OnTopic {}

        record Scripts(Map<ParserRef, ParserApi.Published> all) implements OnTopic {

            List<ParserRef> of(ParserOwner owner) {
                return all.entrySet().stream()
                        .filter(entry -> entry.getValue().isOf(owner))
                        .map(Map.Entry::getKey)
                        .sorted()
                        .toList();
            }

            Optional<ParserApi.Published> get(ParserRef ref) {
                return Optional.ofNullable(all.get(ref));
            }
        }
    }

    static ParserObserved atFirst(ParserOwner owner, Wish wish, Marks marks) {
        return new ParserObserved(owner, wish, marks, new OnTopic.Unread(), Map.of());
    }

    /** The version of this ConfigMap that is live. */
    Optional<Digest> live(ParserRef ref) {
        return topic instanceof OnTopic.Scripts scripts
                ? scripts.get(ref).filter(found -> found.isOf(owner)).map(ParserApi.Published::sha256)
                : Optional.empty();
    }

    /** Whether pusher-api had an answer to everything in this pass. */
    boolean isAnswered() {
        return topic instanceof OnTopic.Scripts
                && tried.values().stream().noneMatch(standing -> standing.state() == ScriptStanding.State.WAITING);
    }

    ParserObserved with(Marks changed) {
        return new ParserObserved(owner, wish, changed, topic, tried);
    }

    ParserObserved with(OnTopic read) {
        return new ParserObserved(owner, wish, marks, read, tried);
    }

    ParserObserved tried(ParserRef ref, ScriptStanding standing) {
        Map<ParserRef, ScriptStanding> all = new HashMap<>(tried);
        all.put(ref, standing);
        return new ParserObserved(owner, wish, marks, topic, Map.copyOf(all));
    }

    /** This script is on the topic now, or no more. */
    ParserObserved published(ParserRef ref, Optional<ParserApi.Published> script) {
        return switch (topic) {
            case OnTopic.Scripts scripts -> {
                Map<ParserRef, ParserApi.Published> all = new HashMap<>(scripts.all());
                script.ifPresentOrElse(live -> all.put(ref, live), () -> all.remove(ref));
                yield with(new OnTopic.Scripts(Map.copyOf(all)));
            }
            case OnTopic.Unread unread -> this;
            case OnTopic.Unreadable unreadable -> this;
        };
    }
}
