package io.preservarium.pusher.operator;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.wire.InternalToken;
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
    record Published(String owner, Digest sha256) {
        boolean isOf(ParserOwner somebody) {
            return owner.equals(somebody.word());
        }
    }

    /** What is on the topic. */
    sealed interface Listing {
        record Scripts(Map<ParserRef, Published> all) implements Listing {}

        record Silent(String why) implements Listing {}
    }

    /** What came of handing a script over. */
    sealed interface Handed {
        record Live(Digest sha256, int examples) implements Handed {}

        /** It did not pass, and nothing changed. */
        record Refused(String message) implements Handed {}

        record Owned(String message) implements Handed {}

        /** pusher-api cannot say it now: no connector can check the script, or Kafka is away. */
        record Later(String why) implements Handed {}

        /** Nothing that can be relied on. */
        record Silent(String why) implements Handed {}
    }

    /** What came of taking a script out. */
    sealed interface TakenOut {
        /** It is not on the topic. */
        record Done() implements TakenOut {}

        record OfSomebodyElse() implements TakenOut {}

        record Silent(String why) implements TakenOut {}
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
        this.http = HttpClient.newBuilder()
                .connectTimeout(config.statusApi().timeout())
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    Listing list() throws InterruptedException {
        HttpRequest.Builder request = request("", config.statusApi().timeout()).GET();
        config.statusApi().key().ifPresent(key -> request.header("X-API-Key", key));
        return switch (send(request)) {
            case Sent.Silent silent -> new Listing.Silent(silent.why());
            case Sent.Answer answer ->
                answer.code() == HttpURLConnection.HTTP_OK ? listing(answer) : new Listing.Silent(unexpected(answer));
        };
    }

    /**
     * All or nothing: a script that is overlooked would be taken for one that is gone. Those in files of the connectors are
     * no hindrance, the topic lies over them.
     */
    private static Listing listing(Sent.Answer answer) {
        if (!(answer.body().get("items") instanceof List<?> items)) {
            return new Listing.Silent("an answer that is no list of parser scripts");
        }
        Map<ParserRef, Published> all = new HashMap<>();
        for (Object item : items) {
            if (!(item instanceof Map<?, ?> script)) {
                return new Listing.Silent("a list with something that is no parser script");
            }
            if (script.get("layer") instanceof String layer && !layer.equals(TOPIC)) {
                continue;
            }
            if (!(script.get("owner") instanceof String owner)) {
                return new Listing.Silent("a list with a parser script that has no owner");
            }
            try {
                all.put(
                        new ParserRef(String.valueOf(script.get("ref"))),
                        new Published(owner, new Digest(String.valueOf(script.get("sha256")))));
            } catch (IllegalArgumentException e) {
                return new Listing.Silent("a list with something that is no parser script: " + e.getMessage());
            }
        }
        return new Listing.Scripts(Map.copyOf(all));
    }

    /** Waits for the check, which may take as long as PARSER_CHECK_TIMEOUT. */
    Handed put(PublishedScript.Draft draft, ParserOwner owner) throws InterruptedException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("source", draft.source());
        body.put("companions", draft.companions());
        draft.examples().ifPresent(text -> body.put("examples", text));
        HttpRequest.Builder request = asOwner(
                        request("/" + draft.ref(), config.parserScripts().timeout()), owner)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(json.asJson(body)));
        return switch (send(request)) {
            case Sent.Silent silent -> new Handed.Silent(silent.why());
            case Sent.Answer answer -> handed(answer);
        };
    }

    private static Handed handed(Sent.Answer answer) {
        if (answer.code() == HttpURLConnection.HTTP_OK || answer.code() == HttpURLConnection.HTTP_CREATED) {
            return live(answer);
        }
        if (!answer.isProblem()) {
            return new Handed.Silent(unexpected(answer));
        }
        return switch (answer.code()) {
            case HttpURLConnection.HTTP_BAD_REQUEST,
                    HttpURLConnection.HTTP_ENTITY_TOO_LARGE,
                    HttpURLConnection.HTTP_UNSUPPORTED_TYPE,
                    UNPROCESSABLE -> new Handed.Refused(refusal(answer));
            case HttpURLConnection.HTTP_CONFLICT -> new Handed.Owned(detail(answer));
            case TOO_MANY_REQUESTS, HttpURLConnection.HTTP_UNAVAILABLE, HttpURLConnection.HTTP_INTERNAL_ERROR ->
                new Handed.Later(detail(answer));
            default -> new Handed.Silent(unexpected(answer));
        };
    }

    private static Handed live(Sent.Answer answer) {
        try {
            return new Handed.Live(
                    new Digest(String.valueOf(answer.body().get("sha256"))),
                    answer.body().get("examples") instanceof Number examples ? examples.intValue() : 0);
        } catch (IllegalArgumentException e) {
            return new Handed.Silent("an answer without the digest of the script");
        }
    }

    TakenOut delete(ParserRef ref, ParserOwner owner) throws InterruptedException {
        HttpRequest.Builder request =
                asOwner(request("/" + ref, config.statusApi().timeout()), owner).DELETE();
        return switch (send(request)) {
            case Sent.Silent silent -> new TakenOut.Silent(silent.why());
            case Sent.Answer answer -> {
                boolean isSaidByTheApi = answer.code() == HttpURLConnection.HTTP_NO_CONTENT || answer.isProblem();
                yield switch (answer.code()) {
                    case HttpURLConnection.HTTP_NO_CONTENT, HttpURLConnection.HTTP_NOT_FOUND ->
                        isSaidByTheApi ? new TakenOut.Done() : new TakenOut.Silent(unexpected(answer));
                    case HttpURLConnection.HTTP_CONFLICT ->
                        isSaidByTheApi ? new TakenOut.OfSomebodyElse() : new TakenOut.Silent(unexpected(answer));
                    default -> new TakenOut.Silent(unexpected(answer));
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

        record Silent(String why) implements Sent {}
    }

    private Sent send(HttpRequest.Builder request) throws InterruptedException {
        try {
            HttpResponse<String> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new Sent.Answer(response.statusCode(), StatusApi.isProblem(response), object(response.body()));
        } catch (IOException e) {
            return new Sent.Silent(KafkaSettings.why(e));
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
