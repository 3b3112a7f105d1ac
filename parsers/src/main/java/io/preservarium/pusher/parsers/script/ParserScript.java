package io.preservarium.pusher.parsers.script;

import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.parsers.effects.ScriptEffects;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** One version of a parser script: its text, the {@code .proto} files it may import, and the examples that prove it. */
public final class ParserScript {

    private final TrustDomain domain;
    private final ParserVersion version;
    private final String source;
    private final SortedMap<String, String> companions;
    private final Optional<String> examples;
    private volatile Optional<ScriptEffects> effects = Optional.empty();

    /**
     * @param companions text of each {@code .proto} file by its file name
     * @param examples text of {@code <ref>.examples.json}
     */
    public ParserScript(
            TrustDomain domain,
            ParserRef ref,
            String source,
            Map<String, String> companions,
            Optional<String> examples) {
        for (String name : companions.keySet()) {
            if (!name.endsWith(".proto") || name.indexOf('/') >= 0) {
                throw new IllegalArgumentException(
                        "a companion of a parser script must be a .proto file without a folder but was '" + name + "'");
            }
        }
        this.domain = domain;
        this.source = source;
        this.companions = Collections.unmodifiableSortedMap(new TreeMap<>(companions));
        this.examples = examples;
        this.version = new ParserVersion(ref, digest(ref, source, this.companions));
    }

    public TrustDomain domain() {
        return domain;
    }

    public ParserRef ref() {
        return version.ref();
    }

    public ParserVersion version() {
        return version;
    }

    public String source() {
        return source;
    }

    public SortedMap<String, String> companions() {
        return companions;
    }

    public Optional<String> examples() {
        return examples;
    }

    /** What a Python script may change; read once, when somebody asks. */
    public ScriptEffects effects() {
        ScriptEffects found = effects.orElseGet(() -> ScriptEffects.ofPython(source));
        effects = Optional.of(found);
        return found;
    }

    /** Script and companions together, in bytes of UTF-8: what the script limit counts. */
    public int size() {
        int size = source.getBytes(StandardCharsets.UTF_8).length;
        for (String companion : companions.values()) {
            size += companion.getBytes(StandardCharsets.UTF_8).length;
        }
        return size;
    }

    /** What {@code sha256sum script *.proto | sort -k2 | sha256sum} prints, so that anybody can compute it. */
    private static Digest digest(ParserRef ref, String source, SortedMap<String, String> companions) {
        TreeMap<String, String> files = new TreeMap<>(companions);
        files.put(ref.value(), source);
        StringBuilder lines = new StringBuilder();
        files.forEach((name, text) -> lines.append(Digest.of(text.getBytes(StandardCharsets.UTF_8)))
                .append("  ")
                .append(name)
                .append('\n'));
        return Digest.of(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Examples are part of it: the same bytes with other examples are to be checked again. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ParserScript that
                && domain.equals(that.domain)
                && version.equals(that.version)
                && examples.equals(that.examples);
    }

    @Override
    public int hashCode() {
        return Objects.hash(domain, version, examples);
    }

    @Override
    public String toString() {
        return version.ref() + "@" + version.sha256();
    }
}
