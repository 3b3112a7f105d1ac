package io.preservarium.pusher.api;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a request says outside its body: the idempotency key, the trace it belongs to, its CloudEvents attributes. */
final class RequestHeaders {

    static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    static final String REPLAYED = "Idempotent-Replayed";

    private static final Pattern KEY = Pattern.compile("[\\x20-\\x7e]{1,255}");
    private static final Pattern CLOUD_EVENT = Pattern.compile("ce[-_][a-z0-9]{1,20}");
    private static final int MAX_ATTRIBUTES = 32;
    private static final int MAX_VALUE = 2048;

    private final HttpHeaders headers;

    RequestHeaders(HttpHeaders headers) {
        this.headers = headers;
    }

    /** The idempotency key or nothing; an unusable key is a violation of the caller's. */
    sealed interface Key {
        record Given(String key) implements Key {}

        record Absent() implements Key {}

        record Unusable() implements Key {}
    }

    Key idempotencyKey() {
        String key = headers.getHeaderString(IDEMPOTENCY_KEY);
        if (key == null) {
            return new Key.Absent();
        }
        return KEY.matcher(key).matches() ? new Key.Given(key) : new Key.Unusable();
    }

    Optional<String> contentType() {
        return Optional.ofNullable(headers.getHeaderString(HttpHeaders.CONTENT_TYPE));
    }

    /** Without parameters, in lower case. */
    Optional<String> mediaType() {
        return contentType().map(type -> type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT));
    }

    boolean isJson() {
        return mediaType().filter(MediaType.APPLICATION_JSON::equals).isPresent();
    }

    /** W3C trace context, which goes on with every record this request makes. */
    Map<String, String> trace() {
        Map<String, String> trace = new LinkedHashMap<>();
        copy("traceparent", trace);
        if (!trace.isEmpty()) {
            copy("tracestate", trace);
        }
        return trace;
    }

    /** The trace, and the CloudEvents attributes as the Kafka binding spells them: {@code ce_id} for {@code ce-id}. */
    Map<String, String> traceAndCloudEvent() {
        Map<String, String> copied = trace();
        headers.getRequestHeaders().keySet().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .filter(name -> CLOUD_EVENT.matcher(name).matches())
                .limit(MAX_ATTRIBUTES)
                .forEach(name -> copy(name, copied));
        return copied;
    }

    private void copy(String name, Map<String, String> into) {
        String value = headers.getHeaderString(name);
        if (value != null && !value.isEmpty() && value.length() <= MAX_VALUE) {
            into.put(name.startsWith("ce-") ? "ce_" + name.substring(3) : name, value);
        }
    }
}
