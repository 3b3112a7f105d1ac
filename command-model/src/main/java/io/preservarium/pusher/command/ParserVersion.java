package io.preservarium.pusher.command;

/** One version of a script: its reference and the digest of its source and companions. */
public record ParserVersion(ParserRef ref, Digest sha256) {}
