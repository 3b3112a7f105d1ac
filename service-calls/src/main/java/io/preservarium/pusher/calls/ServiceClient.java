package io.preservarium.pusher.calls;

import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import io.vertx.core.http.HttpClientOptions;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jboss.resteasy.reactive.client.api.LoggingScope;
import org.jboss.resteasy.reactive.client.api.QuarkusRestClientProperties;

/** Makes the client of one service at one address; only in a running Quarkus application. */
public final class ServiceClient {

    /** What the operator may ask at once; the client's own 20 would let slow calls hold up the others. */
    private static final int CONNECTIONS = 50;

    private ServiceClient() {}

    /**
     * Whatever the service answers is an answer: redirects are not followed and no status is an exception. Requests are
     * never logged, as their headers are secrets.
     *
     * @param calls one of this package's interfaces
     * @param answer how long the head of the answer may take, and after it the body may be silent
     */
    public static <T> T of(Class<T> calls, URI service, Duration connect, Duration answer) {
        // The request's own time ends with the head of the answer. A body that stays away, or that is too long to be
        // read on, is ended with its connection.
        HttpClientOptions options = new HttpClientOptions()
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout(Math.toIntExact(answer.plusMillis(500).toMillis()));
        return QuarkusRestClientBuilder.newBuilder()
                .baseUri(URI.create(service.toString().replaceAll("/+$", "")))
                .connectTimeout(connect.toMillis(), TimeUnit.MILLISECONDS)
                .readTimeout(answer.toMillis(), TimeUnit.MILLISECONDS)
                .followRedirects(false)
                .disableDefaultMapper(true)
                .loggingScope(LoggingScope.NONE)
                .property(QuarkusRestClientProperties.CONNECTION_POOL_SIZE, CONNECTIONS)
                .httpClientOptions(options)
                .build(calls);
    }
}
