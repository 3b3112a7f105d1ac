package io.preservarium.pusher.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.api.kafka.Published;
import io.preservarium.pusher.calls.messages.Problem;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.wire.Violation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProblemsTest {

    @Test
    void aViolationIsNamedInEveryMember() {
        Problem problem = Problems.invalid(List.of(new Violation("device_id", "is required")));
        assertThat(problem.type()).isEqualTo("CommandValidationError");
        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem.detail()).isEqualTo("device_id: is required").isEqualTo(problem.error());
        assertThat(problem.violations()).containsExactly(new Violation("device_id", "is required"));
        assertThat(problem.requestId()).isEmpty();
    }

    @Test
    void kafkaTroubleSaysWhetherTheCommandMayBeThere() {
        Problem unknown =
                Problems.kafka(new RequestId("r1"), new Published.Failed(Published.Outcome.UNKNOWN, "no answer"));
        assertThat(unknown.type()).isEqualTo("KafkaConnectionError");
        assertThat(unknown.outcome()).hasValue("unknown");
        assertThat(unknown.requestId()).hasValue("r1");
        assertThat(unknown.detail()).contains("repeating it with the same id is safe");
        Problem notSent =
                Problems.kafka(new RequestId("r1"), new Published.Failed(Published.Outcome.NOT_SENT, "no broker"));
        assertThat(notSent.outcome()).hasValue("not_sent");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 405, 406, 413, 414, 415, 431, 500, 503})
    void everyStatusOfHttpHasAProblem(int status) {
        Problem problem = Problems.ofStatus(status);
        assertThat(problem.status()).isEqualTo(status);
        assertThat(problem.type()).isNotBlank();
        assertThat(problem.title()).isNotBlank();
        assertThat(problem.detail()).isNotBlank();
    }
}
