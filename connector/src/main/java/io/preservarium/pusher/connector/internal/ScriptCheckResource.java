package io.preservarium.pusher.connector.internal;

import io.preservarium.pusher.parsers.ParsersConfig;
import io.preservarium.pusher.parsers.ScriptChecks;
import io.preservarium.pusher.parsers.ScriptParser;
import io.quarkus.security.Authenticated;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Whether a script may go live: the draft goes in as JSON, the verdict comes out as JSON. */
@Path("/internal/v1/parsers/check")
@Authenticated
public class ScriptCheckResource {

    private final ScriptChecks scripts;

    public ScriptCheckResource(ScriptParser parser, ParsersConfig limits) {
        this.scripts = new ScriptChecks(parser, limits);
    }

    @POST
    @Produces(MediaType.APPLICATION_JSON)
    @Blocking
    public CompletionStage<byte[]> check(byte @Nullable [] draft) {
        return scripts.answer(draft == null ? new byte[0] : draft);
    }
}
