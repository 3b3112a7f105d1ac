package io.preservarium.pusher.operator.command;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommandStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * A verdict as a resource's status; the only place that writes conditions. Accepted, Finished and Succeeded are ours,
 * Reconciling and Stalled are those of kstatus (sigs.k8s.io/cli-utils, pkg/kstatus).
 */
final class Conditions {

    private static final int LONGEST_MESSAGE = 1024;

    private final long generation;
    private final List<Condition> before;
    private final Instant now;

    private Conditions(long generation, List<Condition> before, Instant now) {
        this.generation = generation;
        this.before = before;
        this.now = now;
    }

    static DeviceCommandStatus status(
            RequestId request, Verdict verdict, long generation, List<Condition> before, Instant now) {
        Conditions conditions = new Conditions(generation, before, now);
        return switch (verdict) {
            case Verdict.Published published -> conditions.published(request, published);
            case Verdict.Refused refused -> conditions.refused(request, refused);
        };
    }

    /** The same status, noted to have seen this generation. */
    static DeviceCommandStatus seen(DeviceCommandStatus status, long generation) {
        return new DeviceCommandStatus(
                generation,
                status.requestId(),
                status.state(),
                status.isFinal(),
                status.reason(),
                status.message(),
                status.acceptedAt(),
                status.finishedAt(),
                status.attempts(),
                status.bytes(),
                status.parserScript(),
                status.conditionList().stream()
                        .map(condition -> new ConditionBuilder(condition)
                                .withObservedGeneration(generation)
                                .build())
                        .toList());
    }

    private DeviceCommandStatus published(RequestId request, Verdict.Published verdict) {
        Progress progress = verdict.progress();
        String word = camel(progress.state());
        String reason = progress.reason().map(Conditions::camel).orElse(word);
        String message = bounded(progress.message().orElseGet(() -> sentence(progress.state())));
        boolean done = progress.isFinal();
        boolean well = done && isGood(progress.state());
        List<Condition> conditions = List.of(
                condition("Accepted", "True", "Published", "Kafka has the command"),
                condition("Finished", done ? "True" : "False", word, message),
                condition("Succeeded", done ? (well ? "True" : "False") : "Unknown", reason, message),
                condition("Reconciling", done ? "False" : "True", word, message),
                isStalled(progress.state(), done)
                        ? condition("Stalled", "True", reason, message)
                        : condition("Stalled", "False", word, message));
        return new DeviceCommandStatus(
                generation,
                request.value(),
                progress.state().word(),
                done,
                progress.reason().map(Reason::name).orElse(null),
                progress.message().map(Conditions::bounded).orElse(null),
                time(verdict.acceptedAt()),
                progress.finalAt().filter(at -> done).map(Conditions::time).orElse(null),
                progress.attempt(),
                progress.bytes()
                        .map(bytes -> new DeviceCommandStatus.SentBytes(
                                bytes.length(), bytes.sha256().hex()))
                        .orElse(null),
                progress.parser()
                        .map(parser -> new DeviceCommandStatus.ParserScript(
                                parser.ref().value(), parser.sha256().hex()))
                        .orElse(null),
                conditions);
    }

    private DeviceCommandStatus refused(RequestId request, Verdict.Refused verdict) {
        String reason = verdict.refusal().word();
        String message = bounded("Nothing was published: " + verdict.message());
        CommandState state = verdict.refusal().state();
        List<Condition> conditions = List.of(
                condition("Accepted", "False", reason, message),
                condition("Finished", "True", camel(state), message),
                condition("Succeeded", "False", reason, message),
                condition("Reconciling", "False", camel(state), message),
                condition("Stalled", isStalled(state, true) ? "True" : "False", reason, message));
        return new DeviceCommandStatus(
                generation,
                request.value(),
                state.word(),
                true,
                verdict.refusal().reason().map(Reason::name).orElse(null),
                message,
                null,
                time(verdict.at()),
                0,
                null,
                null,
                conditions);
    }

    private Condition condition(String type, String status, String reason, String message) {
        String since = before.stream()
                .filter(old -> old.getType().equals(type) && old.getStatus().equals(status))
                .map(Condition::getLastTransitionTime)
                .findFirst()
                .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(since)
                .withObservedGeneration(generation)
                .build();
    }

    private static boolean isGood(CommandState state) {
        return switch (state) {
            case SENT, DELIVERED, SUCCEEDED -> true;
            case ACCEPTED, QUEUED, SENDING, FAILED, EXPIRED, CANCELLED, TIMED_OUT -> false;
        };
    }

    /** Somebody must look at it; a cancellation was asked for and is no trouble. */
    private static boolean isStalled(CommandState state, boolean done) {
        return switch (state) {
            case FAILED, EXPIRED, TIMED_OUT -> done;
            case ACCEPTED, QUEUED, SENDING, SENT, DELIVERED, SUCCEEDED, CANCELLED -> false;
        };
    }

    static String sentence(CommandState state) {
        return switch (state) {
            case ACCEPTED -> "Kafka has the command";
            case QUEUED -> "The connector has the command and waits for the device, the broker or notBefore";
            case SENDING -> "An attempt is under way";
            case SENT -> "The bytes left the connector";
            case DELIVERED -> "The device confirmed the exchange";
            case SUCCEEDED -> "The device said so";
            case FAILED -> "The command will not be done";
            case EXPIRED -> "The command expired before any attempt";
            case CANCELLED -> "The command was cancelled";
            case TIMED_OUT -> "No answer came in time";
        };
    }

    /** As reasons of conditions and Events are written: {@code timed_out} becomes {@code TimedOut}. */
    static String camel(CommandState state) {
        return camel(state.word());
    }

    static String camel(Reason reason) {
        return camel(reason.name().toLowerCase(Locale.ROOT));
    }

    private static String camel(String words) {
        StringBuilder camel = new StringBuilder();
        for (String word : words.split("_", -1)) {
            camel.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
        }
        return camel.toString();
    }

    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static String bounded(String text) {
        return text.length() <= LONGEST_MESSAGE ? text : text.substring(0, LONGEST_MESSAGE) + "…";
    }
}
