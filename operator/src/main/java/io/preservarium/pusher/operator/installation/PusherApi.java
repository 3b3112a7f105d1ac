package io.preservarium.pusher.operator.installation;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;

/** What everybody who asks pusher-api has in common. */
public final class PusherApi {

    /** What pusher-api's own refusals are written in (RFC 9457); others come from something on the way to it. */
    private static final String PROBLEM = "application/problem+json";

    private PusherApi() {}

    public static HttpClient client(OperatorConfig.StatusApiSettings settings) {
        return HttpClient.newBuilder()
                .connectTimeout(settings.timeout())
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    /** Whether a refusal is pusher-api's own word. */
    public static boolean isProblem(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Content-Type")
                .filter(type -> type.startsWith(PROBLEM))
                .isPresent();
    }
}
