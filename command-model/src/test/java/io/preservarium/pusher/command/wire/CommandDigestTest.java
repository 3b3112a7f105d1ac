package io.preservarium.pusher.command.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.RequestId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandDigestTest {

    private static final Instant NOW = Instant.parse("2026-11-21T01:52:00.123456Z");
    private static final String BODY = """
            {"device_id":"d","command_type":"t","protocol":"mqtt","topic":"a/b","not_before":"2026-11-22T00:00:00.123456Z",
             "payload":{"a":1,"b":[1.50,2e3,true,null,9223372036854775808],"c":{"x":"y","w":{}}}}""";

    @Test
    void theRecordInKafkaHasTheDigestOfTheRequest() {
        Command request = read(BODY, NOW);
        CommandJson.Read record = CommandJson.readRecord(
                CommandJson.write(request), new RequestId("unused"), NOW.plusMillis(40), ExpiryRule.STANDARD);
        assertThat(CommandDigest.of(((CommandJson.Read.Valid) record).command()))
                .isEqualTo(CommandDigest.of(request));
    }

    @Test
    void laterWithAnotherOrderOfKeysIsTheSame() {
        String other = """
                {"payload":{"c":{"w":{},"x":"y"},"b":[1.5,2000.0,true,null,9223372036854775808],"a":1},"metadata":{"topic":"a/b"},
                 "not_before":"2026-11-22T01:00:00.123+01:00","protocol":"mqtt","command_type":"t","device_id":"d","expect":"sent"}""";
        assertThat(CommandDigest.of(read(other, NOW.plusSeconds(500)))).isEqualTo(CommandDigest.of(read(BODY, NOW)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"a\":1,|\"a\":2,",
                "\"a\":1,|\"a\":1.0,",
                "1.50|0.0",
                "true|false",
                "null|\"null\"",
                "\"x\":\"y\"|\"xy\":\"\"",
                "a/b|a/c"
            })
    void anotherPayloadIsAnother(String change) {
        String[] fromTo = change.split("\\|");
        assertThat(BODY).contains(fromTo[0]);
        assertThat(CommandDigest.of(read(BODY.replace(fromTo[0], fromTo[1]), NOW)))
                .isNotEqualTo(CommandDigest.of(read(BODY, NOW)));
    }

    @Test
    void theSignOfZeroTellsTwoCommandsApart() {
        assertThat(CommandDigest.of(read(BODY.replace("1.50", "-0.0"), NOW)))
                .isNotEqualTo(CommandDigest.of(read(BODY.replace("1.50", "0.0"), NOW)));
    }

    private static Command read(String body, Instant now) {
        return switch (CommandJson.readRequest(
                body.getBytes(StandardCharsets.UTF_8), () -> new RequestId("r"), now, ExpiryRule.STANDARD)) {
            case CommandJson.Read.Valid valid -> valid.command();
            case CommandJson.Read.Invalid invalid -> throw new AssertionError(invalid.message());
        };
    }
}
