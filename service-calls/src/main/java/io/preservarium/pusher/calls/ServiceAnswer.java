package io.preservarium.pusher.calls;

import io.preservarium.pusher.calls.messages.MessageJson;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** What came of asking a service: its answer, read to the end, or why there is none. */
public sealed interface ServiceAnswer {

    /** How long a body may be, in bytes: several times the list of ten thousand scripts. */
    int LONGEST = 16 << 20;

    /** Whatever its status. */
    record Given(int status, Optional<String> type, byte[] body) implements ServiceAnswer {

        /** What pusher-api's own refusals are written in (RFC 9457); others come from something on the way to it. */
        private static final String PROBLEM = "application/problem+json";

        /** Whether this is a refusal of the service itself. */
        public boolean isProblem() {
            return type.filter(name -> name.startsWith(PROBLEM)).isPresent();
        }

        /** Empty for what is no such message. */
        public <T> Optional<T> read(Class<T> message) {
            return MessageJson.read(body, message);
        }
    }

    /** The service did not answer, or with more than {@link #LONGEST}. */
    record Missing(String why) implements ServiceAnswer {}

    /** Asks, and blocks until the answer is read. */
    static ServiceAnswer to(Supplier<Response> question) throws InterruptedException {
        try {
            Response response = question.get();
            byte[] body = response.readEntity(InputStream.class).readNBytes(LONGEST + 1);
            if (body.length > LONGEST) {
                // Not closed: that would read the rest. The connection ends when it was idle for long enough.
                return new Missing("an answer of more than " + LONGEST + " bytes");
            }
            return new Given(
                    response.getStatus(),
                    Optional.ofNullable(response.getHeaderString(HttpHeaders.CONTENT_TYPE)),
                    body);
        } catch (IOException | RuntimeException e) {
            // The client throws what its transport met, of whatever type: a line that is no HTTP is an
            // IllegalArgumentException.
            Throwable cause = innermost(e);
            if (cause instanceof InterruptedException || cause.getClass() == InterruptedIOException.class) {
                throw new InterruptedException("while a service was asked");
            }
            return new Missing(why(cause));
        }
    }

    private static Throwable innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** A time that is over is told without the address, which has ids in it. */
    private static String why(Throwable cause) {
        if (cause instanceof TimeoutException) {
            return "request timed out";
        }
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    }
}
