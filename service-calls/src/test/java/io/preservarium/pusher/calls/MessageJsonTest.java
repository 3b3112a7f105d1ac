package io.preservarium.pusher.calls;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.calls.messages.CommandStatusResponse;
import io.preservarium.pusher.calls.messages.MessageJson;
import io.preservarium.pusher.calls.messages.ParserList;
import io.preservarium.pusher.calls.messages.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageJsonTest {

    @Test
    void aStatusIsReadAsPusherApiWritesIt() {
        CommandStatusResponse status = read("""
                {"request_id":"r","device_id":"d","state":"sent","final":true,"accepted_at":"2026-11-21T10:00:01.500Z",
                 "later_release":{"a":[1]},"attempts":1,"parser":{"ref":"a.py"},"history":[
                 {"state":"sent","at":"2026-11-21T10:00:03Z","attempt":1,"source":"mqtt-0","late":true,
                  "bytes":{"length":3,"sha256":"00"}}]}
                """, CommandStatusResponse.class).orElseThrow();
        assertThat(status._final()).isTrue();
        assertThat(status.protocol()).isEmpty();
        assertThat(status.acceptedAt()).contains(Instant.parse("2026-11-21T10:00:01.500Z"));
        assertThat(status.parser()).contains(new CommandStatusResponse.Parser("a.py", Optional.empty()));
        assertThat(status.history().getFirst().bytes()).contains(new CommandStatusResponse.Bytes(3, "00"));
        assertThat(status.history().getFirst().late()).isTrue();
    }

    @Test
    void whatAProblemDoesNotSayIsEmpty() {
        Problem problem = read("{}", Problem.class).orElseThrow();
        assertThat(problem.detail()).isEmpty();
        assertThat(problem.violations()).isEmpty();
        assertThat(problem.results()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "not json",
                "[]",
                "{}",
                "{\"items\":null}",
                "{\"items\":[null]}",
                "{\"items\":[{}]}",
                "{\"items\":[{\"ref\":\"a.py\"}]}",
                "{\"items\":[]} {}"
            })
    void whatIsNoListReadsAsEmpty(String text) {
        assertThat(read(text, ParserList.class)).isEmpty();
    }

    private static <T> Optional<T> read(String text, Class<T> message) {
        return MessageJson.read(text.getBytes(StandardCharsets.UTF_8), message);
    }
}
