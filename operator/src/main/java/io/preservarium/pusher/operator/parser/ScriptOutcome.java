package io.preservarium.pusher.operator.parser;

import io.preservarium.pusher.command.Digest;
import java.util.Locale;
import java.util.Optional;

/** What one script of a ConfigMap has come to; {@code content} is what was looked at, see {@link ParserConfigMap.Script}. */
sealed interface ScriptOutcome {

    String content();

    /** The version of this ConfigMap that is live. */
    Optional<Digest> live();

    /** As the annotation and metrics say it, the worse the later. */
    enum State {
        LIVE,
        WAITING,
        OWNED,
        REFUSED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** It passed its examples and the connectors have it. */
    record Live(String content, Digest sha256, int examples) implements ScriptOutcome {
        @Override
        public Optional<Digest> live() {
            return Optional.of(sha256);
        }
    }

    /** pusher-api did not take it yet. */
    record Waiting(String content, String message, Optional<Digest> live) implements ScriptOutcome {}

    /** The name belongs to somebody else. */
    record Owned(String content, String message) implements ScriptOutcome {
        @Override
        public Optional<Digest> live() {
            return Optional.empty();
        }
    }

    /** It did not pass, and what was live before still is. */
    record Refused(String content, String message, Optional<Digest> live) implements ScriptOutcome {}

    static ScriptOutcome of(ParserApi.PutResult result, String content, Optional<Digest> before) {
        return switch (result) {
            case ParserApi.PutResult.Live live -> new Live(content, live.sha256(), live.examples());
            case ParserApi.PutResult.Refused refused -> new Refused(content, refused.message(), before);
            case ParserApi.PutResult.Owned owned -> new Owned(content, owned.message());
            case ParserApi.PutResult.Later later -> new Waiting(content, later.why(), before);
            case ParserApi.PutResult.Unavailable unavailable -> new Waiting(content, unavailable.why(), before);
        };
    }

    default State state() {
        return switch (this) {
            case Live live -> State.LIVE;
            case Waiting waiting -> State.WAITING;
            case Owned owned -> State.OWNED;
            case Refused refused -> State.REFUSED;
        };
    }
}
