package io.preservarium.pusher.calls;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** A connector's {@code /internal/v1}. Every call blocks; {@link ServiceAnswer} reads what comes back. */
@Path("/internal/v1")
public interface ConnectorCalls {

    /**
     * Whether a script may go live; {@code ScriptJson} writes the draft and reads the verdict.
     *
     * @param token see {@code InternalToken}
     */
    @POST
    @Path("/parsers/check")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    Response checkParser(@HeaderParam(HttpHeaders.AUTHORIZATION) String token, byte[] draft);
}
