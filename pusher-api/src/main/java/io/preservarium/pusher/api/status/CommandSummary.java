package io.preservarium.pusher.api.status;

import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.journal.records.Origin;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** The part of a command's record that the view answers with, as bytes; for records too long to be kept whole. */
final class CommandSummary {

    private CommandSummary() {}

    static byte[] write(CommandRow.Accepted accepted) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(accepted.at().toEpochMilli());
            text(accepted.origin().word(), out);
            text(accepted.commandType(), out);
            text(accepted.protocol().map(Protocol::word), out);
            text(accepted.parser().map(ParserRef::value), out);
            text(accepted.parserSha256().map(Digest::hex), out);
            text(accepted.expect().word(), out);
            text(accepted.expiresAt().map(at -> Long.toString(at.toEpochMilli())), out);
            text(accepted.replyTimeout().map(time -> Long.toString(time.toSeconds())), out);
            text(accepted.digest().map(Digest::hex), out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written to", e);
        }
        return bytes.toByteArray();
    }

    /** Empty when these bytes are none. */
    static Optional<CommandRow.Accepted> read(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return Optional.of(read(in));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static CommandRow.Accepted read(DataInputStream in) throws IOException {
        return new CommandRow.Accepted(
                Instant.ofEpochMilli(in.readLong()),
                Origin.ofWord(text(in)),
                optional(in, Function.identity()),
                optional(in, Protocol::of).flatMap(Function.identity()),
                optional(in, ParserRef::new),
                optional(in, Digest::new),
                Expectation.of(text(in)).orElse(Expectation.SENT),
                optional(in, millis -> Instant.ofEpochMilli(Long.parseLong(millis))),
                optional(in, seconds -> Duration.ofSeconds(Long.parseLong(seconds))),
                optional(in, Digest::new));
    }

    private static void text(Optional<String> text, DataOutputStream out) throws IOException {
        out.writeBoolean(text.isPresent());
        if (text.isPresent()) {
            text(text.get(), out);
        }
    }

    private static void text(String text, DataOutputStream out) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static <T> Optional<T> optional(DataInputStream in, Function<String, T> birth) throws IOException {
        return in.readBoolean() ? Optional.of(birth.apply(text(in))) : Optional.empty();
    }

    static String text(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a text cannot be " + length + " bytes long here");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
