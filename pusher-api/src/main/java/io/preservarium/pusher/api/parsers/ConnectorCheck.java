package io.preservarium.pusher.api.parsers;

import io.preservarium.pusher.api.settings.ApiConfig;
import io.preservarium.pusher.api.telemetry.ApiLog;
import io.preservarium.pusher.calls.ConnectorCalls;
import io.preservarium.pusher.calls.ServiceAnswer;
import io.preservarium.pusher.calls.ServiceClient;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.ScriptVerdict;
import io.preservarium.pusher.command.wire.InternalToken;
import io.preservarium.pusher.command.wire.ScriptJson;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks a connector whether a script may go live; this service has no engine of its own. */
@Singleton
final class ConnectorCheck {

    /** Right after its start a connector needs some 15 s until a script context is there, on a busy machine more. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration CONNECT = Duration.ofSeconds(3);

    /** What came of asking. */
    sealed interface Outcome {
        record Verdict(ScriptVerdict verdict) implements Outcome {}

        /** Nobody could be asked; {@code why} names each connector and what it said. */
        record Nobody(String why) implements Outcome {}
    }

    /** At its address. */
    private record Connector(URI address, ConnectorCalls calls) {}

    private final List<Connector> connectors;
    private final Optional<InternalToken> token;

    ConnectorCheck(ApiConfig config) {
        this.connectors = config.connectorUrls().orElse(List.of()).stream()
                .map(address ->
                        new Connector(address, ServiceClient.of(ConnectorCalls.class, address, CONNECT, PATIENCE)))
                .toList();
        this.token = InternalToken.of(config.internalToken());
    }

    /** The first connector that answers decides. Blocks, at most {@link #PATIENCE} for each. */
    Outcome ask(PublishedScript.Candidate candidate) throws InterruptedException {
        if (connectors.isEmpty() || token.isEmpty()) {
            return new Outcome.Nobody("CONNECTOR_URLS and INTERNAL_TOKEN must name a connector and the token it takes");
        }
        byte[] body = ScriptJson.write(candidate);
        List<String> refusals = new ArrayList<>();
        for (Connector connector : connectors) {
            switch (ask(connector.calls(), token.get(), body)) {
                case Outcome.Verdict verdict -> {
                    return verdict;
                }
                case Outcome.Nobody nobody -> refusals.add(connector.address() + ": " + nobody.why());
            }
        }
        String why = String.join("; ", refusals);
        ApiLog.LOG.noConnector(candidate.draft().ref(), why);
        return new Outcome.Nobody(why);
    }

    private static Outcome ask(ConnectorCalls connector, InternalToken token, byte[] body) throws InterruptedException {
        return switch (ServiceAnswer.to(() -> connector.checkParser(token.header(), body))) {
            case ServiceAnswer.Missing missing -> new Outcome.Nobody(missing.why());
            case ServiceAnswer.Given given ->
                switch (given.status()) {
                    case 200 ->
                        ScriptJson.readVerdict(given.body())
                                .<Outcome>map(Outcome.Verdict::new)
                                .orElseGet(() -> new Outcome.Nobody("it answered something else than a verdict"));
                    case 413 ->
                        new Outcome.Verdict(
                                new ScriptVerdict.Refused("the script is longer than a connector takes", List.of()));
                    default -> new Outcome.Nobody("it answered " + given.status());
                };
        };
    }
}
