package io.preservarium.pusher.command;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** A SHA-256 as 64 lower-case hex digits. */
public record Digest(String hex) {

    private static final Pattern ALLOWED = Pattern.compile("[0-9a-f]{64}");

    public Digest {
        if (!ALLOWED.matcher(hex).matches()) {
            throw new IllegalArgumentException(
                    "a SHA-256 must be 64 lower-case hex digits but had " + hex.length() + " characters");
        }
    }

    public static Digest of(byte[] bytes) {
        try {
            return new Digest(HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return hex;
    }
}
