package io.preservarium.pusher.api.commands;

import io.preservarium.pusher.api.http.BodyLimits;
import io.preservarium.pusher.api.http.Problems;
import io.preservarium.pusher.api.http.RequestBody;
import io.preservarium.pusher.api.http.RequestHeaders;
import io.preservarium.pusher.api.kafka.CommandPublisher;
import io.preservarium.pusher.api.kafka.Published;
import io.preservarium.pusher.api.settings.ApiConfig;
import io.preservarium.pusher.api.status.CommandRow;
import io.preservarium.pusher.api.status.CommandStatusView;
import io.preservarium.pusher.api.status.RequestIds;
import io.preservarium.pusher.api.status.StatusResponses;
import io.preservarium.pusher.api.telemetry.Counts;
import io.preservarium.pusher.calls.messages.CommandResponse;
import io.preservarium.pusher.calls.messages.CommandStatusResponse;
import io.preservarium.pusher.calls.messages.Problem;
import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.CommandRecord;
import io.preservarium.pusher.command.wire.ExpiryRule;
import io.quarkus.virtual.threads.VirtualThreads;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerRequest;
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
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
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
@Path(BodyLimits.COMMANDS)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "commands")
class CommandResource {

    static final int MAX_BATCH = 10_000;
    private static final String PATH = BodyLimits.COMMANDS + "/";

    private final CommandIntake intake;
    private final CommandBatch batch;
    private final CommandStatusView view;
    private final CommandPublisher publisher;
    private final Counts counts;
    private final Clock clock;
    private final ExecutorService blocking;
    private final RequestIds ids;
    private final ExpiryRule expiry;

    CommandResource(
            CommandIntake intake,
            CommandBatch batch,
            CommandStatusView view,
            CommandPublisher publisher,
            Counts counts,
            Clock clock,
            @VirtualThreads ExecutorService blocking,
            ApiConfig config) {
        this.intake = intake;
        this.batch = batch;
        this.view = view;
        this.publisher = publisher;
        this.counts = counts;
        this.clock = clock;
        this.blocking = blocking;
        this.ids = new RequestIds(clock);
        this.expiry = config.expiryRule();
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
    @NonBlocking
    public CompletionStage<Response> createCommand(@Context HttpServerRequest request, RequestBody body) {
        long from = System.nanoTime();
        return createFrom(new RequestHeaders(request.headers()), body).thenApply(response -> {
            counts.tookToAccept(System.nanoTime() - from);
            return response;
        });
    }

    private CompletableFuture<Response> createFrom(RequestHeaders headers, RequestBody received) {
        return switch (checked(headers, received)) {
            case Checked.Body body -> create(headers, body.bytes());
            case Checked.Refused refused -> rejected(refused.problem());
        };
    }

    private CompletableFuture<Response> create(RequestHeaders headers, byte[] body) {
        return switch (headers.idempotencyKey()) {
            case RequestHeaders.Key.Unusable unusable ->
                rejected(Problems.invalid(
                        RequestHeaders.IDEMPOTENCY_KEY, "must have 1 to 255 printable ASCII characters"));
            case RequestHeaders.Key.Absent absent -> create(headers, body, ids.provisional(), false);
            case RequestHeaders.Key.Given given ->
                create(headers, body, RequestIds.forKey(RequestIds.ANONYMOUS, given.key()), true);
        };
    }

    private CompletableFuture<Response> create(
            RequestHeaders headers, byte[] body, RequestId unlessGiven, boolean byKey) {
        Instant now = now();
        return switch (CommandJson.readRequest(body, () -> unlessGiven, now, expiry)) {
            case CommandJson.Read.Invalid invalid -> rejected(Problems.invalid(invalid.violations()));
            case CommandJson.Read.Valid valid -> {
                boolean given = !valid.command().requestId().equals(unlessGiven);
                if (given && byKey) {
                    yield rejected(Problems.invalid(
                            "request_id", "names the command a second time, beside the header Idempotency-Key"));
                }
                Command command = given || byKey ? valid.command() : named(valid.command());
                CommandIntake.Naming naming = byKey
                        ? CommandIntake.Naming.KEYED
                        : given ? CommandIntake.Naming.GIVEN : CommandIntake.Naming.MADE;
                yield switch (publisher.record(command, headers.traceAndCloudEvent(), now)) {
                    case CommandRecord.Readable record -> pass(new CommandIntake.Entry(record, naming, now));
                    case CommandRecord.Refused refused -> rejected(Problems.invalid(refused.violations()));
                };
            }
        };
    }

    private CompletableFuture<Response> pass(CommandIntake.Entry entry) {
        if (entry.naming() == CommandIntake.Naming.MADE) {
            return settled(intake.admit(entry));
        }
        // Whether the id is known stands in a store on disk, which is no reading for an event loop.
        return CompletableFuture.supplyAsync(() -> intake.admit(entry), blocking)
                .thenCompose(this::settled);
    }

    private CompletableFuture<Response> settled(CommandIntake.Admission admission) {
        return switch (admission) {
            case CommandIntake.Admission.Admitted admitted -> {
                CommandIntake.Pending pending = admitted.pending();
                yield pending.published()
                        .thenApply(published -> answer(pending.entry().command(), intake.settle(pending, published)));
            }
            case CommandIntake.Admission.Refused refused ->
                CompletableFuture.completedFuture(
                        Problems.respond(Problems.otherBody(refused.conflict().id())));
        };
    }

    private CompletableFuture<Response> rejected(Problem problem) {
        return CompletableFuture.completedFuture(reject(problem));
    }

    private Command named(Command command) {
        return command.toBuilder().requestId(ids.forDevice(command.deviceId())).build();
    }

    private static Response answer(Command command, CommandIntake.Answer answer) {
        return switch (answer) {
            case CommandIntake.Answer.New taken ->
                ok(command, CommandResponse.success(taken.id().value(), "Command accepted", taken.at()))
                        .build();
            case CommandIntake.Answer.Replayed again ->
                ok(command, CommandResponse.success(again.id().value(), "Command accepted", again.at()))
                        .header(RequestHeaders.REPLAYED, "true")
                        .build();
            case CommandIntake.Answer.Conflict conflict -> Problems.respond(Problems.otherBody(conflict.id()));
            case CommandIntake.Answer.Failed failed -> Problems.respond(Problems.kafka(failed.id(), failed.failure()));
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
    @RunOnVirtualThread
    public Response createCommands(@Context HttpServerRequest request, RequestBody received)
            throws InterruptedException {
        long from = System.nanoTime();
        RequestHeaders headers = new RequestHeaders(request.headers());
        Response response =
                switch (checked(headers, received)) {
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
    @RunOnVirtualThread
    public Response getCommandStatus(
            @PathParam("request_id") String requestId,
            @Parameter(description = "Whose command; needed only when several devices have one with this id")
                    @QueryParam("device_id")
                    @Nullable
                    String deviceId)
            throws InterruptedException {
        return withRow(requestId, deviceId, row -> Response.ok(StatusResponses.of(row))
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
    @RunOnVirtualThread
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

    private static Checked checked(RequestHeaders headers, RequestBody received) {
        if (!headers.isJson()) {
            return new Checked.Refused(Problems.notJson(headers.contentType()));
        }
        return switch (received) {
            case RequestBody.Whole whole -> new Checked.Body(whole.bytes());
            case RequestBody.TooLong tooLong -> new Checked.Refused(Problems.tooLarge(tooLong.limit()));
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
