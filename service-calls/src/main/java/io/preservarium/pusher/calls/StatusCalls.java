package io.preservarium.pusher.calls;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;

/** pusher-api's statuses of commands. Every call blocks; {@link ServiceAnswer} reads what comes back. */
@Path("/api/v1/commands")
@Produces(MediaType.APPLICATION_JSON)
public interface StatusCalls {

    /** The header that carries an API key. */
    String KEY = "X-API-Key";

    /** Answers a {@code CommandStatusResponse}, or a {@code Problem}. */
    @GET
    @Path("/{request_id}/status")
    Response getCommandStatus(
            @HeaderParam(KEY) Optional<String> key,
            @PathParam("request_id") String requestId,
            @QueryParam("device_id") Optional<String> deviceId);
}
