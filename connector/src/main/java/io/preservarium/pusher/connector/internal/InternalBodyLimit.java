package io.preservarium.pusher.connector.internal;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Refuses a body that is longer than any service has reason to send, before it is read. */
public final class InternalBodyLimit {

    static final int MAX_BODY = 1 << 20;

    /** A body of unknown length is refused too: every service says how long its body is. RFC 9110 section 15.5.12 */
    @ServerRequestFilter
    Optional<Response> limit(ContainerRequestContext request) {
        if (request.getLength() > MAX_BODY) {
            return Optional.of(InternalProblems.problem(413, "the body must be at most " + MAX_BODY + " bytes"));
        }
        if (request.getHeaders().containsKey("Transfer-Encoding")
                && !request.getHeaders().containsKey(HttpHeaders.CONTENT_LENGTH)) {
            return Optional.of(InternalProblems.problem(411, "the length of the body must be said in Content-Length"));
        }
        return Optional.empty();
    }
}
