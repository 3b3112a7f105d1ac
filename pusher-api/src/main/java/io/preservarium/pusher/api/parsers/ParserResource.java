package io.preservarium.pusher.api.parsers;

import io.preservarium.pusher.api.http.BodyLimits;
import io.preservarium.pusher.api.http.Problems;
import io.preservarium.pusher.api.http.RequestBody;
import io.preservarium.pusher.api.http.RequestHeaders;
import io.preservarium.pusher.calls.messages.ParserList;
import io.preservarium.pusher.calls.messages.ParserPublished;
import io.preservarium.pusher.calls.messages.ParserResponse;
import io.preservarium.pusher.calls.messages.Problem;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.wire.ScriptJson;
import io.preservarium.pusher.command.wire.Violation;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Parser scripts: which are live, put one in, take one out. Changing a script is the right to send anything. */
@Path(BodyLimits.PARSERS)
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "parsers")
class ParserResource {

    static final int MAX_SOURCE_BYTES = 256 << 10;

    private static final String PYTHON = "text/x-python";
    private static final String JAVASCRIPT = "text/javascript";

    private final ParserChanges changes;
    private final ParserScriptView view;
    private final ParserOwner owners;

    ParserResource(ParserChanges changes, ParserScriptView view, ParserOwner owners) {
        this.changes = changes;
        this.view = view;
        this.owners = owners;
    }

    @GET
    @Operation(
            operationId = "listParsers",
            summary = "List the parser scripts",
            description =
                    "Those on the script topic, which REST and ConfigMaps write to, and those that the connectors say"
                            + " they have in files.")
    @APIResponse(
            responseCode = "200",
            description = "Every script, by name",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ParserList.class)))
    @APIResponse(
            responseCode = "503",
            description = "The scripts cannot be read at the moment",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Response listParsers() throws InterruptedException {
        return view.catchUp()
                .map(why -> Problems.respond(Problems.parsersUnavailable(why)))
                .orElseGet(() -> Response.ok(new ParserList(view.list()))
                        .header(HttpHeaders.CACHE_CONTROL, "no-store")
                        .build());
    }

    @GET
    @Path("/{ref}")
    @Operation(operationId = "getParser", summary = "Read a parser script")
    @APIResponse(
            responseCode = "200",
            description = "The live version; with its text and an ETag if it is on the script topic",
            headers =
                    @Header(
                            name = HttpHeaders.ETAG,
                            description = "The digest, in quotes",
                            schema = @Schema(implementation = String.class)),
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ParserResponse.class)))
    @APIResponse(responseCode = "304", description = "If-None-Match names the live version")
    @APIResponse(
            responseCode = "400",
            description = "A name that no script can have",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "404",
            description = "No such script",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "503",
            description = "The scripts cannot be read at the moment",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Response getParser(@PathParam("ref") String name, @Context Request conditions) throws InterruptedException {
        return switch (Named.of(name)) {
            case Named.Impossible impossible -> Problems.respond(impossible.problem());
            case Named.As as -> {
                Optional<String> behind = view.catchUp();
                yield behind.isPresent()
                        ? Problems.respond(Problems.parsersUnavailable(behind.get()))
                        : view.live(as.ref())
                                .map(script -> read(script, conditions))
                                .or(() -> view.inFiles(as.ref()).map(found -> Response.ok(found)
                                        .header(HttpHeaders.CACHE_CONTROL, "no-cache")
                                        .build()))
                                .orElseGet(() -> Problems.respond(Problems.noSuchParser(as.ref())));
            }
        };
    }

    private Response read(PublishedScript script, Request conditions) {
        return Optional.ofNullable(conditions.evaluatePreconditions(tag(script.sha256())))
                .orElseGet(() -> Response.ok(
                        ParserResponses.whole(script, view.statuses(script.ref()), view.previous(script.ref()))))
                .tag(tag(script.sha256()))
                .header(HttpHeaders.CACHE_CONTROL, "no-cache")
                .build();
    }

    private static EntityTag tag(Digest digest) {
        return new EntityTag(digest.hex());
    }

    private static ParserChanges.Precondition precondition(Request conditions) {
        return live -> live.map(digest -> conditions.evaluatePreconditions(tag(digest)) == null)
                .orElseGet(() -> conditions.evaluatePreconditions() == null);
    }

    @PUT
    @Path("/{ref}")
    @Operation(
            operationId = "putParser",
            summary = "Make a parser script live",
            description =
                    "A connector loads it and runs its examples first; one that fails changes nothing. Every connector"
                            + " swaps within a second of the answer, without dropping a command.")
    @Parameter(
            name = HttpHeaders.IF_MATCH,
            in = ParameterIn.HEADER,
            description = "Only if this version is live",
            schema = @Schema(implementation = String.class))
    @Parameter(
            name = HttpHeaders.IF_NONE_MATCH,
            in = ParameterIn.HEADER,
            description = "* : only if there is none yet",
            schema = @Schema(implementation = String.class))
    @Parameter(
            name = ParserOwner.HEADER,
            in = ParameterIn.HEADER,
            description = "configmap:namespace/name, for the operator, which shows the INTERNAL_TOKEN",
            schema = @Schema(implementation = String.class))
    @org.eclipse.microprofile.openapi.annotations.parameters.RequestBody(
            required = true,
            content = {
                @Content(mediaType = PYTHON, schema = @Schema(implementation = String.class)),
                @Content(mediaType = JAVASCRIPT, schema = @Schema(implementation = String.class)),
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = ParserRequest.class))
            })
    @APIResponse(
            responseCode = "200",
            description = "It is live in place of another version, or was already",
            headers =
                    @Header(
                            name = HttpHeaders.ETAG,
                            description = "The digest, in quotes",
                            schema = @Schema(implementation = String.class)),
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ParserPublished.class)))
    @APIResponse(
            responseCode = "201",
            description = "It is live and is new",
            headers =
                    @Header(
                            name = HttpHeaders.ETAG,
                            description = "The digest, in quotes",
                            schema = @Schema(implementation = String.class)),
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ParserPublished.class)))
    @APIResponse(
            responseCode = "400",
            description = "The body is no script; violations say why",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "403",
            description = "The owner cannot be claimed without the INTERNAL_TOKEN",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "409",
            description = "It belongs to another owner",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "412",
            description = "Another version is live than the condition says",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "413",
            description = "The body is longer than 1 MiB or the script than 256 KiB",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "415",
            description = "Neither Python, JavaScript nor JSON",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "422",
            description = "It did not pass its check; violations name the failing examples",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "503",
            description = "No connector could check it, or Kafka is not available",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Response putParser(
            @PathParam("ref") String name,
            @Context HttpHeaders headers,
            @Context HttpServerRequest request,
            @Context Request conditions,
            RequestBody body)
            throws InterruptedException {
        return switch (Named.of(name)) {
            case Named.Impossible impossible -> Problems.respond(impossible.problem());
            case Named.As as ->
                switch (owners.of(headers)) {
                    case ParserOwner.Claim.Refused refused -> Problems.respond(refused.problem());
                    case ParserOwner.Claim.Of claim ->
                        switch (draft(as.ref(), new RequestHeaders(request.headers()), body)) {
                            case Drafted.Refused refused -> Problems.respond(refused.problem());
                            case Drafted.Draft drafted ->
                                answer(as.ref(), changes.put(drafted.draft(), claim.owner(), precondition(conditions)));
                        };
                };
        };
    }

    @DELETE
    @Path("/{ref}")
    @Operation(
            operationId = "deleteParser",
            summary = "Take a parser script out",
            description = "What it shadowed in a connector's files, if anything, is live again.")
    @Parameter(
            name = HttpHeaders.IF_MATCH,
            in = ParameterIn.HEADER,
            description = "Only if this version is live",
            schema = @Schema(implementation = String.class))
    @Parameter(
            name = ParserOwner.HEADER,
            in = ParameterIn.HEADER,
            description = "configmap:namespace/name, for the operator, which shows the INTERNAL_TOKEN",
            schema = @Schema(implementation = String.class))
    @APIResponse(responseCode = "204", description = "It is gone")
    @APIResponse(
            responseCode = "400",
            description = "A name that no script can have",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "403",
            description = "The owner cannot be claimed without the INTERNAL_TOKEN",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "404",
            description = "No such script on the script topic",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "409",
            description = "It belongs to another owner",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "412",
            description = "Another version is live than the condition says",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "503",
            description = "Kafka is not available",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Response deleteParser(
            @PathParam("ref") String name, @Context HttpHeaders headers, @Context Request conditions)
            throws InterruptedException {
        return switch (Named.of(name)) {
            case Named.Impossible impossible -> Problems.respond(impossible.problem());
            case Named.As as ->
                switch (owners.of(headers)) {
                    case ParserOwner.Claim.Refused refused -> Problems.respond(refused.problem());
                    case ParserOwner.Claim.Of claim ->
                        answer(as.ref(), changes.delete(as.ref(), claim.owner(), precondition(conditions)));
                };
        };
    }

    private static Response answer(ParserRef ref, ParserChanges.Answer answer) {
        return switch (answer) {
            case ParserChanges.Answer.Live live -> published(live);
            case ParserChanges.Answer.Removed removed -> Response.noContent().build();
            case ParserChanges.Answer.NoSuchParser nothing -> Problems.respond(Problems.noSuchParser(ref));
            case ParserChanges.Answer.Owned owned -> Problems.respond(Problems.parserOwned(ref, owned.owner()));
            case ParserChanges.Answer.Changed changed -> Problems.respond(Problems.parserChanged(ref, changed.live()));
            case ParserChanges.Answer.Refused refused -> Problems.respond(Problems.parserRefused(refused.verdict()));
            case ParserChanges.Answer.Unavailable away -> Problems.respond(Problems.parsersUnavailable(away.why()));
            case ParserChanges.Answer.NotTaken failed ->
                Problems.respond(Problems.parserNotTaken(ref, failed.failure()));
        };
    }

    private static Response published(ParserChanges.Answer.Live live) {
        PublishedScript script = live.script();
        return Response.status(live.isNew() ? Response.Status.CREATED : Response.Status.OK)
                .tag(tag(script.sha256()))
                .entity(new ParserPublished(
                        script.ref().value(), script.sha256().hex(), live.examples(), script.owner()))
                .build();
    }

    private sealed interface Named {
        record As(ParserRef ref) implements Named {}

        record Impossible(Problem problem) implements Named {}

        static Named of(String name) {
            try {
                return new As(new ParserRef(name));
            } catch (IllegalArgumentException e) {
                return new Impossible(Problems.invalid("ref", String.valueOf(e.getMessage())));
            }
        }
    }

    private sealed interface Drafted {
        record Draft(PublishedScript.Draft draft) implements Drafted {}

        record Refused(Problem problem) implements Drafted {}
    }

    private static Drafted draft(ParserRef ref, RequestHeaders headers, RequestBody body) {
        String type = headers.mediaType().orElse("");
        if (!type.equals(MediaType.APPLICATION_JSON) && !type.equals(PYTHON) && !type.equals(JAVASCRIPT)) {
            return new Drafted.Refused(Problems.noScriptType(headers.contentType()));
        }
        return switch (body) {
            case RequestBody.TooLong tooLong -> new Drafted.Refused(Problems.tooLarge(tooLong.limit()));
            case RequestBody.Whole whole ->
                bounded(type.equals(MediaType.APPLICATION_JSON) ? json(ref, whole) : text(ref, type, whole));
        };
    }

    private static Drafted bounded(Drafted drafted) {
        return drafted instanceof Drafted.Draft read
                        && read.draft().source().getBytes(StandardCharsets.UTF_8).length > MAX_SOURCE_BYTES
                ? new Drafted.Refused(Problems.tooLarge(MAX_SOURCE_BYTES))
                : drafted;
    }

    private static Drafted json(ParserRef ref, RequestBody.Whole body) {
        return switch (ScriptJson.readUpload(ref, body.bytes())) {
            case ScriptJson.Upload.Valid valid -> new Drafted.Draft(valid.draft());
            case ScriptJson.Upload.Invalid invalid -> new Drafted.Refused(Problems.invalid(invalid.violations()));
        };
    }

    private static Drafted text(ParserRef ref, String type, RequestBody.Whole body) {
        if (type.equals(PYTHON) != ref.value().endsWith(".py")) {
            return new Drafted.Refused(Problems.invalid(List.of(
                    new Violation(HttpHeaders.CONTENT_TYPE, "is " + type + ", which does not fit the name " + ref))));
        }
        try {
            String source = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body.bytes()))
                    .toString();
            return new Drafted.Draft(new PublishedScript.Draft(ref, source, Map.of(), Optional.empty()));
        } catch (CharacterCodingException e) {
            return new Drafted.Refused(Problems.invalid("source", "must be UTF-8"));
        }
    }
}
