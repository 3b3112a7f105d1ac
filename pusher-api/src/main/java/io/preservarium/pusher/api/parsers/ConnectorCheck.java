package io.preservarium.pusher.api.parsers;

import io.preservarium.pusher.api.kafka.KafkaLink;
import io.preservarium.pusher.api.settings.ApiConfig;
import io.preservarium.pusher.api.telemetry.ApiLog;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.ScriptVerdict;
import io.preservarium.pusher.command.wire.InternalToken;
import io.preservarium.pusher.command.wire.ScriptJson;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks a connector whether a script may go live; this service has no engine of its own. */
@Singleton
final class ConnectorCheck {

    /** Right after its start a connector needs some 15 s until a script context is there, on a busy machine more. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String PATH = "/internal/v1/parsers/check";

    /** What came of asking. */
    sealed interface Outcome {
        record Verdict(ScriptVerdict verdict) implements Outcome {}

        /** Nobody could be asked; {@code why} names each connector and what it said. */
        record Nobody(String why) implements Outcome {}
    }

    private final List<URI> connectors;
    private final Optional<InternalToken> token;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(3))
            .build();

    ConnectorCheck(ApiConfig config) {
        this.connectors = config.connectorUrls().orElse(List.of());
        this.token = InternalToken.of(config.internalToken());
    }

    /** The first connector that answers decides. Blocks, at most {@link #PATIENCE} for each. */
    Outcome ask(PublishedScript.Draft draft) throws InterruptedException {
        if (connectors.isEmpty() || token.isEmpty()) {
            return new Outcome.Nobody("CONNECTOR_URLS and INTERNAL_TOKEN must name a connector and the token it takes");
        }
        byte[] body = ScriptJson.write(draft);
        List<String> refusals = new ArrayList<>();
        for (URI connector : connectors) {
            switch (ask(connector, token.get(), body)) {
                case Outcome.Verdict verdict -> {
                    return verdict;
                }
                case Outcome.Nobody nobody -> refusals.add(connector + ": " + nobody.why());
            }
        }
        String why = String.join("; ", refusals);
        ApiLog.LOG.noConnector(draft.ref(), why);
        return new Outcome.Nobody(why);
    }

    private Outcome ask(URI connector, InternalToken token, byte[] body) throws InterruptedException {
        String base = connector.toString();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + PATH))
                .timeout(PATIENCE)
                .header("Authorization", token.header())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return switch (response.statusCode()) {
                case 200 ->
                    ScriptJson.readVerdict(response.body())
                            .<Outcome>map(Outcome.Verdict::new)
                            .orElseGet(() -> new Outcome.Nobody("it answered something else than a verdict"));
                case 413 ->
                    new Outcome.Verdict(
                            new ScriptVerdict.Refused("the script is longer than a connector takes", List.of()));
                default -> new Outcome.Nobody("it answered " + response.statusCode());
            };
        } catch (IOException e) {
            return new Outcome.Nobody(KafkaLink.why(e));
        }
    }
}
