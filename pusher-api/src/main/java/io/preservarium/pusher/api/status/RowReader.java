package io.preservarium.pusher.api.status;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.ExpiryRule;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.journal.records.Origin;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;

/** Understands a stored row when somebody asks for it. */
record RowReader(ExpiryRule expiry) {

    /** Empty when nothing in it can be read. */
    Optional<CommandRow> read(Bytes key, StoredRow row) {
        RequestId request = StoredRow.request(key);
        DeviceId device = StoredRow.device(key);
        List<StoredRow.Part> parts = row.parts();
        Optional<CommandRow.Accepted> accepted =
                parts.stream().flatMap(part -> accepted(request, part).stream()).findFirst();
        List<StatusEvent> events = parts.stream()
                .flatMap(part -> event(request, device, part).stream())
                .toList();
        return accepted.isEmpty() && events.isEmpty()
                ? Optional.empty()
                : Optional.of(new CommandRow(request, device, accepted, events, lastRead(parts)));
    }

    /** The same without its command, for which nobody asked. */
    CommandRow events(Bytes key, StoredRow row) {
        RequestId request = StoredRow.request(key);
        DeviceId device = StoredRow.device(key);
        List<StoredRow.Part> parts = row.parts();
        return new CommandRow(
                request,
                device,
                Optional.empty(),
                parts.stream()
                        .flatMap(part -> event(request, device, part).stream())
                        .toList(),
                lastRead(parts));
    }

    private static Instant lastRead(List<StoredRow.Part> parts) {
        return parts.stream().map(StoredRow.Part::at).max(Instant::compareTo).orElse(Instant.EPOCH);
    }

    static StoredRow.Part command(Origin origin, Instant at, byte[] json) {
        byte[] bytes = new byte[json.length + 1];
        bytes[0] = (byte) origin.ordinal();
        System.arraycopy(json, 0, bytes, 1, json.length);
        return new StoredRow.Part(StoredRow.Kind.COMMAND, at, bytes);
    }

    private Optional<CommandRow.Accepted> accepted(RequestId request, StoredRow.Part part) {
        return switch (part.kind()) {
            case SUMMARY -> CommandSummary.read(part.bytes());
            case COMMAND -> Optional.of(whole(request, part));
            case EVENT -> Optional.empty();
        };
    }

    private CommandRow.Accepted whole(RequestId request, StoredRow.Part part) {
        Origin origin = Origin.values()[part.bytes()[0]];
        byte[] json = Arrays.copyOfRange(part.bytes(), 1, part.bytes().length);
        return switch (CommandJson.readRecord(json, request, part.at(), expiry)) {
            case CommandJson.Read.Valid valid -> CommandRow.Accepted.of(valid.command(), part.at(), origin);
            case CommandJson.Read.Invalid invalid -> CommandRow.Accepted.unreadable(part.at(), origin);
        };
    }

    private static Optional<StatusEvent> event(RequestId request, DeviceId device, StoredRow.Part part) {
        return part.kind() == StoredRow.Kind.EVENT
                ? StatusJson.read(part.bytes())
                        .ifValid()
                        .filter(event -> event.requestId().equals(request)
                                && event.deviceId().equals(device))
                : Optional.empty();
    }
}
