package io.preservarium.pusher.operator.command.progress;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.wire.CommandDigest;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.operator.installation.OperatorConfig;
import io.preservarium.pusher.operator.installation.PusherApi;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks pusher-api whether a command is in Kafka and how far it has come: {@code GET /api/v1/commands/{id}/status}. */
public final class StatusApi {

    /** What it says. */
    public sealed interface Answer {
        /** {@code saysTheSame}: whether the command under this id is the one that was asked for. */
        record Known(Instant acceptedAt, Progress progress, boolean saysTheSame) implements Answer {}

        /** No such command, up to the end of the topic as it was at the question. */
        record Absent() implements Answer {}

        /** Nothing that can be relied on. */
        record Unavailable(String why) implements Answer {}
    }

    private final OperatorConfig.StatusApiSettings settings;
    private final KubernetesSerialization json;
    private final HttpClient http;

    public StatusApi(OperatorConfig.StatusApiSettings settings, KubernetesSerialization json) {
        this.settings = settings;
        this.json = json;
        this.http = PusherApi.client(settings);
    }

    /** An id from a key may be that of another device's command, which is found too with {@code ofAnyDevice}. */
    public Answer ask(Command command, boolean ofAnyDevice) throws InterruptedException {
        String device = ofAnyDevice
                ? ""
                : "?device_id=" + URLEncoder.encode(command.deviceId().value(), StandardCharsets.UTF_8);
        URI uri = settings.at("/api/v1/commands/" + command.requestId() + "/status" + device);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).timeout(settings.timeout()).header("Accept", "application/json");
        settings.key().ifPresent(key -> request.header("X-API-Key", key));
        try {
            HttpResponse<String> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            return switch (response.statusCode()) {
                case 200 -> read(response.body(), command);
                case 404 ->
                    PusherApi.isProblem(response)
                            ? new Answer.Absent()
                            : new Answer.Unavailable("404 of something that is not pusher-api");
                default -> new Answer.Unavailable("status " + response.statusCode());
            };
        } catch (IOException e) {
            return new Answer.Unavailable(KafkaSettings.why(e));
        }
    }

    /** The history holds the command's events in the order of the record; they are folded like those from Kafka. */
    private Answer read(String body, Command command) {
        Map<?, ?> answer;
        try {
            answer = json.unmarshal(body, Map.class);
        } catch (RuntimeException e) {
            return new Answer.Unavailable("an answer that is not JSON");
        }
        if (!command.requestId().value().equals(answer.get("request_id"))
                || !(answer.get("history") instanceof List<?> history)) {
            return new Answer.Unavailable("an answer that is not this command's status");
        }
        Progress progress = Progress.accepted();
        for (Object item : history) {
            if (item instanceof Map<?, ?> entry) {
                progress = fold(progress, entry, command);
            }
        }
        boolean saysAnother = answer.get("command_sha256") instanceof String sha
                && !sha.equals(CommandDigest.of(command).hex());
        return new Answer.Known(acceptedAt(answer).orElse(command.timestamp()), progress, !saysAnother);
    }

    private Progress fold(Progress progress, Map<?, ?> entry, Command command) {
        Map<Object, Object> event = new HashMap<>(entry);
        event.put("request_id", command.requestId().value());
        event.put("device_id", command.deviceId().value());
        event.put(
                "final",
                CommandState.of(String.valueOf(entry.get("state")))
                        .map(state -> state.isFinal(command.expect()))
                        .orElse(false));
        if (CommandState.ACCEPTED.word().equals(entry.get("state"))) {
            return progress;
        }
        return StatusJson.read(json.asJson(event).getBytes(StandardCharsets.UTF_8))
                .ifValid()
                .map(read -> progress.apply(read).progress())
                .orElse(progress);
    }

    private static Optional<Instant> acceptedAt(Map<?, ?> answer) {
        try {
            return answer.get("accepted_at") instanceof String text
                    ? Optional.of(Instant.parse(text))
                    : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
