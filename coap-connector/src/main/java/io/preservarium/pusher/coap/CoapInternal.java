package io.preservarium.pusher.coap;

import io.preservarium.pusher.command.wire.InternalToken;
import io.preservarium.pusher.parsers.ParsersConfig;
import io.preservarium.pusher.parsers.ScriptChecks;
import io.preservarium.pusher.parsers.ScriptParser;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;

/** What other services of this installation may ask of the connector: whether a script may go live. */
@Singleton
final class CoapInternal {

    static final String CHECK = "/internal/v1/parsers/check";

    private static final int MAX_BODY = 1 << 20;

    private final ScriptChecks scripts;
    private final Optional<InternalToken> token;

    CoapInternal(ScriptParser parser, ParsersConfig limits, CoapConfig config) {
        this.scripts = new ScriptChecks(parser, limits);
        this.token = InternalToken.of(config.internalToken());
    }

    void routes(@Observes Router router) {
        router.post(CHECK).handler(this::authorize);
        router.post(CHECK)
                .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
                .blockingHandler(this::check, false)
                .failureHandler(CoapInternal::failed);
    }

    private void authorize(RoutingContext context) {
        if (token.isEmpty()) {
            problem(context, 503, "INTERNAL_TOKEN is not set, so nobody may ask this");
        } else if (!token.get().isShownBy(context.request().getHeader(HttpHeaders.AUTHORIZATION))) {
            context.response().putHeader("WWW-Authenticate", "Bearer");
            problem(context, 401, "the INTERNAL_TOKEN of this installation is needed");
        } else {
            context.next();
        }
    }

    private void check(RoutingContext context) {
        Buffer body = context.body().buffer();
        var unused = scripts.answer(body == null ? new byte[0] : body.getBytes())
                .whenComplete((verdict, failure) -> {
                    if (failure != null) {
                        context.fail(failure);
                    } else {
                        answer(context, 200, "application/json", Buffer.buffer(verdict));
                    }
                });
    }

    private static void failed(RoutingContext context) {
        if (context.statusCode() == 413) {
            problem(context, 413, "the body must be at most " + MAX_BODY + " bytes");
            return;
        }
        if (context.failure() != null) {
            CoapLog.checkBroken(context.failure());
        }
        problem(context, Math.max(400, context.statusCode()), "the check failed; the log of the connector says why");
    }

    private static void problem(RoutingContext context, int status, String detail) {
        JsonObject problem = new JsonObject().put("status", status).put("detail", detail);
        answer(context, status, "application/problem+json", problem.toBuffer());
    }

    private static void answer(RoutingContext context, int status, String type, Buffer body) {
        HttpServerResponse response = context.response();
        if (!response.ended() && !response.closed()) {
            var unused = response.setStatusCode(status)
                    .putHeader(HttpHeaders.CONTENT_TYPE, type)
                    .end(body);
        }
    }
}
