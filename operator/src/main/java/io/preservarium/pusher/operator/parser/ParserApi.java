package io.preservarium.pusher.operator.parser;

import io.preservarium.pusher.calls.ParserCalls;
import io.preservarium.pusher.calls.ServiceAnswer;
import io.preservarium.pusher.calls.messages.ParserList;
import io.preservarium.pusher.calls.messages.ParserPublished;
import io.preservarium.pusher.calls.messages.ParserResponse;
import io.preservarium.pusher.calls.messages.Problem;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.wire.InternalToken;
import io.preservarium.pusher.command.wire.ScriptJson;
import io.preservarium.pusher.command.wire.Violation;
import io.preservarium.pusher.operator.installation.OperatorConfig;
import io.preservarium.pusher.operator.installation.PusherApi;
import java.net.HttpURLConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Parser scripts at pusher-api, {@code /api/v1/parsers}: which are live, hand one over, take one out. */
final class ParserApi {

    /** A script on the topic. */
    record LiveScript(String owner, Digest sha256) {
        boolean isOf(ParserOwner somebody) {
            return owner.equals(somebody.word());
        }
    }

    /** What is on the topic. */
    sealed interface Listing {
        record Scripts(Map<ParserRef, LiveScript> all) implements Listing {}

        record Unavailable(String why) implements Listing {}
    }

    /** What came of handing a script over. */
    sealed interface PutResult {
        record Live(Digest sha256, int examples) implements PutResult {}

        /** It did not pass, and nothing changed. */
        record Refused(String message) implements PutResult {}

        record Owned(String message) implements PutResult {}

        /** pusher-api cannot say it now: no connector can check the script, or Kafka is away. */
        record Later(String why) implements PutResult {}

        /** Nothing that can be relied on. */
        record Unavailable(String why) implements PutResult {}
    }

    /** What came of taking a script out. */
    sealed interface DeleteResult {
        /** It is not on the topic. */
        record Done() implements DeleteResult {}

        record OfSomebodyElse() implements DeleteResult {}

        record Unavailable(String why) implements DeleteResult {}
    }

    private static final int UNPROCESSABLE = 422;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int LONGEST_MESSAGE = 500;
    private static final String NO_DIGEST = "an answer without the digest of the script";

    private final Optional<String> key;
    private final Optional<String> token;
    private final ParserCalls calls;
    private final ParserCalls checkedCalls;

    ParserApi(OperatorConfig config, PusherApi api) {
        this.key = config.statusApi().key();
        this.token = InternalToken.of(config.parserScripts().token()).map(InternalToken::header);
        this.calls = api.client(ParserCalls.class, config.statusApi().timeout());
        this.checkedCalls = api.client(ParserCalls.class, config.parserScripts().timeout());
    }

    Listing list() throws InterruptedException {
        return switch (ServiceAnswer.to(() -> calls.listParsers(key))) {
            case ServiceAnswer.Missing missing -> new Listing.Unavailable(missing.why());
            case ServiceAnswer.Given given ->
                given.status() == HttpURLConnection.HTTP_OK
                        ? given.read(ParserList.class)
                                .map(ParserApi::listing)
                                .orElseGet(() -> new Listing.Unavailable("an answer that is no list of parser scripts"))
                        : new Listing.Unavailable(unexpected(given));
        };
    }

    /**
     * All or nothing: a script that is overlooked would be taken for one that is gone. Those in files of the connectors are
     * no hindrance, the topic lies over them.
     */
    private static Listing listing(ParserList list) {
        Map<ParserRef, LiveScript> all = new HashMap<>();
        for (ParserResponse script : list.items()) {
            if (!script.layer().equals(ParserLayer.TOPIC.word())) {
                continue;
            }
            if (script.owner().isEmpty()) {
                return new Listing.Unavailable("a list with a parser script that has no owner");
            }
            try {
                all.put(
                        new ParserRef(script.ref()),
                        new LiveScript(script.owner().get(), new Digest(script.sha256())));
            } catch (IllegalArgumentException e) {
                return new Listing.Unavailable("a list with something that is no parser script: " + e.getMessage());
            }
        }
        return new Listing.Scripts(Map.copyOf(all));
    }

    /** Waits for the check, which may take as long as PARSER_CHECK_TIMEOUT. */
    PutResult put(PublishedScript.Draft draft, ParserOwner owner) throws InterruptedException {
        byte[] upload = ScriptJson.writeUpload(draft);
        String ref = draft.ref().value();
        return switch (ServiceAnswer.to(() -> checkedCalls.putParser(token, owner.word(), ref, upload))) {
            case ServiceAnswer.Missing missing -> new PutResult.Unavailable(missing.why());
            case ServiceAnswer.Given given -> putResult(given);
        };
    }

    private static PutResult putResult(ServiceAnswer.Given answer) {
        if (answer.status() == HttpURLConnection.HTTP_OK || answer.status() == HttpURLConnection.HTTP_CREATED) {
            return live(answer);
        }
        if (!answer.isProblem()) {
            return new PutResult.Unavailable(unexpected(answer));
        }
        return switch (answer.status()) {
            case HttpURLConnection.HTTP_BAD_REQUEST,
                    HttpURLConnection.HTTP_ENTITY_TOO_LARGE,
                    HttpURLConnection.HTTP_UNSUPPORTED_TYPE,
                    UNPROCESSABLE -> new PutResult.Refused(refusal(answer));
            case HttpURLConnection.HTTP_CONFLICT -> new PutResult.Owned(detail(answer));
            case TOO_MANY_REQUESTS, HttpURLConnection.HTTP_UNAVAILABLE, HttpURLConnection.HTTP_INTERNAL_ERROR ->
                new PutResult.Later(detail(answer));
            default -> new PutResult.Unavailable(unexpected(answer));
        };
    }

    private static PutResult live(ServiceAnswer.Given answer) {
        try {
            return answer.read(ParserPublished.class)
                    .<PutResult>map(live -> new PutResult.Live(new Digest(live.sha256()), live.examples()))
                    .orElseGet(() -> new PutResult.Unavailable(NO_DIGEST));
        } catch (IllegalArgumentException e) {
            return new PutResult.Unavailable(NO_DIGEST);
        }
    }

    DeleteResult delete(ParserRef ref, ParserOwner owner) throws InterruptedException {
        return switch (ServiceAnswer.to(() -> calls.deleteParser(token, owner.word(), ref.value()))) {
            case ServiceAnswer.Missing missing -> new DeleteResult.Unavailable(missing.why());
            case ServiceAnswer.Given given ->
                switch (given.status()) {
                    case HttpURLConnection.HTTP_NO_CONTENT -> new DeleteResult.Done();
                    case HttpURLConnection.HTTP_NOT_FOUND ->
                        given.isProblem() ? new DeleteResult.Done() : new DeleteResult.Unavailable(unexpected(given));
                    case HttpURLConnection.HTTP_CONFLICT ->
                        given.isProblem()
                                ? new DeleteResult.OfSomebodyElse()
                                : new DeleteResult.Unavailable(unexpected(given));
                    default -> new DeleteResult.Unavailable(unexpected(given));
                };
        };
    }

    /** The first thing that is wrong; the first failing example is named as {@code examples.<name>}. */
    private static String refusal(ServiceAnswer.Given answer) {
        List<Violation> violations =
                answer.read(Problem.class).map(Problem::violations).orElse(List.of());
        if (violations.isEmpty()) {
            return detail(answer);
        }
        Violation first = violations.getFirst();
        String rest = violations.size() > 1 ? " (and " + (violations.size() - 1) + " more)" : "";
        return bounded(first.field() + ": " + first.message()) + rest;
    }

    private static String detail(ServiceAnswer.Given answer) {
        return said(answer).orElseGet(() -> unexpected(answer));
    }

    private static Optional<String> said(ServiceAnswer.Given answer) {
        return answer.read(Problem.class)
                .map(Problem::detail)
                .filter(detail -> !detail.isEmpty())
                .map(ParserApi::bounded);
    }

    private static String unexpected(ServiceAnswer.Given answer) {
        return switch (answer.status()) {
            case HttpURLConnection.HTTP_UNAUTHORIZED, HttpURLConnection.HTTP_FORBIDDEN ->
                "status " + answer.status() + ": INTERNAL_TOKEN must be the one of pusher-api";
            case HttpURLConnection.HTTP_UNAVAILABLE ->
                "status 503" + said(answer).map(detail -> ": " + detail).orElse("");
            default -> "status " + answer.status();
        };
    }

    private static String bounded(String text) {
        return text.length() <= LONGEST_MESSAGE ? text : text.substring(0, LONGEST_MESSAGE) + "…";
    }
}
