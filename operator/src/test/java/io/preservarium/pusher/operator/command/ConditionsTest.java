package io.preservarium.pusher.operator.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.operator.Resources;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommandStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionsTest {

    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00.123Z");
    private static final RequestId ID = new RequestId("r1");

    @ParameterizedTest
    @CsvSource({
        "ACCEPTED,  false, Accepted=True Finished=False Succeeded=Unknown Reconciling=True Stalled=False",
        "QUEUED,    false, Accepted=True Finished=False Succeeded=Unknown Reconciling=True Stalled=False",
        "SENT,      false, Accepted=True Finished=False Succeeded=Unknown Reconciling=True Stalled=False",
        "SENT,      true,  Accepted=True Finished=True Succeeded=True Reconciling=False Stalled=False",
        "DELIVERED, true,  Accepted=True Finished=True Succeeded=True Reconciling=False Stalled=False",
        "SUCCEEDED, true,  Accepted=True Finished=True Succeeded=True Reconciling=False Stalled=False",
        "FAILED,    true,  Accepted=True Finished=True Succeeded=False Reconciling=False Stalled=True",
        "EXPIRED,   true,  Accepted=True Finished=True Succeeded=False Reconciling=False Stalled=True",
        "TIMED_OUT, true,  Accepted=True Finished=True Succeeded=False Reconciling=False Stalled=True",
        "CANCELLED, true,  Accepted=True Finished=True Succeeded=False Reconciling=False Stalled=False",
    })
    void conditionsFollowTheState(CommandState state, boolean isFinal, String expected) {
        assertThat(summary(status(progress(state, isFinal), List.of(), NOW))).isEqualTo(expected);
    }

    @Test
    void finishedIsTheOneToWaitForHoweverItEnded() {
        assertThat(summary(Conditions.status(
                        ID, new Verdict.Refused(Verdict.Refusal.INVALID, "because", NOW), 1, List.of(), NOW)))
                .isEqualTo("Accepted=False Finished=True Succeeded=False Reconciling=False Stalled=True");
    }

    @Test
    void aConditionThatStaysKeepsItsTime() {
        DeviceCommandStatus first = status(progress(CommandState.ACCEPTED, false), List.of(), NOW);
        Instant later = NOW.plusSeconds(60);
        DeviceCommandStatus second = status(progress(CommandState.SENT, true), first.conditionList(), later);
        assertThat(time(second, "Accepted")).isEqualTo("2026-11-21T10:00:00Z");
        assertThat(time(second, "Finished")).isEqualTo("2026-11-21T10:01:00Z");
    }

    @Test
    void theStatusSaysWhatIsKnownAndNothingElse() {
        DeviceCommandStatus status = status(progress(CommandState.FAILED, true), List.of(), NOW);
        assertThat(Resources.YAML.asJson(status)).startsWith("""
                        {"observedGeneration":1,"requestId":"r1","state":"failed","final":true,"reason":"PARSER_NOT_FOUND",\
                        "message":"no such script","acceptedAt":"2026-11-21T10:00:00.123Z","finishedAt":"2026-11-21T10:00:00.123Z",\
                        "attempts":2,"bytes":{"length":3,"sha256":"039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81"},\
                        "parserScript":{"ref":"a.py","sha256":"039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81"},\
                        "conditions":[{""");
        assertThat(reason(status, "Succeeded")).isEqualTo("ParserNotFound");
    }

    private static DeviceCommandStatus status(Progress progress, List<Condition> before, Instant now) {
        return Conditions.status(ID, new Verdict.Published(NOW, progress), 1, before, now);
    }

    private static Progress progress(CommandState state, boolean isFinal) {
        boolean failed = state == CommandState.FAILED;
        StatusEvent.SentBytes bytes = StatusEvent.SentBytes.of(new byte[] {1, 2, 3});
        return new Progress(
                state,
                isFinal,
                2,
                failed ? Optional.of(Reason.PARSER_NOT_FOUND) : Optional.empty(),
                failed ? Optional.of("no such script") : Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                isFinal ? Optional.of(NOW) : Optional.empty(),
                Optional.of(new ParserVersion(new ParserRef("a.py"), Digest.of(new byte[] {1, 2, 3}))),
                Optional.of(bytes),
                Set.of());
    }

    private static String summary(DeviceCommandStatus status) {
        return status.conditionList().stream()
                .map(condition -> condition.getType() + "=" + condition.getStatus())
                .collect(Collectors.joining(" "));
    }

    private static String time(DeviceCommandStatus status, String type) {
        return one(status, type).getLastTransitionTime();
    }

    private static String reason(DeviceCommandStatus status, String type) {
        return one(status, type).getReason();
    }

    private static Condition one(DeviceCommandStatus status, String type) {
        return status.conditionList().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst()
                .orElseThrow();
    }
}
