package io.preservarium.pusher.calls;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;

/** pusher-api's parser scripts. Every call blocks; {@link ServiceAnswer} reads what comes back. */
@Path("/api/v1/parsers")
@Produces(MediaType.APPLICATION_JSON)
public interface ParserCalls {

    /** In whose name a script is changed; believed only with the token. */
    String OWNER = "X-Parser-Owner";

    /** Answers a {@code ParserList}. */
    @GET
    Response listParsers(@HeaderParam(StatusCalls.KEY) Optional<String> key);

    /**
     * Answers a {@code ParserPublished}, or a {@code Problem}.
     *
     * @param token see {@code InternalToken}
     * @param upload see {@code ScriptJson}
     */
    @PUT
    @Path("/{ref}")
    @Consumes(MediaType.APPLICATION_JSON)
    Response putParser(
            @HeaderParam(HttpHeaders.AUTHORIZATION) Optional<String> token,
            @HeaderParam(OWNER) String owner,
            @PathParam("ref") String ref,
            byte[] upload);

    /** Answers nothing, or a {@code Problem}. */
    @DELETE
    @Path("/{ref}")
    Response deleteParser(
            @HeaderParam(HttpHeaders.AUTHORIZATION) Optional<String> token,
            @HeaderParam(OWNER) String owner,
            @PathParam("ref") String ref);
}
