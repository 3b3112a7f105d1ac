package io.preservarium.pusher.benchmarks.soak;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * A {@code *-codec.yaml} of the LoRaWAN device repository: which JavaScript file has a routine, and examples of what it does
 * (TheThingsNetwork/lorawan-devices, README, section Payload Codecs).
 */
final class CodecFile {

    /** What a codec does, by the name of its section in the file. */
    enum Routine {
        ENCODE_DOWNLINK("downlinkEncoder"),
        DECODE_UPLINK("uplinkDecoder");

        private final String section;

        Routine(String section) {
            this.section = section;
        }
    }

    /** YAML 1.2, as the repository's own tools read it: `on` and `NO` are texts. */
    private static final class TrueAndFalse extends Resolver {

        private static final Pattern WORDS = Pattern.compile("^(?:true|True|TRUE|false|False|FALSE)$");

        @Override
        public void addImplicitResolver(Tag tag, Pattern text, String first, int limit) {
            super.addImplicitResolver(tag, tag.equals(Tag.BOOL) ? WORDS : text, first, limit);
        }
    }

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final Path file;
    private final Map<?, ?> sections;

    private CodecFile(Path file, Map<?, ?> sections) {
        this.file = file;
        this.sections = sections;
    }

    /** @throws IOException also if it is no YAML */
    static CodecFile read(Path file) throws IOException {
        try {
            LoaderOptions options = new LoaderOptions();
            DumperOptions unused = new DumperOptions();
            Object read = new Yaml(
                            new SafeConstructor(options), new Representer(unused), unused, options, new TrueAndFalse())
                    .load(Files.readString(file));
            return new CodecFile(file, object(read));
        } catch (YAMLException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** The file's place in the repository, as {@code vendor/file}. */
    String name() {
        Path vendor = file.toAbsolutePath().getParent();
        return (vendor == null ? "" : vendor.getFileName() + "/") + file.getFileName();
    }

    /** The text of the routine's script; empty if there is no such routine. */
    Optional<String> script(Routine routine) throws IOException {
        Object name = object(sections.get(routine.section)).get("fileName");
        return name == null
                ? Optional.empty()
                : Optional.of(Files.readString(file.resolveSibling(name.toString()), StandardCharsets.UTF_8));
    }

    /** Its examples as a parser script's own examples file has them, one text for each. */
    List<String> examples(Routine routine) {
        Object examples = object(sections.get(routine.section)).get("examples");
        List<String> read = new ArrayList<>();
        if (examples instanceof List<?> list) {
            for (Object example : list) {
                read.add(example(routine, read.size() + 1, object(example)));
            }
        }
        return read;
    }

    private static String example(Routine routine, int number, Map<?, ?> example) {
        Map<?, ?> input = object(example.get("input"));
        Map<?, ?> output = object(example.get("output"));
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("name", number + " " + example.get("description"));
        Map<String, Object> metadata = input.get("fPort") == null ? Map.of() : Map.of("f_port", input.get("fPort"));
        if (input.get("recvTime") != null) {
            written.put("now", input.get("recvTime").toString());
        }
        switch (routine) {
            case ENCODE_DOWNLINK -> {
                written.put("function", "format_command");
                written.put("command", command(input.get("data"), metadata));
            }
            case DECODE_UPLINK -> {
                written.put("function", "parse");
                written.put("payload", hex(input.get("bytes")));
                written.put("config", Map.of("metadata", metadata));
            }
        }
        if (output.get("errors") instanceof List<?> errors && !errors.isEmpty()) {
            written.put("error", String.valueOf(errors.getFirst()));
        } else {
            switch (routine) {
                case ENCODE_DOWNLINK -> written.put("bytes", hex(output.get("bytes")));
                case DECODE_UPLINK -> written.put("outputs", List.of(object(output.get("data"))));
            }
        }
        try {
            return JSON.writeValueAsString(Map.of("examples", List.of(written)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what YAML said is no JSON", e);
        }
    }

    private static Map<String, Object> command(@Nullable Object data, Map<String, Object> metadata) {
        Map<String, Object> command = new LinkedHashMap<>();
        command.put("payload", data == null ? Map.of() : data);
        command.put("metadata", metadata);
        return command;
    }

    private static String hex(@Nullable Object bytes) {
        StringBuilder hex = new StringBuilder();
        if (bytes instanceof List<?> list) {
            list.forEach(one -> hex.append(HexFormat.of().toHexDigits((byte) ((Number) one).intValue())));
        }
        return hex.toString();
    }

    private static Map<?, ?> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }
}
