package io.preservarium.pusher.api.http;

import io.preservarium.pusher.api.telemetry.ApiLog;
import io.preservarium.pusher.calls.messages.Problem;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What HTTP refuses before or after any resource has a say: long bodies, unknown addresses, malformed requests. */
@Singleton
final class HttpEdge {

    /** Before the server's own check, which answers without a body. */
    private static final int FIRST = 10_000;

    /** A preflight request is answered before, if origins are named. */
    private static final int AFTER_CORS = 10;

    /** A client that is told "too long" may go on sending for so long before the connection is cut. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    void filter(@Observes Filters filters) {
        filters.register(HttpEdge::refuseLongBody, FIRST);
        filters.register(HttpEdge::refuseEncodedBody, FIRST - 1);
        filters.register(HttpEdge::answerOptions, AFTER_CORS);
    }

    void lastRoute(@Observes Router router) {
        router.route().order(Integer.MAX_VALUE).handler(context -> answer(context, Problems.ofStatus(404)));
        router.route().order(Integer.MIN_VALUE).failureHandler(HttpEdge::failed);
        router.errorHandler(400, context -> answer(context, Problems.ofStatus(400)));
        router.errorHandler(404, context -> answer(context, Problems.ofStatus(404)));
        router.errorHandler(405, context -> answer(context, Problems.ofStatus(405)));
        router.errorHandler(500, HttpEdge::failed);
    }

    private static void refuseLongBody(RoutingContext context) {
        String length = context.request().getHeader(HttpHeaders.CONTENT_LENGTH);
        if (mayHaveBody(context.request(), length)) {
            context.addEndHandler(answered -> stopListening(context));
        }
        int limit = BodyLimits.of(String.valueOf(context.normalizedPath()));
        if (length == null || isAtMost(length, limit)) {
            context.next();
            return;
        }
        context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        answer(context, Problems.tooLarge(limit));
    }

    /** Bodies are read as they are: a compressed one is no JSON, and would be no bound. RFC 9110 section 15.5.16. */
    private static void refuseEncodedBody(RoutingContext context) {
        String encoding = context.request().getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding == null || encoding.isBlank() || encoding.strip().equalsIgnoreCase("identity")) {
            context.next();
            return;
        }
        context.response().putHeader(HttpHeaders.ACCEPT_ENCODING, "identity");
        answer(context, Problems.encoded(encoding));
    }

    private static void answerOptions(RoutingContext context) {
        Optional<String> allowed = context.request().method().equals(HttpMethod.OPTIONS)
                ? AllowedMethods.of(String.valueOf(context.normalizedPath()))
                : Optional.empty();
        if (allowed.isPresent()) {
            context.response()
                    .setStatusCode(204)
                    .putHeader(HttpHeaders.ALLOW, allowed.get())
                    .end();
        } else {
            context.next();
        }
    }

    /** RFC 9112 section 6.3: without both headers there is none, and the connection stays open for the next request. */
    private static boolean mayHaveBody(HttpServerRequest request, @Nullable String length) {
        return request.version() == HttpVersion.HTTP_2
                || (length != null && !length.equals("0"))
                || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }

    /**
     * What comes after the answer is thrown away, and a sender that goes on for too long is cut off: without this the
     * server collects an endless body in memory. Cutting at once would reset the connection under the answer, and
     * cutting one whose body ended would take it from the request that follows.
     */
    private static void stopListening(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.isEnded()) {
            return;
        }
        request.handler(ignored -> {});
        request.exceptionHandler(ignored -> {});
        if (context.response().headers().contains(HttpHeaders.CONNECTION, HttpHeaders.CLOSE, true)) {
            request.endHandler(done -> request.connection().close());
        }
        context.vertx().setTimer(LINGER.toMillis(), late -> {
            if (!request.isEnded()) {
                request.connection().close();
            }
        });
        request.resume();
    }

    private static boolean isAtMost(String length, long limit) {
        try {
            return Long.parseLong(length) <= limit;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static void failed(RoutingContext context) {
        Throwable failure = context.failure();
        int status = context.statusCode() >= 400 ? context.statusCode() : 500;
        if (failure != null && status >= 500) {
            ApiLog.LOG.requestFailed(
                    failure, context.request().method().name(), String.valueOf(context.normalizedPath()));
        }
        answer(context, Problems.ofStatus(status));
    }

    private static void answer(RoutingContext context, Problem problem) {
        HttpServerResponse response = context.response();
        if (response.headWritten()) {
            return;
        }
        response.setStatusCode(problem.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, Problems.MEDIA_TYPE)
                .end(new JsonObject()
                        .put("type", problem.type())
                        .put("title", problem.title())
                        .put("status", problem.status())
                        .put("detail", problem.detail())
                        .put("error", problem.error())
                        .put("violations", new JsonArray())
                        .toBuffer());
    }
}
