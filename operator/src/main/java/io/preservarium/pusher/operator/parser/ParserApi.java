package io.preservarium.pusher.operator.parser;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.wire.InternalToken;
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.operator.installation.OperatorConfig;
import io.preservarium.pusher.operator.installation.PusherApi;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
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

    /** Where REST and ConfigMaps write to. */
    private static final String TOPIC = "topic";

    private static final int UNPROCESSABLE = 422;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int LONGEST_MESSAGE = 500;

    private final OperatorConfig config;
    private final Optional<InternalToken> token;
    private final KubernetesSerialization json;
    private final HttpClient http;

    ParserApi(OperatorConfig config, KubernetesSerialization json) {
        this.config = config;
        this.token = InternalToken.of(config.parserScripts().token());
        this.json = json;
        this.http = PusherApi.client(config.statusApi());
    }

    Listing list() throws InterruptedException {
        HttpRequest.Builder request = request("", config.statusApi().timeout()).GET();
        config.statusApi().key().ifPresent(key -> request.header("X-API-Key", key));
        return switch (send(request)) {
            case Sent.Unavailable unavailable -> new Listing.Unavailable(unavailable.why());
            case Sent.Answer answer ->
                answer.code() == HttpURLConnection.HTTP_OK
                        ? listing(answer)
                        : new Listing.Unavailable(unexpected(answer));
        };
    }

    /**
     * All or nothing: a script that is overlooked would be taken for one that is gone. Those in files of the connectors are
     * no hindrance, the topic lies over them.
     */
    private static Listing listing(Sent.Answer answer) {
        if (!(answer.body().get("items") instanceof List<?> items)) {
            return new Listing.Unavailable("an answer that is no list of parser scripts");
        }
        Map<ParserRef, LiveScript> all = new HashMap<>();
        for (Object item : items) {
            if (!(item instanceof Map<?, ?> script)) {
                return new Listing.Unavailable("a list with something that is no parser script");
            }
            if (script.get("layer") instanceof String layer && !layer.equals(TOPIC)) {
                continue;
            }
            if (!(script.get("owner") instanceof String owner)) {
                return new Listing.Unavailable("a list with a parser script that has no owner");
            }
            try {
                all.put(
                        new ParserRef(String.valueOf(script.get("ref"))),
                        new LiveScript(owner, new Digest(String.valueOf(script.get("sha256")))));
            } catch (IllegalArgumentException e) {
                return new Listing.Unavailable("a list with something that is no parser script: " + e.getMessage());
            }
        }
        return new Listing.Scripts(Map.copyOf(all));
    }

    /** Waits for the check, which may take as long as PARSER_CHECK_TIMEOUT. */
    PutResult put(PublishedScript.Draft draft, ParserOwner owner) throws InterruptedException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("source", draft.source());
        body.put("companions", draft.companions());
        draft.examples().ifPresent(text -> body.put("examples", text));
        HttpRequest.Builder request = asOwner(
                        request("/" + draft.ref(), config.parserScripts().timeout()), owner)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(json.asJson(body)));
        return switch (send(request)) {
            case Sent.Unavailable unavailable -> new PutResult.Unavailable(unavailable.why());
            case Sent.Answer answer -> putResult(answer);
        };
    }

    private static PutResult putResult(Sent.Answer answer) {
        if (answer.code() == HttpURLConnection.HTTP_OK || answer.code() == HttpURLConnection.HTTP_CREATED) {
            return live(answer);
        }
        if (!answer.isProblem()) {
            return new PutResult.Unavailable(unexpected(answer));
        }
        return switch (answer.code()) {
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

    private static PutResult live(Sent.Answer answer) {
        try {
            return new PutResult.Live(
                    new Digest(String.valueOf(answer.body().get("sha256"))),
                    answer.body().get("examples") instanceof Number examples ? examples.intValue() : 0);
        } catch (IllegalArgumentException e) {
            return new PutResult.Unavailable("an answer without the digest of the script");
        }
    }

    DeleteResult delete(ParserRef ref, ParserOwner owner) throws InterruptedException {
        HttpRequest.Builder request =
                asOwner(request("/" + ref, config.statusApi().timeout()), owner).DELETE();
        return switch (send(request)) {
            case Sent.Unavailable unavailable -> new DeleteResult.Unavailable(unavailable.why());
            case Sent.Answer answer -> {
                boolean isSaidByTheApi = answer.code() == HttpURLConnection.HTTP_NO_CONTENT || answer.isProblem();
                yield switch (answer.code()) {
                    case HttpURLConnection.HTTP_NO_CONTENT, HttpURLConnection.HTTP_NOT_FOUND ->
                        isSaidByTheApi ? new DeleteResult.Done() : new DeleteResult.Unavailable(unexpected(answer));
                    case HttpURLConnection.HTTP_CONFLICT ->
                        isSaidByTheApi
                                ? new DeleteResult.OfSomebodyElse()
                                : new DeleteResult.Unavailable(unexpected(answer));
                    default -> new DeleteResult.Unavailable(unexpected(answer));
                };
            }
        };
    }

    private HttpRequest.Builder request(String path, Duration timeout) {
        return HttpRequest.newBuilder(config.statusApi().at("/api/v1/parsers" + path))
                .timeout(timeout)
                .header("Accept", "application/json");
    }

    private HttpRequest.Builder asOwner(HttpRequest.Builder request, ParserOwner owner) {
        token.ifPresent(own -> request.header("Authorization", own.header()));
        return request.header("X-Parser-Owner", owner.word());
    }

    /** What came over the wire. */
    private sealed interface Sent {
        record Answer(int code, boolean isProblem, Map<?, ?> body) implements Sent {}

        record Unavailable(String why) implements Sent {}
    }

    private Sent send(HttpRequest.Builder request) throws InterruptedException {
        try {
            HttpResponse<String> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new Sent.Answer(response.statusCode(), PusherApi.isProblem(response), object(response.body()));
        } catch (IOException e) {
            return new Sent.Unavailable(KafkaSettings.why(e));
        }
    }

    private Map<?, ?> object(String body) {
        if (body.isBlank()) {
            return Map.of();
        }
        try {
            return json.unmarshal(body, Object.class) instanceof Map<?, ?> map ? map : Map.of();
        } catch (RuntimeException e) {
            return Map.of();
        }
    }

    /** The first thing that is wrong; the first failing example is named as {@code examples.<name>}. */
    private static String refusal(Sent.Answer answer) {
        if (!(answer.body().get("violations") instanceof List<?> violations)
                || violations.isEmpty()
                || !(violations.getFirst() instanceof Map<?, ?> first)) {
            return detail(answer);
        }
        String rest = violations.size() > 1 ? " (and " + (violations.size() - 1) + " more)" : "";
        return bounded(first.get("field") + ": " + first.get("message")) + rest;
    }

    private static String detail(Sent.Answer answer) {
        return Optional.ofNullable(answer.body().get("detail"))
                .map(detail -> bounded(String.valueOf(detail)))
                .orElseGet(() -> unexpected(answer));
    }

    private static String unexpected(Sent.Answer answer) {
        return switch (answer.code()) {
            case HttpURLConnection.HTTP_UNAUTHORIZED, HttpURLConnection.HTTP_FORBIDDEN ->
                "status " + answer.code() + ": INTERNAL_TOKEN must be the one of pusher-api";
            case HttpURLConnection.HTTP_UNAVAILABLE ->
                "status 503"
                        + Optional.ofNullable(answer.body().get("detail"))
                                .map(detail -> ": " + bounded(String.valueOf(detail)))
                                .orElse("");
            default -> "status " + answer.code();
        };
    }

    private static String bounded(String text) {
        return text.length() <= LONGEST_MESSAGE ? text : text.substring(0, LONGEST_MESSAGE) + "…";
    }
}
