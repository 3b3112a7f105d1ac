package io.preservarium.pusher.api.http;

import io.vertx.core.MultiMap;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a request says outside its body: the idempotency key, the trace it belongs to, its CloudEvents attributes. */
public final class RequestHeaders {

    public static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    public static final String REPLAYED = "Idempotent-Replayed";

    private static final Pattern KEY = Pattern.compile("[\\x20-\\x7e]{1,255}");
    private static final Pattern CLOUD_EVENT = Pattern.compile("ce[-_][a-z0-9]{1,20}");
    private static final int MAX_ATTRIBUTES = 32;
    private static final int MAX_VALUE = 2048;

    private final MultiMap headers;

    public RequestHeaders(MultiMap headers) {
        this.headers = headers;
    }

    /** The draft's string (RFC 8941 section 3.3.3) and what people send without its quotes are one key. */
    private static String unquoted(String key) {
        return key.length() >= 2 && key.startsWith("\"") && key.endsWith("\"")
                ? key.substring(1, key.length() - 1).replace("\\\"", "\"").replace("\\\\", "\\")
                : key;
    }

    /** The idempotency key or nothing; an unusable key is a violation of the caller's. */
    public sealed interface Key {
        record Given(String key) implements Key {}

        record Absent() implements Key {}

        record Unusable() implements Key {}
    }

    public Key idempotencyKey() {
        return header(IDEMPOTENCY_KEY)
                .map(RequestHeaders::unquoted)
                .<Key>map(key -> KEY.matcher(key).matches() ? new Key.Given(key) : new Key.Unusable())
                .orElseGet(Key.Absent::new);
    }

    public Optional<String> contentType() {
        return header(HttpHeaders.CONTENT_TYPE);
    }

    /** Without parameters, in lower case. */
    public Optional<String> mediaType() {
        return contentType().map(type -> type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT));
    }

    public boolean isJson() {
        return mediaType().filter(MediaType.APPLICATION_JSON::equals).isPresent();
    }

    /** W3C trace context, which goes on with every record this request makes. */
    public Map<String, String> trace() {
        Map<String, String> trace = new LinkedHashMap<>();
        copy("traceparent", trace);
        if (!trace.isEmpty()) {
            copy("tracestate", trace);
        }
        return trace;
    }

    /** The trace, and the CloudEvents attributes as the Kafka binding spells them: {@code ce_id} for {@code ce-id}. */
    public Map<String, String> traceAndCloudEvent() {
        Map<String, String> copied = trace();
        for (String name : headers.names()) {
            if (name.regionMatches(true, 0, "ce", 0, 2) && copied.size() < MAX_ATTRIBUTES) {
                String lower = name.toLowerCase(Locale.ROOT);
                if (CLOUD_EVENT.matcher(lower).matches()) {
                    copy(lower, copied);
                }
            }
        }
        return copied;
    }

    private void copy(String name, Map<String, String> into) {
        header(name)
                .filter(value -> !value.isEmpty() && value.length() <= MAX_VALUE)
                .ifPresent(value -> into.put(name.startsWith("ce-") ? "ce_" + name.substring(3) : name, value));
    }

    /** A header that is there several times is one list. RFC 9110 section 5.2. */
    private Optional<String> header(String name) {
        List<String> values = headers.getAll(name);
        return switch (values.size()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(values.getFirst());
            default -> Optional.of(String.join(",", values));
        };
    }
}
