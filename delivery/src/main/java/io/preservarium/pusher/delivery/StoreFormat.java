package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.ExpiryRule;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;

/**
 * Keys and values of the one store. Three families: {@code w device 0 offset} a waiting command, {@code i device 0
 * request_id} what is known of an id, {@code d millis family-key} a deadline. Device ids hold no control characters, so
 * the 0 ends them and the commands of a device lie together in offset order.
 */
final class StoreFormat {

    private static final byte WAITING = 'w';
    private static final byte ID = 'i';
    private static final byte DUE = 'd';
    private static final byte VERSION = 1;
    /** The stored document has its expiry written out; no rule may shorten it on the way back. */
    private static final ExpiryRule AS_STORED = new ExpiryRule(Duration.ofDays(1), Duration.ofDays(366_000));

    private StoreFormat() {}

    static Bytes waitingKey(DeviceId device, long offset) {
        byte[] id = utf8(device.value());
        return Bytes.wrap(ByteBuffer.allocate(id.length + 10)
                .put(WAITING)
                .put(id)
                .put((byte) 0)
                .putLong(offset)
                .array());
    }

    static Bytes firstOf(DeviceId device) {
        return waitingKey(device, 0);
    }

    static Bytes lastOf(DeviceId device) {
        return waitingKey(device, Long.MAX_VALUE);
    }

    /** The lowest key of any device after this one. */
    static Bytes afterAllOf(DeviceId device) {
        byte[] id = utf8(device.value());
        return Bytes.wrap(ByteBuffer.allocate(id.length + 2)
                .put(WAITING)
                .put(id)
                .put((byte) 1)
                .array());
    }

    static Bytes firstWaiting() {
        return Bytes.wrap(new byte[] {WAITING});
    }

    static Bytes endOfWaiting() {
        return Bytes.wrap(new byte[] {WAITING + 1});
    }

    static DeviceId deviceOf(Bytes waitingOrIdKey) {
        byte[] key = waitingOrIdKey.get();
        int end = 1;
        while (key[end] != 0) {
            end++;
        }
        return new DeviceId(new String(key, 1, end - 1, StandardCharsets.UTF_8));
    }

    static Bytes idKey(DeviceId device, RequestId request) {
        byte[] id = utf8(device.value());
        byte[] name = utf8(request.value());
        return Bytes.wrap(ByteBuffer.allocate(id.length + name.length + 2)
                .put(ID)
                .put(id)
                .put((byte) 0)
                .put(name)
                .array());
    }

    static Bytes dueKey(Instant when, Bytes about) {
        return Bytes.wrap(ByteBuffer.allocate(9 + about.get().length)
                .put(DUE)
                .putLong(Math.max(0, when.toEpochMilli()))
                .put(about.get())
                .array());
    }

    static Bytes firstDue() {
        return Bytes.wrap(new byte[] {DUE});
    }

    /** Everything due before or at {@code now} sorts below this. */
    static Bytes dueAfter(Instant now) {
        return Bytes.wrap(
                ByteBuffer.allocate(9).put(DUE).putLong(now.toEpochMilli() + 1).array());
    }

    static Bytes dueAbout(Bytes dueKey) {
        return Bytes.wrap(Arrays.copyOfRange(dueKey.get(), 9, dueKey.get().length));
    }

    static boolean isWaitingKey(Bytes key) {
        return key.get()[0] == WAITING;
    }

    static byte[] write(WaitingCommand waiting) {
        return written(out -> {
            out.writeLong(waiting.offset());
            out.writeLong(waiting.acceptedAt().toEpochMilli());
            out.writeLong(waiting.dueAt().toEpochMilli());
            write(waiting.progress(), out);
            out.writeUTF(waiting.origin());
            write(waiting.stop(), out);
            out.writeUTF(waiting.exchange().orElse(""));
            byte[] json = CommandJson.write(waiting.command());
            out.writeInt(json.length);
            out.write(json);
        });
    }

    static WaitingCommand readWaiting(byte[] bytes) {
        return read(bytes, in -> {
            long offset = in.readLong();
            Instant acceptedAt = Instant.ofEpochMilli(in.readLong());
            Instant dueAt = Instant.ofEpochMilli(in.readLong());
            Progress progress = readProgress(in);
            String origin = in.readUTF();
            Optional<WaitingCommand.Stop> stop = readStop(in);
            Optional<String> exchange = Optional.of(in.readUTF()).filter(text -> !text.isEmpty());
            byte[] json = in.readNBytes(in.readInt());
            return new WaitingCommand(
                    offset, acceptedAt, command(json, acceptedAt), progress, origin, stop, exchange, dueAt);
        });
    }

    private static Command command(byte[] json, Instant acceptedAt) {
        return switch (CommandJson.readRecord(json, new RequestId("stored"), acceptedAt, AS_STORED)) {
            case CommandJson.Read.Valid valid -> valid.command();
            case CommandJson.Read.Invalid invalid ->
                throw new IllegalStateException("the store holds a command that cannot be read: " + invalid.message());
        };
    }

    static byte[] write(KnownId known) {
        return written(out -> {
            switch (known) {
                case KnownId.Waiting waiting -> {
                    out.writeByte('W');
                    out.writeLong(waiting.offset());
                }
                case KnownId.Finished finished -> {
                    out.writeByte('F');
                    out.writeLong(finished.until().toEpochMilli());
                }
                case KnownId.Early early -> {
                    out.writeByte('E');
                    write(early.progress(), out);
                    write(early.stop(), out);
                    out.writeLong(early.until().toEpochMilli());
                }
            }
        });
    }

    static KnownId readKnown(byte[] bytes) {
        return read(bytes, in -> {
            byte kind = in.readByte();
            return switch (kind) {
                case 'W' -> new KnownId.Waiting(in.readLong());
                case 'F' -> new KnownId.Finished(Instant.ofEpochMilli(in.readLong()));
                case 'E' -> new KnownId.Early(readProgress(in), readStop(in), Instant.ofEpochMilli(in.readLong()));
                default -> throw new IllegalStateException("the store holds an id of unknown kind " + kind);
            };
        });
    }

    private static void write(Progress progress, DataOutputStream out) throws IOException {
        out.writeUTF(progress.state().word());
        out.writeInt(progress.attempt());
        writeTime(progress.sendingAt(), out);
        writeTime(progress.sentAt(), out);
        out.writeShort(progress.seen().size());
        for (Progress.Step step : progress.seen()) {
            out.writeInt(step.attempt());
            out.writeUTF(step.state().word());
        }
    }

    private static Progress readProgress(DataInputStream in) throws IOException {
        CommandState state = state(in.readUTF());
        int attempt = in.readInt();
        Optional<Instant> sendingAt = readTime(in);
        Optional<Instant> sentAt = readTime(in);
        Set<Progress.Step> seen = new HashSet<>();
        for (int left = in.readShort(); left > 0; left--) {
            seen.add(new Progress.Step(in.readInt(), state(in.readUTF())));
        }
        return new Progress(
                state,
                false,
                attempt,
                Optional.empty(),
                Optional.empty(),
                sendingAt,
                sentAt,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Set.copyOf(seen));
    }

    private static CommandState state(String word) {
        return CommandState.of(word)
                .orElseThrow(() -> new IllegalStateException("the store holds an unknown state " + word));
    }

    private static void write(Optional<WaitingCommand.Stop> stop, DataOutputStream out) throws IOException {
        out.writeBoolean(stop.isPresent());
        if (stop.isPresent()) {
            out.writeUTF(stop.get().state().word());
            out.writeUTF(stop.get().reason().name());
            out.writeUTF(stop.get().message());
        }
    }

    private static Optional<WaitingCommand.Stop> readStop(DataInputStream in) throws IOException {
        if (!in.readBoolean()) {
            return Optional.empty();
        }
        return Optional.of(new WaitingCommand.Stop(state(in.readUTF()), Reason.valueOf(in.readUTF()), in.readUTF()));
    }

    private static void writeTime(Optional<Instant> time, DataOutputStream out) throws IOException {
        out.writeLong(time.map(Instant::toEpochMilli).orElse(Long.MIN_VALUE));
    }

    private static Optional<Instant> readTime(DataInputStream in) throws IOException {
        long millis = in.readLong();
        return millis == Long.MIN_VALUE ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private interface Reading<T> {
        T from(DataInputStream in) throws IOException;
    }

    private static byte[] written(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written", e);
        }
        return bytes.toByteArray();
    }

    private static <T> T read(byte[] bytes, Reading<T> reading) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            byte version = in.readByte();
            if (version != VERSION) {
                throw new IllegalStateException(
                        "the store holds format " + version + ", this program reads " + VERSION);
            }
            return reading.from(in);
        } catch (IOException e) {
            throw new UncheckedIOException("the store holds a value that ends too early", e);
        }
    }
}
