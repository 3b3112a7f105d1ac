package io.preservarium.pusher.api.service;

import io.preservarium.pusher.api.http.Problems;
import io.preservarium.pusher.api.status.CommandStatusView;
import io.preservarium.pusher.calls.messages.Problem;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Whether commands can be taken and asked for now. Liveness is another question and never depends on Kafka. */
@Path("/health")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "service")
class HealthResource {

    private final CommandStatusView view;

    HealthResource(CommandStatusView view) {
        this.view = view;
    }

    @GET
    @Operation(operationId = "getHealth", summary = "Ask whether the service can do its work")
    @APIResponse(
            responseCode = "200",
            description = "It can",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Health.class)))
    @APIResponse(
            responseCode = "503",
            description = "It cannot; detail says why",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Response getHealth() {
        return view.trouble()
                .map(why -> Problems.respond(Problems.unhealthy(why)))
                .orElseGet(() -> Response.ok(new Health("healthy")).build());
    }
}
