package io.preservarium.pusher.parsers;

import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.ScriptVerdict;
import io.preservarium.pusher.command.wire.ScriptJson;
import io.preservarium.pusher.parsers.check.ParserCheck;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers the question whether a script may go live, as {@code /internal/v1/parsers/check} carries it: JSON in, JSON out. */
public final class ScriptChecks {

    private final ScriptParser parser;
    private final int scriptLimit;

    public ScriptChecks(ScriptParser parser, ParsersConfig config) {
        this.parser = parser;
        this.scriptLimit = config.scriptLimit();
    }

    /** @param candidate see {@link ScriptJson#readCandidate} */
    public CompletionStage<byte[]> answer(byte[] candidate) {
        return verdict(ScriptJson.readCandidate(candidate)).thenApply(ScriptJson::write);
    }

    private CompletionStage<ScriptVerdict> verdict(Optional<PublishedScript.Candidate> candidate) {
        if (candidate.isEmpty()) {
            return refused("this is no script: a JSON object with ref, source and owner is needed");
        }
        PublishedScript.Draft draft = candidate.get().draft();
        ParserScript script;
        try {
            script = new ParserScript(
                    TrustDomain.ofOwner(candidate.get().owner()),
                    draft.ref(),
                    draft.source(),
                    draft.companions(),
                    draft.examples());
        } catch (IllegalArgumentException e) {
            return refused(String.valueOf(e.getMessage()));
        }
        if (script.size() > scriptLimit) {
            return refused("with its companions it has " + script.size() + " bytes, more than PARSER_SCRIPT_LIMIT "
                    + scriptLimit);
        }
        return parser.check(script).thenApply(result -> switch (result) {
            case ParserCheck.Result.Passed passed ->
                new ScriptVerdict.Passed(passed.version().sha256(), passed.examples());
            case ParserCheck.Result.Refused refused ->
                new ScriptVerdict.Refused(
                        refused.message(),
                        refused.failures().stream()
                                .map(f -> new ScriptVerdict.Failure(f.name(), f.expected(), f.actual()))
                                .toList());
        });
    }

    private static CompletionStage<ScriptVerdict> refused(String why) {
        return CompletableFuture.completedStage(new ScriptVerdict.Refused(why, List.of()));
    }
}
