package io.preservarium.pusher.command;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 as 64 lower-case hex digits. */
public record Digest(String hex) {

    private static final int LENGTH = 64;

    public Digest {
        if (!isAllowed(hex)) {
            throw new IllegalArgumentException(
                    "a SHA-256 must be 64 lower-case hex digits but had " + hex.length() + " characters");
        }
    }

    private static boolean isAllowed(String hex) {
        for (int i = 0; i < hex.length(); i++) {
            if (!isLowerHex(hex.charAt(i))) {
                return false;
            }
        }
        return hex.length() == LENGTH;
    }

    private static boolean isLowerHex(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
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
