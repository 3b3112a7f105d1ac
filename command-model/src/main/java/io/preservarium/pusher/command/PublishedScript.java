package io.preservarium.pusher.command;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A version of a parser script on its way to the connectors, or live on the script topic.
 *
 * @param companions text of each {@code .proto} file by its file name
 * @param examples text of {@code <ref>.examples.json}
 * @param sha256 digest of source and companions, as the connector that checked it computed it
 * @param owner who may change it: {@code rest} or {@code configmap:<namespace>/<name>}
 */
public record PublishedScript(
        ParserRef ref,
        String source,
        SortedMap<String, String> companions,
        Optional<String> examples,
        Digest sha256,
        String owner,
        Instant publishedAt) {

    public PublishedScript {
        if (owner.isEmpty() || owner.length() > 400) {
            throw new IllegalArgumentException("owner must have 1 to 400 characters but had " + owner.length());
        }
        companions = Collections.unmodifiableSortedMap(new TreeMap<>(companions));
    }

    /** A script that is not checked yet, so without digest and owner. */
    public record Draft(ParserRef ref, String source, Map<String, String> companions, Optional<String> examples) {
        public Draft {
            companions = Map.copyOf(companions);
        }
    }

    /** A draft and whose it would be: what a connector is asked to check. */
    public record Candidate(Draft draft, String owner) {}
}
