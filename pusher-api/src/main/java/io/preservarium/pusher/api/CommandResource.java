package io.preservarium.pusher.api;

import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.ExpiryRule;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Commands: ask for one or many, ask what became of one, ask that one not be done. */
@Path("/api/v1/commands")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "commands")
class CommandResource {

    static final int MAX_BATCH = 10_000;
    static final int MAX_COMMAND_BYTES = 64 * 1024;
    static final int MAX_BATCH_BYTES = 10 * 1024 * 1024;

    private static final String PATH = "/api/v1/commands/";

    private final CommandDoor door;
    private final CommandBatch batch;
    private final CommandStatusView view;
    private final CommandPublisher publisher;
    private final Counts counts;
    private final Clock clock;
    private final RequestIds ids;
    private final ExpiryRule expiry;

    CommandResource(
            CommandDoor door,
            CommandBatch batch,
            CommandStatusView view,
            CommandPublisher publisher,
            Counts counts,
            Clock clock,
            ApiConfig config) {
        this.door = door;
        this.batch = batch;
        this.view = view;
        this.publisher = publisher;
        this.counts = counts;
        this.clock = clock;
        this.ids = new RequestIds(clock);
        this.expiry = config.expiryRule();
    }

    /** The longest body that the call under this path takes. */
    static long limitOf(String path) {
        return path.equals(PATH + "batch") ? MAX_BATCH_BYTES : MAX_COMMAND_BYTES;
    }

    @POST
    @Operation(
            operationId = "createCommand",
            summary = "Ask that a device be told something",
            description = "Success means that every in-sync replica of Kafka has the command.")
    @Parameter(
            name = RequestHeaders.IDEMPOTENCY_KEY,
            in = ParameterIn.HEADER,
            description = "Makes the request id; repeating the request with it makes no second command",
            schema = @Schema(implementation = String.class, minLength = 1, maxLength = 255))
    @org.eclipse.microprofile.openapi.annotations.parameters.RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = CommandRequest.class)))
    @APIResponse(
            responseCode = "200",
            description = "The command is in Kafka",
            headers = {
                @Header(
                        name = HttpHeaders.LOCATION,
                        description = "Where to ask for the status",
                        schema = @Schema(implementation = String.class)),
                @Header(
                        name = RequestHeaders.REPLAYED,
                        description = "true when the same command was accepted before",
                        schema = @Schema(implementation = Boolean.class))
            },
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = CommandResponse.class)))
    @APIResponse(
            responseCode = "400",
            description = "The body is no command; violations say why",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "409",
            description = "The id belongs to another command",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "413",
            description = "Longer than 64 KiB",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "415",
            description = "Not JSON",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "503",
            description = "Kafka is not available; outcome says whether the command may be there",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Response createCommand(@Context HttpHeaders httpHeaders, InputStream stream)
            throws IOException, InterruptedException {
        long from = System.nanoTime();
        RequestHeaders headers = new RequestHeaders(httpHeaders);
        Response response = createFrom(headers, stream);
        counts.tookToAccept(System.nanoTime() - from);
        return response;
    }

    private Response createFrom(RequestHeaders headers, InputStream stream) throws IOException, InterruptedException {
        return switch (checked(headers, stream, MAX_COMMAND_BYTES)) {
            case Checked.Body body -> create(headers, body.bytes());
            case Checked.Refused refused -> reject(refused.problem());
        };
    }

    private Response create(RequestHeaders headers, byte[] body) throws InterruptedException {
        return switch (headers.idempotencyKey()) {
            case RequestHeaders.Key.Unusable unusable ->
                reject(Problems.invalid(
                        RequestHeaders.IDEMPOTENCY_KEY, "must have 1 to 255 printable ASCII characters"));
            case RequestHeaders.Key.Absent absent -> create(headers, body, ids.provisional(), false);
            case RequestHeaders.Key.Given given ->
                create(headers, body, RequestIds.forKey(RequestIds.ANONYMOUS, given.key()), true);
        };
    }

    private Response create(RequestHeaders headers, byte[] body, RequestId unlessGiven, boolean byKey)
            throws InterruptedException {
        Instant now = now();
        return switch (CommandJson.readRequest(body, () -> unlessGiven, now, expiry)) {
            case CommandJson.Read.Invalid invalid -> reject(Problems.invalid(invalid.violations()));
            case CommandJson.Read.Valid valid -> {
                boolean given = !valid.command().requestId().equals(unlessGiven);
                if (given && byKey) {
                    yield reject(Problems.invalid(
                            "request_id", "names the command a second time, beside the header Idempotency-Key"));
                }
                Command command = given || byKey ? valid.command() : named(valid.command());
                CommandDoor.Naming naming =
                        byKey ? CommandDoor.Naming.KEYED : given ? CommandDoor.Naming.GIVEN : CommandDoor.Naming.MADE;
                yield answer(command, pass(new CommandDoor.Entry(command, naming, headers.traceAndCloudEvent(), now)));
            }
        };
    }

    private CommandDoor.Answer pass(CommandDoor.Entry entry) throws InterruptedException {
        return switch (door.admit(entry)) {
            case CommandDoor.Admission.Admitted admitted -> door.settle(admitted.pending());
            case CommandDoor.Admission.Refused refused -> refused.conflict();
        };
    }

    private Command named(Command command) {
        return CommandBatch.withId(command, ids.forDevice(command.deviceId()));
    }

    private static Response answer(Command command, CommandDoor.Answer answer) {
        return switch (answer) {
            case CommandDoor.Answer.New taken ->
                ok(command, CommandResponse.success(taken.id().value(), "Command accepted", taken.at()))
                        .build();
            case CommandDoor.Answer.Replayed again ->
                ok(command, CommandResponse.success(again.id().value(), "Command accepted", again.at()))
                        .header(RequestHeaders.REPLAYED, "true")
                        .build();
            case CommandDoor.Answer.Conflict conflict -> Problems.respond(Problems.otherBody(conflict.id()));
            case CommandDoor.Answer.Failed failed -> Problems.respond(Problems.kafka(failed.id(), failed.failure()));
        };
    }

    private static Response.ResponseBuilder ok(Command command, CommandResponse response) {
        return Response.ok(response)
                .header(
                        HttpHeaders.LOCATION,
                        PATH + command.requestId().value() + "/status?device_id="
                                + URLEncoder.encode(command.deviceId().value(), StandardCharsets.UTF_8)
                                        .replace("+", "%20"));
    }

    @POST
    @Path("/batch")
    @Operation(
            operationId = "createCommands",
            summary = "Ask for up to 10000 commands at once",
            description = "Each command succeeds or fails alone; the results are in the order of the request.")
    @Parameter(
            name = RequestHeaders.IDEMPOTENCY_KEY,
            in = ParameterIn.HEADER,
            description = "Makes the ids of commands without one, from the key and their place in the list",
            schema = @Schema(implementation = String.class, minLength = 1, maxLength = 255))
    @org.eclipse.microprofile.openapi.annotations.parameters.RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = BatchCommandRequest.class)))
    @APIResponse(
            responseCode = "200",
            description = "What became of each",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = BatchCommandResponse.class)))
    @APIResponse(
            responseCode = "400",
            description = "The body is no batch",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "413",
            description = "Longer than 10 MB",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "415",
            description = "Not JSON",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "503",
            description = "Kafka took none of the commands",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Response createCommands(@Context HttpHeaders httpHeaders, InputStream stream)
            throws IOException, InterruptedException {
        long from = System.nanoTime();
        RequestHeaders headers = new RequestHeaders(httpHeaders);
        Response response =
                switch (checked(headers, stream, MAX_BATCH_BYTES)) {
                    case Checked.Refused refused -> reject(refused.problem());
                    case Checked.Body body ->
                        switch (batch.accept(headers, body.bytes(), now())) {
                            case CommandBatch.Outcome.Settled settled ->
                                Response.ok(settled.response()).build();
                            case CommandBatch.Outcome.Refused refused -> Problems.respond(refused.problem());
                        };
                };
        counts.tookToAccept(System.nanoTime() - from);
        return response;
    }

    @GET
    @Path("/{request_id}/status")
    @Operation(
            operationId = "getCommandStatus",
            summary = "Ask how far a command has come",
            description = "Never 404 right after the acceptance: on a miss the view first reads up to this moment.")
    @APIResponse(
            responseCode = "200",
            description = "State, evidence and history",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = CommandStatusResponse.class)))
    @APIResponse(
            responseCode = "400",
            description = "An id that no command can have",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "404",
            description = "No such command",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "409",
            description = "Several devices have a command with this id",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "503",
            description = "The status cannot be read at the moment",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Response getCommandStatus(
            @PathParam("request_id") String requestId,
            @Parameter(description = "Whose command; needed only when several devices have one with this id")
                    @QueryParam("device_id")
                    @Nullable
                    String deviceId)
            throws InterruptedException {
        return withRow(requestId, deviceId, row -> Response.ok(CommandStatusResponse.of(row))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build());
    }

    @DELETE
    @Path("/{request_id}")
    @Operation(
            operationId = "cancelCommand",
            summary = "Ask that a command not be done",
            description = "A request, not a state: the status tells what became of it.")
    @APIResponse(
            responseCode = "202",
            description = "Asked",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = CommandResponse.class)))
    @APIResponse(
            responseCode = "400",
            description = "An id that no command can have",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "404",
            description = "No such command",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "409",
            description = "The command is finished, or several devices have one with this id",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "503",
            description = "Kafka is not available",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Response cancelCommand(
            @PathParam("request_id") String requestId,
            @Parameter(description = "Whose command; needed only when several devices have one with this id")
                    @QueryParam("device_id")
                    @Nullable
                    String deviceId)
            throws InterruptedException {
        return withRow(requestId, deviceId, this::cancel);
    }

    private Response cancel(CommandRow row) throws InterruptedException {
        Progress progress = row.fold().progress();
        if (progress.isFinal()) {
            return Problems.respond(
                    Problems.finished(row.requestId(), progress.state().word()));
        }
        Instant now = now();
        Cancellation cancellation = new Cancellation(row.requestId(), row.deviceId(), now, RequestIds.ANONYMOUS);
        return switch (publisher.await(publisher.publish(cancellation))) {
            case Published.Taken taken -> {
                counts.cancellation();
                yield Response.accepted(CommandResponse.success(
                                row.requestId().value(), "Cancellation requested; the status tells its outcome", now))
                        .build();
            }
            case Published.Failed failed -> Problems.respond(Problems.kafka(row.requestId(), failed));
        };
    }

    private Response withRow(String requestId, @Nullable String deviceId, WithRow answer) throws InterruptedException {
        RequestId id;
        Optional<DeviceId> device;
        try {
            id = new RequestId(requestId);
        } catch (IllegalArgumentException e) {
            return Problems.respond(Problems.invalid("request_id", String.valueOf(e.getMessage())));
        }
        try {
            device = Optional.ofNullable(deviceId).map(DeviceId::new);
        } catch (IllegalArgumentException e) {
            return Problems.respond(Problems.invalid("device_id", String.valueOf(e.getMessage())));
        }
        return switch (view.ask(id, device)) {
            case CommandStatusView.Found.Row found -> answer.answer(found.row());
            case CommandStatusView.Found.Nothing nothing -> Problems.respond(Problems.noSuchCommand(id));
            case CommandStatusView.Found.Ambiguous several ->
                Problems.respond(Problems.ambiguous(id, several.devices().size()));
            case CommandStatusView.Found.Unavailable unavailable ->
                Problems.respond(Problems.viewUnavailable(id, unavailable.why()));
        };
    }

    private interface WithRow {
        Response answer(CommandRow row) throws InterruptedException;
    }

    private sealed interface Checked {
        record Body(byte[] bytes) implements Checked {}

        record Refused(Problem problem) implements Checked {}
    }

    private static Checked checked(RequestHeaders headers, InputStream stream, int limit) throws IOException {
        if (!headers.isJson()) {
            return new Checked.Refused(Problems.notJson(headers.contentType()));
        }
        return switch (RequestBody.read(stream, limit)) {
            case RequestBody.Whole whole -> new Checked.Body(whole.bytes());
            case RequestBody.TooLong tooLong -> new Checked.Refused(Problems.tooLarge(limit));
        };
    }

    private Response reject(Problem problem) {
        counts.rejected();
        return Problems.respond(problem);
    }

    /** Kafka's clock ticks in milliseconds; the answer shall not be finer than the record. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
