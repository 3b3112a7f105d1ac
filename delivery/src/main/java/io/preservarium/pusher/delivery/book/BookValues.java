package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.journal.records.Origin;
import io.preservarium.pusher.journal.store.WriteBehindStore.Codec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Values of the one store. */
final class BookValues {

    private static final CommandState[] STATES = CommandState.values();

    static final Codec<DeviceEntry> DEVICE = Codec.of(BookValues::write, BookValues::deviceEntry);
    static final Codec<Long> OFFSET = Codec.of(BookValues::write, BookValues::offset);
    static final Codec<KnownId> ID = Codec.of(BookValues::write, BookValues::knownId);
    static final Codec<KeptAnswer> ANSWER = Codec.of(BookValues::write, BookValues::keptAnswer);
    static final Codec<Body> BODY = Codec.of(Body::record, bytes -> new Body(bytes, Optional.empty()));
    /** Of keys that say everything. */
    static final Codec<Boolean> MARK = Codec.of(ignored -> new byte[0], ignored -> true);

    private BookValues() {}

    static Codec<Waiting> waiting(DeviceId device) {
        return Codec.of(BookValues::write, bytes -> waiting(device, bytes));
    }

    private static byte[] write(Waiting waiting) {
        return written(160, out -> {
            write(waiting.facts(), out);
            write(waiting.progress(), out);
            write(waiting.stop(), out);
            writeText(waiting.exchange(), out);
            writeTime(waiting.parserMissingSince(), out);
            out.writeLong(waiting.dueAt().toEpochMilli());
        });
    }

    private static Waiting waiting(DeviceId device, byte[] bytes) {
        return read(
                bytes,
                in -> new Waiting(
                        facts(device, in),
                        progress(in),
                        stop(in),
                        text(in),
                        time(in),
                        Instant.ofEpochMilli(in.readLong())));
    }

    private static void write(Waiting.Facts facts, DataOutputStream out) throws IOException {
        out.writeLong(facts.offset());
        out.writeUTF(facts.requestId().value());
        out.writeUTF(facts.commandType());
        writeInstant(facts.acceptedAt(), out);
        writeText(facts.timeDoubt(), out);
        writeInstant(facts.expiresAt(), out);
        out.writeBoolean(facts.notBefore().isPresent());
        if (facts.notBefore().isPresent()) {
            writeInstant(facts.notBefore().get(), out);
        }
        writeText(facts.collapseKey(), out);
        out.writeByte(facts.expect().ordinal());
        writeText(facts.parser().map(ParserRef::value), out);
        out.writeUTF(facts.origin().word());
    }

    private static Waiting.Facts facts(DeviceId device, DataInputStream in) throws IOException {
        return new Waiting.Facts(
                device,
                in.readLong(),
                new RequestId(in.readUTF()),
                in.readUTF(),
                instant(in),
                text(in),
                instant(in),
                in.readBoolean() ? Optional.of(instant(in)) : Optional.empty(),
                text(in),
                Expectation.values()[in.readByte()],
                text(in).map(ParserRef::new),
                Origin.ofWord(in.readUTF()));
    }

    private static byte[] write(DeviceEntry entry) {
        ByteBuffer bytes = ByteBuffer.allocate(24 + 8 * entry.inFlight().size())
                .putInt(entry.waiting())
                .putInt(entry.all())
                .putLong(entry.head())
                .putLong(entry.newest());
        entry.inFlight().forEach(bytes::putLong);
        return bytes.array();
    }

    private static DeviceEntry deviceEntry(byte[] value) {
        ByteBuffer bytes = ByteBuffer.wrap(value);
        int waiting = bytes.getInt();
        int all = bytes.getInt();
        long head = bytes.getLong();
        long newest = bytes.getLong();
        List<Long> inFlight = new ArrayList<>(1);
        while (bytes.hasRemaining()) {
            inFlight.add(bytes.getLong());
        }
        return new DeviceEntry(waiting, all, head, newest, inFlight);
    }

    private static byte[] write(long offset) {
        return ByteBuffer.allocate(8).putLong(offset).array();
    }

    private static long offset(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }

    private static byte[] write(KnownId known) {
        return written(16, out -> {
            switch (known) {
                case KnownId.Unfinished unfinished -> {
                    out.writeByte('U');
                    out.writeLong(unfinished.offset());
                }
                case KnownId.Finished finished -> {
                    out.writeByte('F');
                    out.writeLong(finished.until().toEpochMilli());
                }
                case KnownId.Early early -> {
                    out.writeByte(early.parserMissingSince().isPresent() ? 'M' : 'E');
                    write(early.progress(), out);
                    write(early.stop(), out);
                    out.writeLong(early.until().toEpochMilli());
                    if (early.parserMissingSince().isPresent()) {
                        writeInstant(early.parserMissingSince().get(), out);
                    }
                }
            }
        });
    }

    private static KnownId knownId(byte[] bytes) {
        return read(bytes, in -> {
            byte kind = in.readByte();
            return switch (kind) {
                case 'U' -> new KnownId.Unfinished(in.readLong());
                case 'F' -> new KnownId.Finished(Instant.ofEpochMilli(in.readLong()));
                case 'E', 'M' -> {
                    Progress progress = progress(in);
                    Optional<Waiting.Stop> stop = stop(in);
                    Instant until = Instant.ofEpochMilli(in.readLong());
                    Optional<Instant> missing = kind == 'M' ? Optional.of(instant(in)) : Optional.empty();
                    yield new KnownId.Early(progress, stop, missing, until);
                }
                default -> throw new IllegalStateException("the store holds an id of unknown kind " + kind);
            };
        });
    }

    private static byte[] write(KeptAnswer answer) {
        return written(answer.bytes().length + 256, out -> {
            out.writeUTF(answer.exchange());
            out.writeUTF(answer.requestId().value());
            out.writeInt(answer.attempt());
            out.writeUTF(answer.parser().ref().value());
            out.writeUTF(answer.parser().sha256().hex());
            out.writeLong(answer.until().toEpochMilli());
            out.writeInt(answer.bytes().length);
            out.write(answer.bytes());
        });
    }

    private static KeptAnswer keptAnswer(byte[] bytes) {
        return read(bytes, in -> {
            String exchange = in.readUTF();
            RequestId request = new RequestId(in.readUTF());
            int attempt = in.readInt();
            ParserVersion parser = new ParserVersion(new ParserRef(in.readUTF()), new Digest(in.readUTF()));
            Instant until = Instant.ofEpochMilli(in.readLong());
            return new KeptAnswer(exchange, request, attempt, parser, in.readNBytes(in.readInt()), until);
        });
    }

    private static void write(Progress progress, DataOutputStream out) throws IOException {
        out.writeByte(progress.state().ordinal());
        out.writeInt(progress.attempt());
        writeTime(progress.sendingAt(), out);
        writeTime(progress.sentAt(), out);
        out.writeShort(progress.seen().size());
        for (Progress.Step step : progress.seen()) {
            out.writeInt(step.attempt());
            out.writeByte(step.state().ordinal());
        }
    }

    private static Progress progress(DataInputStream in) throws IOException {
        CommandState state = STATES[in.readByte()];
        int attempt = in.readInt();
        Optional<Instant> sendingAt = time(in);
        Optional<Instant> sentAt = time(in);
        Set<Progress.Step> seen = new HashSet<>();
        for (int left = in.readShort(); left > 0; left--) {
            seen.add(new Progress.Step(in.readInt(), STATES[in.readByte()]));
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

    private static void write(Optional<Waiting.Stop> stop, DataOutputStream out) throws IOException {
        out.writeBoolean(stop.isPresent());
        if (stop.isPresent()) {
            out.writeByte(stop.get().state().ordinal());
            out.writeUTF(stop.get().reason().name());
            out.writeUTF(stop.get().message());
        }
    }

    private static Optional<Waiting.Stop> stop(DataInputStream in) throws IOException {
        return in.readBoolean()
                ? Optional.of(new Waiting.Stop(STATES[in.readByte()], Reason.valueOf(in.readUTF()), in.readUTF()))
                : Optional.empty();
    }

    private static void writeText(Optional<String> text, DataOutputStream out) throws IOException {
        out.writeBoolean(text.isPresent());
        if (text.isPresent()) {
            out.writeUTF(text.get());
        }
    }

    private static Optional<String> text(DataInputStream in) throws IOException {
        return in.readBoolean() ? Optional.of(in.readUTF()) : Optional.empty();
    }

    /** To the nanosecond: {@code not_before} and {@code expires_at} may lie less than a millisecond apart. */
    private static void writeInstant(Instant time, DataOutputStream out) throws IOException {
        out.writeLong(time.getEpochSecond());
        out.writeInt(time.getNano());
    }

    private static Instant instant(DataInputStream in) throws IOException {
        return Instant.ofEpochSecond(in.readLong(), in.readInt());
    }

    private static void writeTime(Optional<Instant> time, DataOutputStream out) throws IOException {
        out.writeLong(time.map(Instant::toEpochMilli).orElse(Long.MIN_VALUE));
    }

    private static Optional<Instant> time(DataInputStream in) throws IOException {
        long millis = in.readLong();
        return millis == Long.MIN_VALUE ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private interface Reading<T> {
        T from(DataInputStream in) throws IOException;
    }

    private static byte[] written(int size, Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(size);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written", e);
        }
        return bytes.toByteArray();
    }

    private static <T> T read(byte[] bytes, Reading<T> reading) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return reading.from(in);
        } catch (IOException e) {
            throw new UncheckedIOException("the store holds a value that ends too early", e);
        }
    }
}
