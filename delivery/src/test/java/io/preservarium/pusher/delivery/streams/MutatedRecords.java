package io.preservarium.pusher.delivery.streams;

import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.CancellationJson;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.delivery.DeliveryConfig.Topics;
import io.preservarium.pusher.delivery.Samples;
import io.preservarium.pusher.journal.records.HomePartitions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records that nobody should write: whole kinds made by hand, and good records with bytes flipped, cut, doubled. */
final class MutatedRecords {

    /** What must come of a record. */
    enum Fate {
        /** Its id ends {@code failed}, and a copy is among the dead letters. */
        REFUSED,
        /** There is at least one event about its id. */
        TAKEN,
        /** As the reader says. */
        EITHER
    }

    record Mutant(ProducerRecord<byte[], byte[]> record, String id, Fate fate, String kind) {}

    private interface Kind {
        Mutant next();
    }

    private static final int ODD_DEVICES = 400;
    private static final String TIME = "\"timestamp\":\"2026-11-21T01:52:00Z\"";

    private final Random random;
    private final Topics topics;
    private final HomePartitions home;
    private final List<Kind> small;
    private final List<Kind> large;
    private int count;

    MutatedRecords(long seed, Topics topics, int partitions) {
        this.random = new Random(seed);
        this.topics = topics;
        this.home = new HomePartitions(partitions);
        this.small = List.of(
                () -> payload("{\"n\":" + "9".repeat(98) + "e5}", "plain form of a number", Fate.TAKEN),
                () -> payload("{\"n\":1e2000}", "exponent", Fate.REFUSED),
                () -> payload("{\"n\":-1e-2000}", "negative exponent", Fate.REFUSED),
                () -> payload(nested(65), "nesting of 65", Fate.REFUSED),
                () -> payload(nested(5_000), "nesting of 5,000", Fate.EITHER),
                () -> payload("{\"" + "k".repeat(1_025) + "\":1}", "key of 1,025", Fate.REFUSED),
                () -> payload("{\"a\":1,\"a\":2}", "duplicate key", Fate.EITHER),
                () -> payload("{\"a\":\"\\ud800\"}", "lone surrogate", Fate.EITHER),
                () -> payload("[]", "payload that is no object", Fate.REFUSED),
                this::timesAlmostEqual,
                () -> more("\"expires_at\":\"-0001-01-01T00:00:00Z\"", "year -1"),
                () -> more("\"expires_at\":\"9999-12-31T23:59:59.999-18:00\"", "year 9999 with an offset"),
                () -> more("\"expires_at\":\"+1000000000-12-31T23:59:59Z\"", "the last year"),
                () -> more("\"not_before\":\"9999-12-31T23:59:59-18:00\"", "not before the year 9999"),
                () -> more("\"reply_timeout_seconds\":9223372036854775807", "the longest reply timeout"),
                () -> more("\"expect\":\"everything\"", "an unknown expectation"),
                this::ofTheZeroTime,
                this::negativeTime,
                this::cancellationOfANegativeTime,
                this::eventOfANegativeTime,
                this::wrongPartition,
                this::wrongProtocolHeader,
                this::longId,
                () -> rubbish(topics.commands()),
                () -> rubbish(topics.cancellations()),
                () -> rubbish(topics.status()),
                () -> nothing(topics.commands()),
                () -> nothing(topics.cancellations()),
                () -> nothing(topics.status()),
                this::cancellationWithoutTime,
                this::cancellationInTheWrongPartition,
                this::cancellationOfNothing,
                this::eventOfTheLastYear,
                this::eventOfTheLastAttempt,
                this::eventInTheWrongPartition,
                this::mutatedCommand,
                this::mutatedCommand,
                this::mutatedCommand,
                this::mutatedCancellation,
                this::mutatedCancellation,
                this::mutatedEvent,
                this::mutatedEvent,
                this::mutatedEvent);
        this.large = List.of(
                () -> payload(
                        "{\"n\":[1e2000" + ",1e2000".repeat(9_999) + "]}", "1e2000 ten thousand times", Fate.REFUSED),
                () -> payload("{\"t\":\"" + "x".repeat(900_000) + "\"}", "payload of a megabyte", Fate.EITHER),
                this::headerOfAMegabyte,
                this::atTheLimit,
                this::longKey,
                this::cancellationByAVeryLongName,
                this::eventWithALargeAnswer);
    }

    Mutant next() {
        return small.get(random.nextInt(small.size())).next();
    }

    /** Takes a megabyte or so. */
    Mutant nextLarge() {
        return large.get(count % large.size()).next();
    }

    // --- commands ---------------------------------------------------------------------------------------------------

    private Mutant payload(String payload, String kind, Fate fate) {
        return command(id(), device(), payload, "", kind, fate);
    }

    private Mutant more(String fields, String kind) {
        return command(id(), device(), "{}", "," + fields, kind, Fate.EITHER);
    }

    private Mutant timesAlmostEqual() {
        String second = Instant.now()
                .plusSeconds(60)
                .truncatedTo(ChronoUnit.SECONDS)
                .toString()
                .replace("Z", "");
        return more(
                "\"not_before\":\"" + second + ".0001Z\",\"expires_at\":\"" + second + ".0009Z\"",
                "times a part of a millisecond apart");
    }

    private Mutant command(String id, String device, String payload, String more, String kind, Fate fate) {
        return new Mutant(record(topics.commands(), device, text(id, device, payload, more)), id, fate, kind);
    }

    private static byte[] text(String id, String device, String payload, String more) {
        return utf8("{\"request_id\":\"" + id + "\",\"device_id\":\"" + device + "\"," + TIME
                + ",\"command_type\":\"x\",\"protocol\":\"coap\",\"parser_script_ref\":\"echo.py\",\"payload\":"
                + payload + more + "}");
    }

    private static String nested(int depth) {
        return "{\"a\":" + "[".repeat(depth - 1) + "]".repeat(depth - 1) + "}";
    }

    private Mutant negativeTime() {
        String id = id();
        String device = device();
        ProducerRecord<byte[], byte[]> record = timeless(topics.commands(), device, text(id, device, "{}", ""));
        return new Mutant(record, id, Fate.TAKEN, "a negative time");
    }

    private ProducerRecord<byte[], byte[]> timeless(String topic, String device, byte[] value) {
        return new ProducerRecord<>(topic, home.of(new DeviceId(device)), utf8(device), value) {
            // The client checks what is given to it, but sends what it reads.
            @Override
            public Long timestamp() {
                return -1L;
            }
        };
    }

    /** The zero time of Go and .NET. It is sent as any other; how long that took is more nanoseconds than a long holds. */
    private Mutant ofTheZeroTime() {
        String id = id();
        String device = device();
        String text = new String(text(id, device, "{}", ""), StandardCharsets.UTF_8)
                .replace(TIME, "\"timestamp\":\"0001-01-01T00:00:00Z\"");
        return new Mutant(record(topics.commands(), device, utf8(text)), id, Fate.TAKEN, "of the year 1");
    }

    private Mutant wrongPartition() {
        String id = id();
        String device = device();
        return new Mutant(
                record(topics.commands(), elsewhere(device), device, text(id, device, "{}", "")),
                id,
                Fate.TAKEN,
                "in the wrong partition");
    }

    private Mutant wrongProtocolHeader() {
        String id = id();
        String device = device();
        byte[] value =
                utf8(new String(text(id, device, "{}", ""), StandardCharsets.UTF_8).replace("\"coap\"", "\"mqtt\""));
        ProducerRecord<byte[], byte[]> record = record(topics.commands(), device, value);
        record.headers().add(Headers.PROTOCOL, utf8("coap"));
        return new Mutant(record, id, Fate.REFUSED, "a header of another protocol");
    }

    private Mutant longId() {
        return command("i".repeat(129), device(), "{}", "", "an id of 129", Fate.EITHER);
    }

    private Mutant headerOfAMegabyte() {
        Mutant mutant = payload("{", "a header of a megabyte and no JSON", Fate.EITHER);
        mutant.record().headers().add("h".repeat(1_000), new byte[1_000_000]);
        return mutant;
    }

    private Mutant longKey() {
        String id = id();
        String device = device();
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topics.commands(), home.of(new DeviceId(device)), new byte[1_000_000], text(id, device, "{", ""));
        return new Mutant(record, id, Fate.EITHER, "a key of a megabyte");
    }

    /** Its dead letter, with its own headers, would be larger than the broker takes. */
    private Mutant atTheLimit() {
        String id = id();
        String device = device();
        byte[] value = text(id, device, "{\"n\":1e2000}", "," + "\"pad\":\"" + "x".repeat(1_048_000) + "\"");
        return new Mutant(record(topics.commands(), device, value), id, Fate.REFUSED, "at the limit");
    }

    private Mutant mutatedCommand() {
        Instant now = Instant.now();
        Optional<Instant> later = random.nextBoolean() ? Optional.empty() : Optional.of(now.plusSeconds(3_600));
        String device = device();
        byte[] good = CommandJson.write(
                Samples.command(device, id(), now, now.plus(Duration.ofDays(1)), later, Optional.of("k")));
        return mutated(topics.commands(), device, good, "mutated command");
    }

    // --- cancellations ----------------------------------------------------------------------------------------------

    private Mutant cancellationWithoutTime() {
        String device = device();
        String text = "{\"request_id\":\"" + earlierId() + "\",\"device_id\":\"" + device + "\"}";
        return other(record(topics.cancellations(), device, utf8(text)), "cancellation without at and by");
    }

    private Mutant cancellationOfANegativeTime() {
        String device = device();
        return other(timeless(topics.cancellations(), device, cancellation(device)), "cancellation of a negative time");
    }

    private Mutant cancellationByAVeryLongName() {
        String device = device();
        String text = "{\"request_id\":\"" + earlierId() + "\",\"device_id\":\"" + device + "\",\"by\":\""
                + "b".repeat(1_000_000) + "\"}";
        int partition = random.nextBoolean() ? elsewhere(device) : home.of(new DeviceId(device));
        return other(record(topics.cancellations(), partition, device, utf8(text)), "cancellation by a long name");
    }

    private Mutant cancellationInTheWrongPartition() {
        String device = device();
        return other(
                record(topics.cancellations(), elsewhere(device), device, cancellation(device)),
                "cancellation in the wrong partition");
    }

    private Mutant cancellationOfNothing() {
        String device = device();
        return other(record(topics.cancellations(), device, utf8("{\"by\":7,\"at\":[]}")), "cancellation of nothing");
    }

    private Mutant mutatedCancellation() {
        String device = device();
        return mutated(topics.cancellations(), device, cancellation(device), "mutated cancellation");
    }

    private byte[] cancellation(String device) {
        return CancellationJson.write(
                new Cancellation(new RequestId(earlierId()), new DeviceId(device), Instant.now(), "a test"));
    }

    // --- events -----------------------------------------------------------------------------------------------------

    private Mutant eventOfANegativeTime() {
        String device = device();
        return other(timeless(topics.status(), device, sending(device)), "event of a negative time");
    }

    private Mutant eventOfTheLastYear() {
        String device = device();
        byte[] value = event(device, "sending", "\"at\":\"+1000000000-12-31T23:59:59Z\",\"attempt\":1");
        return other(record(topics.status(), device, value), "event of the last year");
    }

    private Mutant eventOfTheLastAttempt() {
        String device = device();
        byte[] value = event(device, "sending", "\"at\":\"2026-11-21T01:52:00Z\",\"attempt\":2147483647");
        return other(record(topics.status(), device, value), "event of the last attempt");
    }

    private Mutant eventInTheWrongPartition() {
        String device = device();
        byte[] value = event(device, "failed", "\"at\":\"2026-11-21T01:52:00Z\",\"attempt\":0,\"final\":true");
        return other(record(topics.status(), elsewhere(device), device, value), "event in the wrong partition");
    }

    private Mutant eventWithALargeAnswer() {
        String device = device();
        ProducerRecord<byte[], byte[]> record = record(topics.status(), device, sending(device));
        record.headers().add("answer", new byte[1_000_000]);
        return other(record, "event with an answer of a megabyte");
    }

    private Mutant mutatedEvent() {
        String device = device();
        return mutated(topics.status(), device, sending(device), "mutated event");
    }

    private byte[] event(String device, String state, String more) {
        return utf8("{\"request_id\":\"" + earlierId() + "\",\"device_id\":\"" + device
                + "\",\"protocol\":\"coap\",\"command_type\":\"x\",\"source\":\"forged\",\"state\":\"" + state + "\","
                + more + "}");
    }

    private byte[] sending(String device) {
        CommandState[] states = {
            CommandState.SENDING, CommandState.QUEUED, CommandState.SENT, CommandState.FAILED, CommandState.CANCELLED
        };
        return StatusJson.write(StatusEvent.about(
                        Samples.command(device, earlierId()),
                        states[random.nextInt(states.length)],
                        Instant.now(),
                        "forged")
                .attempt(random.nextInt(4))
                .because(Reason.DELIVERY_FAILED, "forged")
                .exchange(Optional.of("exchange"))
                .build());
    }

    // --- any topic --------------------------------------------------------------------------------------------------

    private Mutant rubbish(String topic) {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        return other(record(topic, device(), bytes), "rubbish");
    }

    private Mutant nothing(String topic) {
        return other(new ProducerRecord<>(topic, random.nextInt(home.count()), null, null), "neither key nor value");
    }

    private Mutant mutated(String topic, String device, byte[] good, String kind) {
        byte[] bytes = good.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes = switch (random.nextInt(4)) {
                case 0 -> flipped(bytes);
                case 1 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
                case 2 -> inserted(bytes);
                default -> replaced(bytes);
            };
        }
        ProducerRecord<byte[], byte[]> record = record(topic, device, bytes);
        if (random.nextInt(4) == 0) {
            byte[] header = new byte[random.nextInt(20)];
            random.nextBytes(header);
            String[] names = {
                Headers.PROTOCOL, Headers.REQUEST_ID, Headers.MOVED_FROM, Headers.ORIGIN, Headers.STATE, "traceparent"
            };
            record.headers().add(names[random.nextInt(names.length)], random.nextBoolean() ? header : null);
        }
        return other(record, kind);
    }

    private byte[] flipped(byte[] bytes) {
        if (bytes.length == 0) {
            return bytes;
        }
        byte[] result = bytes.clone();
        result[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return result;
    }

    private byte[] inserted(byte[] bytes) {
        String[] pieces = {"\"", "{", "}", ",", "null", "1e400", "\\ud800", "\u0000", "[[[[", "-", "9".repeat(400)};
        byte[] piece = utf8(pieces[random.nextInt(pieces.length)]);
        int at = random.nextInt(bytes.length + 1);
        byte[] result = Arrays.copyOf(bytes, bytes.length + piece.length);
        System.arraycopy(piece, 0, result, at, piece.length);
        System.arraycopy(bytes, at, result, at + piece.length, bytes.length - at);
        return result;
    }

    /** One value becomes another: the record stays JSON. */
    private byte[] replaced(byte[] bytes) {
        String[] values = {
            "null", "7", "-1", "\"\"", "true", "[]", "{}", "1e999", "\"\\u0000\"", "\"-0001-01-01T00:00Z\""
        };
        String text = new String(bytes, StandardCharsets.UTF_8);
        int colon = text.indexOf(':', random.nextInt(text.length() + 1));
        int end = colon < 0 ? -1 : text.indexOf(',', colon);
        return end < 0
                ? bytes
                : utf8(text.substring(0, colon + 1) + values[random.nextInt(values.length)] + text.substring(end));
    }

    // --- means ------------------------------------------------------------------------------------------------------

    private static Mutant other(ProducerRecord<byte[], byte[]> record, String kind) {
        return new Mutant(record, "", Fate.EITHER, kind);
    }

    private String id() {
        count++;
        return "odd-" + count;
    }

    /** Mostly of a command that is there. */
    private String earlierId() {
        count++;
        return "odd-" + random.nextInt(1, count + 1);
    }

    private String device() {
        return "odd-device-" + random.nextInt(ODD_DEVICES);
    }

    private int elsewhere(String device) {
        return (home.of(new DeviceId(device)) + 1) % home.count();
    }

    private ProducerRecord<byte[], byte[]> record(String topic, String device, byte[] value) {
        return record(topic, home.of(new DeviceId(device)), device, value);
    }

    private ProducerRecord<byte[], byte[]> record(String topic, int partition, String device, byte[] value) {
        return new ProducerRecord<>(topic, partition, random.nextInt(8) == 0 ? null : utf8(device), value);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
