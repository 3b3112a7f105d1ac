package io.preservarium.pusher.operator.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.ExpiryRule;
import io.preservarium.pusher.operator.Resources;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SpecReadingTest {

    private static final RequestIds IDS = new RequestIds(UUID.fromString("ba52e7fb-6e42-5aea-941a-9722eb117a5e"));

    @Test
    void theRecordHasEveryFieldAndExactNumbers() {
        String record = record("""
                payload: {state: "on", big: 9007199254740993, ratio: 0.1, nothing: null, nested: {list: [1, null, {a: b}]}}
                metadata: {topic: devices/lamp-17/commands, qos: 1}
                parserScriptRef: mqtt_device_parser.py
                parserScriptSha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
                collapseKey: led
                notBefore: "2026-11-21T12:00:00+01:00"
                expiresAfter: 1h30m
                expect: delivered
                replyTimeout: 90s
                """);
        assertThat(record).isEqualTo("""
                        {"request_id":"0d8e6a51-4a3c-4b53-9a5f-6d1f5e2b8c11","timestamp":"2026-11-21T10:00:00.000Z",\
                        "device_id":"lamp-17","command_type":"set_led",\
                        "payload":{"state":"on","big":9007199254740993,"ratio":0.1,"nothing":null,"nested":{"list":[1,null,{"a":"b"}]}},\
                        "protocol":"mqtt","parser_script_ref":"mqtt_device_parser.py",\
                        "parser_script_sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",\
                        "metadata":{"topic":"devices/lamp-17/commands","qos":1},"expires_at":"2026-11-21T11:30:00.000Z",\
                        "not_before":"2026-11-21T11:00:00.000Z","collapse_key":"led","expect":"delivered","reply_timeout_seconds":90}""");
    }

    @Test
    void theSameResourceGivesTheSameRecordAlways() {
        assertThat(record("payload: {}")).isEqualTo(record("payload: {}")).contains("2026-11-28T10:00:00.000Z");
    }

    @Test
    void anIdempotencyKeyGivesAnIdThatSurvivesRecreation() {
        DeviceCommand first = Resources.deviceCommand("payload: {}\nidempotencyKey: lamp-on");
        DeviceCommand again = Resources.deviceCommand("payload: {}\nidempotencyKey: lamp-on");
        again.getMetadata().setUid("ffffffff-4a3c-4b53-9a5f-6d1f5e2b8c11");
        again.getMetadata().setName("two");
        assertThat(IDS.of(first)).isEqualTo(IDS.of(again)).hasToString("57ee9e62-d6eb-5b02-967a-debdf2c1e6e8");
        again.getMetadata().setNamespace("cellar");
        assertThat(IDS.of(again)).isNotEqualTo(IDS.of(first));
    }

    @Test
    void everyViolationIsNamed() {
        assertThat(SpecReading.of(
                        Resources.deviceCommand(
                                "payload: {}\nexpiresAfter: 31d\nreplyTimeout: 31d\nparserScriptRef: a/b.py"),
                        IDS,
                        ExpiryRule.STANDARD))
                .isInstanceOfSatisfying(SpecReading.Invalid.class, invalid -> assertThat(invalid.message())
                        .contains("spec.command.expiresAfter must be at most 30 days")
                        .contains("spec.command.replyTimeout: must be 1s to 30d")
                        .contains("spec.command.parserScriptRef: "));
    }

    @Test
    void notBeforeMustComeBeforeTheExpiry() {
        assertThat(SpecReading.of(
                        Resources.deviceCommand("payload: {}\nnotBefore: \"2026-12-21T10:00:00Z\""),
                        IDS,
                        ExpiryRule.STANDARD))
                .isInstanceOf(SpecReading.Invalid.class);
    }

    @Test
    void durationsAreSums() {
        assertThat(SpecReading.duration("1d2h3m4s"))
                .isEqualTo(Duration.ofDays(1).plusHours(2).plusMinutes(3).plusSeconds(4));
        assertThatThrownBy(() -> SpecReading.duration("")).hasMessageContaining("must be a duration");
        assertThatThrownBy(() -> SpecReading.duration("5 min")).hasMessageContaining("must be a duration");
    }

    private static String record(String yaml) {
        SpecReading reading = SpecReading.of(Resources.deviceCommand(yaml), IDS, ExpiryRule.STANDARD);
        assertThat(reading).isInstanceOf(SpecReading.Valid.class);
        Command command = ((SpecReading.Valid) reading).command();
        return new String(CommandJson.write(command), StandardCharsets.UTF_8);
    }
}
