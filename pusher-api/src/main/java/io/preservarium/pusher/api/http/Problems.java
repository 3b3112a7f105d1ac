package io.preservarium.pusher.api.http;

import io.preservarium.pusher.api.kafka.Published;
import io.preservarium.pusher.api.telemetry.ApiLog;
import io.preservarium.pusher.calls.messages.CommandResponse;
import io.preservarium.pusher.calls.messages.Problem;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.ScriptVerdict;
import io.preservarium.pusher.command.wire.Violation;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Every error of the service, and the one place where an exception becomes one. RFC 9457. */
public final class Problems {

    public static final String MEDIA_TYPE = "application/problem+json";

    /** A body that is no command: the fields say which rule each breaks. */
    public static final String VALIDATION = "CommandValidationError";

    public static final String KAFKA = "KafkaConnectionError";
    public static final String CONFLICT = "CommandConflict";

    private static final Duration KAFKA_RETRY = Duration.ofSeconds(5);
    private static final Duration VIEW_RETRY = Duration.ofSeconds(1);
    private static final int TOO_LARGE = 413;

    public static Problem invalid(List<Violation> violations) {
        return new Problem(
                VALIDATION,
                "The request breaks a rule",
                400,
                text(violations),
                text(violations),
                violations,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public static Problem invalid(String field, String message) {
        return invalid(List.of(new Violation(field, message)));
    }

    private static String text(List<Violation> violations) {
        return violations.stream().map(Violation::toString).collect(Collectors.joining("; "));
    }

    public static Problem tooLarge(long limit) {
        return plain(
                "PayloadTooLarge", "The body is too long", TOO_LARGE, "the body must be at most " + limit + " bytes");
    }

    public static Problem notJson(Optional<String> contentType) {
        return plain(
                "UnsupportedMediaType",
                "The body is not JSON",
                415,
                "Content-Type must be application/json but was "
                        + contentType.map(type -> "'" + type + "'").orElse("absent"));
    }

    static Problem encoded(String encoding) {
        return plain(
                "UnsupportedMediaType",
                "The body is encoded",
                415,
                "Content-Encoding must be absent but was '" + encoding + "'; bodies are taken as they are");
    }

    public static Problem noSuchCommand(RequestId id) {
        return about(
                id,
                plain(
                        "CommandNotFound",
                        "No such command",
                        404,
                        "no command " + id + " is known, or it is finished and forgotten"));
    }

    public static Problem ambiguous(RequestId id, int devices) {
        return about(
                id,
                plain(
                        CONFLICT,
                        "Several commands have this id",
                        409,
                        devices + " devices have a command " + id + "; name one of them with ?device_id="));
    }

    public static Problem otherBody(RequestId id) {
        return about(
                id,
                plain(
                        CONFLICT,
                        "The id belongs to another command",
                        409,
                        "a command " + id + " that says something else was accepted before for this device"));
    }

    public static Problem finished(RequestId id, String state) {
        return about(
                id,
                plain(
                        CONFLICT,
                        "The command is finished",
                        409,
                        "the command is already " + state + " and cannot be cancelled"));
    }

    public static Problem kafka(RequestId id, Published.Failed failed) {
        Problem plain = kafka(failed.outcome(), failed.why(), Optional.empty());
        return about(id, plain);
    }

    /** Of a whole batch: each item's id is in the results, so that repeating makes no second command. */
    public static Problem kafka(Published.Outcome outcome, String why, Optional<List<CommandResponse>> results) {
        String detail =
                switch (outcome) {
                    case NOT_SENT -> "Kafka did not take the command: " + why;
                    case UNKNOWN ->
                        "Kafka did not confirm the command, it may be there; repeating it with the same id is safe: "
                                + why;
                };
        return new Problem(
                KAFKA,
                "Kafka is not available",
                503,
                detail,
                detail,
                List.of(),
                Optional.empty(),
                Optional.of(outcome.word()),
                results);
    }

    public static Problem viewUnavailable(RequestId id, String why) {
        return about(id, plain("StatusUnavailable", "The status cannot be read at the moment", 503, why));
    }

    public static Problem noSuchParser(ParserRef ref) {
        return plain("ParserNotFound", "No such parser script", 404, "the script topic has no parser script " + ref);
    }

    public static Problem parserOwned(ParserRef ref, String owner) {
        return plain(
                "ParserConflict",
                "The parser script belongs to somebody else",
                409,
                "parser script " + ref + " belongs to " + owner + ", who alone may change it");
    }

    public static Problem parserChanged(ParserRef ref, Optional<Digest> live) {
        return plain(
                "PreconditionFailed",
                "Another version is live",
                412,
                "of parser script " + ref
                        + live.map(sha -> " sha256 " + sha + " is live").orElse(" no version is live"));
    }

    /** Each failing example is a violation; what does not even load is one of the source. */
    public static Problem parserRefused(ScriptVerdict.Refused verdict) {
        List<Violation> violations = verdict.failures().isEmpty()
                ? List.of(new Violation("source", verdict.message()))
                : verdict.failures().stream()
                        .map(failure -> new Violation(
                                "examples." + failure.example(),
                                "expected " + failure.expected() + " but was " + failure.actual()))
                        .toList();
        return new Problem(
                "ParserRefused",
                "The parser script did not pass its check",
                422,
                verdict.message(),
                verdict.message(),
                violations,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public static Problem parsersUnavailable(String why) {
        return plain("ParsersUnavailable", "Parser scripts cannot be read or checked at the moment", 503, why);
    }

    public static Problem parserNotTaken(ParserRef ref, Published.Failed failed) {
        String detail =
                "Kafka did not confirm the change of parser script " + ref + ", repeating it is safe: " + failed.why();
        return new Problem(
                KAFKA,
                "Kafka is not available",
                503,
                detail,
                detail,
                List.of(),
                Optional.empty(),
                Optional.of(failed.outcome().word()),
                Optional.empty());
    }

    public static Problem noScriptType(Optional<String> contentType) {
        return plain(
                "UnsupportedMediaType",
                "The body is no script",
                415,
                "Content-Type must be text/x-python, text/javascript or application/json but was "
                        + contentType.map(type -> "'" + type + "'").orElse("absent"));
    }

    public static Problem notTheOperator(String header) {
        return plain(
                "Forbidden",
                "The owner cannot be claimed",
                403,
                "the header " + header + " needs the INTERNAL_TOKEN of this installation");
    }

    public static Problem unhealthy(String why) {
        return plain("NotReady", "The service is not ready", 503, why);
    }

    /** What HTTP itself refuses. */
    public static Problem ofStatus(int status) {
        return switch (status) {
            case 404 ->
                plain(
                        "NotFound",
                        "There is nothing under this address",
                        404,
                        "this address is not part of the interface; see /q/openapi");
            case 405 ->
                plain(
                        "MethodNotAllowed",
                        "The method does not fit",
                        405,
                        "this address does not answer this method; see the Allow header");
            case 406 ->
                plain("NotAcceptable", "No common format", 406, "the answer is application/json; Accept must allow it");
            case TOO_LARGE ->
                plain("PayloadTooLarge", "The body is too long", TOO_LARGE, "the body is longer than any call takes");
            case 415 ->
                plain("UnsupportedMediaType", "The body is not JSON", 415, "Content-Type must be application/json");
            default ->
                status < 500
                        ? plain("BadRequest", "The request is malformed", status, "the request could not be understood")
                        : plain(
                                "InternalError",
                                "Something is broken here",
                                status,
                                "the request failed; the log of the service says why");
        };
    }

    private static Problem plain(String type, String title, int status, String detail) {
        return new Problem(
                type, title, status, detail, detail, List.of(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static Problem about(RequestId id, Problem problem) {
        return new Problem(
                problem.type(),
                problem.title(),
                problem.status(),
                problem.detail(),
                problem.error(),
                problem.violations(),
                Optional.of(id.value()),
                problem.outcome(),
                problem.results());
    }

    public static Response respond(Problem problem) {
        Response.ResponseBuilder response =
                Response.status(problem.status()).type(MEDIA_TYPE).entity(problem);
        if (problem.type().equals(KAFKA)) {
            response.header(HttpHeaders.RETRY_AFTER, KAFKA_RETRY.toSeconds());
        } else if (problem.status() == 503) {
            response.header(HttpHeaders.RETRY_AFTER, VIEW_RETRY.toSeconds());
        } else if (problem.status() == TOO_LARGE) {
            // The rest of the body is still coming; this connection is of no more use.
            response.header("Connection", "close");
        }
        return response.build();
    }

    @ServerExceptionMapper
    public Response notFound(NotFoundException e) {
        return respond(ofStatus(404));
    }

    @ServerExceptionMapper
    public Response refused(WebApplicationException e, @Context Request request, @Context UriInfo uri) {
        int status = e.getResponse().getStatus();
        if (status >= 500) {
            ApiLog.LOG.requestFailed(e, request.getMethod(), uri.getPath());
        }
        Response answer = respond(ofStatus(status));
        return status == 405
                ? AllowedMethods.of(uri.getPath())
                        .map(methods -> Response.fromResponse(answer)
                                .header(HttpHeaders.ALLOW, methods)
                                .build())
                        .orElse(answer)
                : answer;
    }

    @ServerExceptionMapper
    public Response broken(Throwable e, @Context Request request, @Context UriInfo uri) {
        ApiLog.LOG.requestFailed(e, request.getMethod(), uri.getPath());
        return respond(ofStatus(500));
    }
}
