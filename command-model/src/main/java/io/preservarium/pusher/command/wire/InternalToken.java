package io.preservarium.pusher.command.wire;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the services of an installation show each other, as a bearer token (RFC 6750 section 2.1). Never said, not even in an error. */
public final class InternalToken {

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._~+/=-]+");

    private final String header;

    /** @throws IllegalArgumentException for what no header can carry */
    public InternalToken(String token) {
        if (!ALLOWED.matcher(token).matches()) {
            throw new IllegalArgumentException(
                    "INTERNAL_TOKEN must consist of A-Z a-z 0-9 . _ ~ + / = -; a line break at its end is the usual mistake");
        }
        this.header = "Bearer " + token;
    }

    /** @param setting INTERNAL_TOKEN */
    public static Optional<InternalToken> of(Optional<String> setting) {
        return setting.map(InternalToken::new);
    }

    /** The value of Authorization. */
    public String header() {
        return header;
    }

    /** Whether this is the value of Authorization; takes the same time wherever they differ. */
    public boolean isShownBy(@Nullable String authorization) {
        return authorization != null
                && MessageDigest.isEqual(
                        authorization.getBytes(StandardCharsets.UTF_8), header.getBytes(StandardCharsets.UTF_8));
    }
}
