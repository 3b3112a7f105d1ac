package io.preservarium.pusher.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.Protocol;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveryMetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final DeliveryMetrics metrics = new DeliveryMetrics(registry, Protocol.COAP);

    /** The zero times of Go, .NET and of ours; what breaks here breaks the waking of the device's next command. */
    @ParameterizedTest
    @ValueSource(strings = {"0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"})
    void anyTimeThatACommandMayNameCanBeCounted(String timestamp) {
        Instant at = Instant.parse(timestamp);
        metrics.sent(command(at), Samples.START);
        assertThat(timer().count()).isLessThanOrEqualTo(1);
    }

    @Test
    void theTimeFromAcceptanceToTheBytesLeavingIsCounted() {
        metrics.sent(command(Samples.START), Samples.START.plusSeconds(7));
        assertThat(timer().totalTime(TimeUnit.SECONDS)).isEqualTo(7);
    }

    private Timer timer() {
        return registry.get("pusher.command.time.to.sent").timer();
    }

    private static Command command(Instant timestamp) {
        return Samples.command(
                "dev", "r", timestamp, Samples.START.plusSeconds(3_600), Optional.empty(), Optional.empty());
    }
}
