package io.preservarium.pusher.api.status;

import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.StatusJson;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/** Rows as they were stored before parts were kept as they were read; a state directory may hold them for months. */
final class RowVersion1 {

    private static final byte VERSION = 1;

    private RowVersion1() {}

    static Optional<StoredRow> read(byte[] value) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
            if (in.readByte() != VERSION) {
                return Optional.empty();
            }
            StoredRow row = StoredRow.empty(Instant.ofEpochMilli(in.readLong()));
            var unusedTask = CommandSummary.text(in);
            if (in.readBoolean()) {
                CommandRow.Accepted accepted = CommandSummary.read(in);
                row = row.with(
                        new StoredRow.Part(StoredRow.Kind.SUMMARY, accepted.at(), CommandSummary.write(accepted)));
            }
            int events = in.readInt();
            for (int i = 0; i < events; i++) {
                byte[] json = CommandSummary.text(in).getBytes(StandardCharsets.UTF_8);
                Optional<Instant> at = StatusJson.read(json).ifValid().map(StatusEvent::at);
                if (at.isPresent()) {
                    row = row.with(new StoredRow.Part(StoredRow.Kind.EVENT, at.get(), json));
                }
            }
            return Optional.of(row);
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
