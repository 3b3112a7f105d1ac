package io.preservarium.pusher.operator;

import io.preservarium.pusher.calls.ParserCalls;
import io.preservarium.pusher.calls.StatusCalls;
import io.preservarium.pusher.operator.installation.OperatorConfig;
import io.preservarium.pusher.operator.installation.PusherApi;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** pusher-api for reconcilers that run outside Quarkus, where its REST client cannot be made: the same requests by the JDK's. */
public final class PlainPusherApi implements PusherApi {

    private final String base;
    private final HttpClient http = HttpClient.newHttpClient();

    public PlainPusherApi(OperatorConfig.StatusApiSettings settings) {
        this.base = settings.url().toString().replaceAll("/+$", "");
    }

    @Override
    public <T> T client(Class<T> calls, Duration within) {
        return calls.cast(calls == StatusCalls.class ? new Statuses(within) : new Parsers(within));
    }

    private final class Statuses implements StatusCalls {

        private final Duration within;

        private Statuses(Duration within) {
            this.within = within;
        }

        @Override
        public Response getCommandStatus(Optional<String> key, String requestId, Optional<String> deviceId) {
            String query = deviceId.map(id -> "?device_id=" + URLEncoder.encode(id, StandardCharsets.UTF_8))
                    .orElse("");
            HttpRequest.Builder request = request("/api/v1/commands/" + requestId + "/status" + query, within)
                    .GET();
            key.ifPresent(own -> request.header(KEY, own));
            return send(request);
        }
    }

    private final class Parsers implements ParserCalls {

        private static final String PATH = "/api/v1/parsers";

        private final Duration within;

        private Parsers(Duration within) {
            this.within = within;
        }

        @Override
        public Response listParsers(Optional<String> key) {
            HttpRequest.Builder request = request(PATH, within).GET();
            key.ifPresent(own -> request.header(StatusCalls.KEY, own));
            return send(request);
        }

        @Override
        public Response putParser(Optional<String> token, String owner, String ref, byte[] upload) {
            return send(as(token, owner, ref).PUT(HttpRequest.BodyPublishers.ofByteArray(upload)));
        }

        @Override
        public Response deleteParser(Optional<String> token, String owner, String ref) {
            return send(as(token, owner, ref).DELETE());
        }

        private HttpRequest.Builder as(Optional<String> token, String owner, String ref) {
            HttpRequest.Builder request = request(PATH + "/" + ref, within).header(OWNER, owner);
            token.ifPresent(own -> request.header("Authorization", own));
            return request;
        }
    }

    private HttpRequest.Builder request(String path, Duration within) {
        return HttpRequest.newBuilder(URI.create(base + path)).timeout(within);
    }

    private Response send(HttpRequest.Builder request) {
        try {
            HttpResponse<byte[]> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            Response.ResponseBuilder response =
                    Response.status(answer.statusCode()).entity(new ByteArrayInputStream(answer.body()));
            answer.headers().firstValue("Content-Type").ifPresent(type -> response.header("Content-Type", type));
            return response.build();
        } catch (IOException | InterruptedException e) {
            throw new ProcessingException(e);
        }
    }
}
