package io.preservarium.pusher.connector.internal;

import io.preservarium.pusher.command.wire.InternalToken;
import io.preservarium.pusher.connector.ConnectorConfig;
import io.preservarium.pusher.connector.ConnectorLog;
import io.quarkus.security.UnauthorizedException;
import io.vertx.core.json.JsonObject;
import jakarta.annotation.Priority;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Every answer of {@code /internal/v1} that says no. RFC 9457. */
@Singleton
public class InternalProblems {

    private final Optional<InternalToken> token;

    public InternalProblems(ConnectorConfig config) {
        this.token = InternalToken.of(config.internalToken());
    }

    @ServerExceptionMapper
    @Priority(Priorities.AUTHENTICATION)
    Response unauthorized(UnauthorizedException nobody) {
        if (token.isEmpty()) {
            return problem(503, "INTERNAL_TOKEN is not set, so nobody may ask this");
        }
        return Response.fromResponse(problem(401, "the INTERNAL_TOKEN of this installation is needed"))
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                .build();
    }

    @ServerExceptionMapper
    Response refused(WebApplicationException refusal) {
        return problem(refusal.getResponse().getStatus(), String.valueOf(refusal.getMessage()));
    }

    @ServerExceptionMapper
    Response broken(Exception cause) {
        ConnectorLog.LOG.callBroken(cause);
        return problem(500, "this connector met an error of its own; its log says more");
    }

    static Response problem(int status, String detail) {
        return Response.status(status)
                .type("application/problem+json")
                .entity(new JsonObject()
                        .put("title", Response.Status.fromStatusCode(status).getReasonPhrase())
                        .put("status", status)
                        .put("detail", detail)
                        .encode())
                .build();
    }
}
