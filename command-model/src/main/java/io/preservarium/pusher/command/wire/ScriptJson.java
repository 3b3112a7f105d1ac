package io.preservarium.pusher.command.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ForeignText;
import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.ScriptStatus;
import io.preservarium.pusher.command.ScriptVerdict;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Parser scripts on their topic, the question whether one may go live, the verdict, and what each connector made of it. */
public final class ScriptJson {

    private static final String REF = "ref";
    private static final String OWNER = "owner";

    private static final Set<String> UPLOAD_FIELDS = Set.of("source", "companions", "examples");

    private static final String NOT_UNICODE = "is not valid Unicode";

    private ScriptJson() {}

    /** What the body of an upload says. */
    public sealed interface Upload {
        record Valid(PublishedScript.Draft draft) implements Upload {}

        record Invalid(List<Violation> violations) implements Upload {
            public Invalid {
                violations = List.copyOf(violations);
            }
        }
    }

    public static byte[] write(PublishedScript script) {
        ObjectNode node =
                draft(new PublishedScript.Draft(script.ref(), script.source(), script.companions(), script.examples()));
        node.put("language", script.ref().language());
        node.put("sha256", script.sha256().hex());
        node.put(OWNER, script.owner());
        node.put("published_at", WireTime.text(script.publishedAt()));
        return Json.bytes(node);
    }

    /** Empty for what is no script, which a reader of the topic steps over. */
    public static Optional<PublishedScript> readPublished(byte[] value) {
        try {
            JsonNode node = Json.tree(value);
            Optional<PublishedScript.Draft> draft = draft(node);
            Optional<Digest> sha = Json.text(node, "sha256").map(Digest::new);
            Optional<String> owner = Json.text(node, OWNER);
            Optional<Instant> at = Json.text(node, "published_at").flatMap(WireTime::read);
            return draft.isPresent() && sha.isPresent() && owner.isPresent() && at.isPresent()
                    ? Optional.of(new PublishedScript(
                            draft.get().ref(),
                            draft.get().source(),
                            new TreeMap<>(draft.get().companions()),
                            draft.get().examples(),
                            sha.get(),
                            owner.get(),
                            at.get()))
                    : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** {@code {ref, source, companions: {name: text}, examples: text}}. */
    public static byte[] write(PublishedScript.Draft draft) {
        return Json.bytes(draft(draft));
    }

    public static byte[] write(PublishedScript.Candidate candidate) {
        ObjectNode node = draft(candidate.draft());
        node.put(OWNER, candidate.owner());
        return Json.bytes(node);
    }

    /** {@code {ref, source, companions: {name: text}, examples: text, owner}}; empty for anything else. */
    public static Optional<PublishedScript.Candidate> readCandidate(byte[] value) {
        try {
            JsonNode node = Json.tree(value);
            Optional<String> owner = Json.text(node, OWNER);
            return draft(node).flatMap(draft -> owner.map(name -> new PublishedScript.Candidate(draft, name)));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The body of an upload, which does not name the script. */
    public static byte[] writeUpload(PublishedScript.Draft draft) {
        ObjectNode node = draft(draft);
        node.remove(REF);
        return Json.bytes(node);
    }

    /** {@code {source, companions: {name: text}, examples: {…} or text}}, the script's name standing elsewhere; strict. */
    public static Upload readUpload(ParserRef ref, byte[] body) {
        JsonNode node;
        try {
            node = Json.tree(body);
        } catch (IOException e) {
            return invalid("", "the body is no JSON");
        }
        if (!node.isObject()) {
            return invalid("", "the body must be a JSON object with source");
        }
        List<Violation> violations = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!UPLOAD_FIELDS.contains(field.getKey())) {
                violations.add(new Violation(field.getKey(), "is unknown; a script has source, companions, examples"));
            }
        }
        Optional<String> source = Json.text(node, "source");
        if (source.isEmpty()) {
            violations.add(new Violation("source", "must be the text of the script"));
        } else if (!ForeignText.isWellFormed(source.get())) {
            violations.add(new Violation("source", NOT_UNICODE));
        }
        Map<String, String> companions = new TreeMap<>();
        JsonNode files = node.path("companions");
        if (files.isObject() || isAbsent(files)) {
            files.properties().forEach(file -> {
                if (file.getValue().isTextual()
                        && !ForeignText.isWellFormed(
                                file.getKey() + file.getValue().textValue())) {
                    violations.add(new Violation("companions", NOT_UNICODE));
                } else if (file.getValue().isTextual()) {
                    companions.put(file.getKey(), file.getValue().textValue());
                } else {
                    violations.add(new Violation("companions." + file.getKey(), "must be the text of the file"));
                }
            });
        } else {
            violations.add(new Violation("companions", "must be an object of texts by file name"));
        }
        JsonNode examples = node.path("examples");
        if (!examples.isTextual() && !examples.isObject() && !isAbsent(examples)) {
            violations.add(new Violation("examples", "must be an object or its text"));
        }
        return violations.isEmpty()
                ? new Upload.Valid(
                        new PublishedScript.Draft(ref, source.orElseThrow(), companions, examplesText(examples)))
                : new Upload.Invalid(violations);
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private static Optional<String> examplesText(JsonNode examples) {
        if (examples.isTextual()) {
            return Optional.of(examples.textValue());
        }
        return examples.isObject() ? Optional.of(examples.toString()) : Optional.empty();
    }

    private static Upload invalid(String field, String message) {
        return new Upload.Invalid(List.of(new Violation(field, message)));
    }

    private static ObjectNode draft(PublishedScript.Draft draft) {
        ObjectNode node = Json.object();
        node.put(REF, draft.ref().value());
        node.put("source", draft.source());
        ObjectNode companions = node.putObject("companions");
        new TreeMap<>(draft.companions()).forEach(companions::put);
        draft.examples().ifPresent(text -> node.put("examples", text));
        return node;
    }

    private static Optional<PublishedScript.Draft> draft(JsonNode node) {
        Optional<ParserRef> ref = Json.text(node, REF).map(ParserRef::new);
        Optional<String> source = Json.text(node, "source");
        if (ref.isEmpty() || source.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> companions = new TreeMap<>();
        for (Map.Entry<String, JsonNode> companion : node.path("companions").properties()) {
            if (!companion.getValue().isTextual()) {
                return Optional.empty();
            }
            companions.put(companion.getKey(), companion.getValue().textValue());
        }
        return Optional.of(new PublishedScript.Draft(ref.get(), source.get(), companions, Json.text(node, "examples")));
    }

    public static byte[] write(ScriptVerdict verdict) {
        ObjectNode node = Json.object();
        switch (verdict) {
            case ScriptVerdict.Passed passed -> {
                node.put("passed", true);
                node.put("sha256", passed.sha256().hex());
                node.put("examples", passed.examples());
            }
            case ScriptVerdict.Refused refused -> {
                node.put("passed", false);
                node.put("message", refused.message());
                ArrayNode failures = node.putArray("failures");
                refused.failures().forEach(failure -> failures.addObject()
                        .put("example", failure.example())
                        .put("expected", failure.expected())
                        .put("actual", failure.actual()));
            }
        }
        return Json.bytes(node);
    }

    public static Optional<ScriptVerdict> readVerdict(byte[] value) {
        try {
            JsonNode node = Json.tree(value);
            if (node.path("passed").asBoolean(false)) {
                return Json.text(node, "sha256")
                        .map(sha -> new ScriptVerdict.Passed(
                                new Digest(sha), node.path("examples").asInt(0)));
            }
            List<ScriptVerdict.Failure> failures = new ArrayList<>();
            node.path("failures")
                    .forEach(failure -> failures.add(new ScriptVerdict.Failure(
                            failure.path("example").asText(""),
                            failure.path("expected").asText(""),
                            failure.path("actual").asText(""))));
            return Json.text(node, "message").map(message -> new ScriptVerdict.Refused(message, failures));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    public static byte[] write(ScriptStatus status) {
        ObjectNode node = Json.object();
        node.put(REF, status.ref().value());
        node.put("instance", status.instance());
        node.put("state", status.state().word());
        status.sha256().ifPresent(sha -> node.put("sha256", sha.hex()));
        if (!status.layers().isEmpty()) {
            ObjectNode layers = node.putObject("layers");
            status.layers().forEach((layer, sha) -> layers.put(layer.word(), sha.hex()));
        }
        status.message().ifPresent(message -> node.put("message", message));
        node.put("at", WireTime.text(status.at()));
        return Json.bytes(node);
    }

    /** Empty for what is no status, which a reader of the topic steps over. */
    public static Optional<ScriptStatus> readStatus(byte[] value) {
        try {
            JsonNode node = Json.tree(value);
            Optional<ParserRef> ref = Json.text(node, REF).map(ParserRef::new);
            Optional<String> instance = Json.text(node, "instance");
            Optional<ScriptStatus.State> state = Json.text(node, "state").flatMap(ScriptStatus.State::ofWord);
            Optional<Instant> at = Json.text(node, "at").flatMap(WireTime::read);
            return ref.isPresent() && instance.isPresent() && state.isPresent() && at.isPresent()
                    ? Optional.of(new ScriptStatus(
                            ref.get(),
                            instance.get(),
                            state.get(),
                            Json.text(node, "sha256").map(Digest::new),
                            layers(node.path("layers")),
                            Json.text(node, "message"),
                            at.get()))
                    : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Layers of a later release are stepped over. */
    private static SortedMap<ParserLayer, Digest> layers(JsonNode node) {
        SortedMap<ParserLayer, Digest> layers = new TreeMap<>();
        node.properties().forEach(entry -> ParserLayer.ofWord(entry.getKey())
                .ifPresent(
                        layer -> layers.put(layer, new Digest(entry.getValue().asText()))));
        return layers;
    }
}
