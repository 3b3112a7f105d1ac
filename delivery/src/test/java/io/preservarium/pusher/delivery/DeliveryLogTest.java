package io.preservarium.pusher.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.StatusEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said about an event, with its id, and only when somebody asks for it. */
class DeliveryLogTest {

    private final Logger log = Logger.getLogger("io.preservarium.pusher.delivery");
    private final List<String> lines = new ArrayList<>();
    private final Handler noting = new Handler() {
        @Override
        public void publish(LogRecord record) {
            lines.add(record.getLevel() + " " + record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        log.addHandler(noting);
    }

    @AfterEach
    void stopListening() {
        log.removeHandler(noting);
        log.setLevel(null);
    }

    @Test
    void anEventIsSaidAtDebugOnly() {
        DeliveryLog.LOG.decided(event());
        assertThat(lines).isEmpty();

        log.setLevel(Level.FINE);
        DeliveryLog.LOG.decided(event());
        assertThat(lines).containsExactly("DEBUG PUSHER-203: Command r1 of device dev: sending, attempt 2");
    }

    @Test
    void anEventThatKafkaDidNotTakeIsNamedWithWhy() {
        DeliveryLog.LOG.notWritten(event(), new IllegalStateException("gone"));
        assertThat(lines)
                .containsExactly("ERROR PUSHER-204: Event sending (attempt 2) of command r1 did not reach Kafka:"
                        + " java.lang.IllegalStateException: gone; the command is looked at again");
    }

    private static StatusEvent event() {
        return StatusEvent.about(Samples.command("dev", "r1"), CommandState.SENDING, Samples.START, "a")
                .attempt(2)
                .build();
    }
}
