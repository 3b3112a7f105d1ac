package io.preservarium.pusher.parsers.process;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.parsers.context.ScriptResult;
import io.preservarium.pusher.parsers.process.Frames.Values;
import io.preservarium.pusher.parsers.runtime.CallEnd;
import io.preservarium.pusher.parsers.runtime.CallEnd.StoppedBy;
import io.preservarium.pusher.parsers.runtime.ScriptCall.Work;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A service sends a request and its worker process gives an answer; the first thing that it says is that it is ready. */
final class Messages {

    private static final String READY = "ready";

    private Messages() {}

    /**
     * @param script its number, which means this text in this process from now on
     * @param text where the process does not know it yet
     * @param forget numbers that are not used any more
     */
    record Request(
            int script,
            Optional<ParserScript> text,
            List<Integer> forget,
            Work work,
            Optional<Instant> now,
            boolean isSuspect) {}

    /**
     * @param wasLoaded whether the process had the script loaded
     * @param loads what loading gave, where it had not
     */
    record Answer(CallEnd end, boolean wasLoaded, Optional<Load> loads) {}

    record Load(boolean success, Duration took) {}

    static void ready(DataOutputStream out) throws IOException {
        Frames.write(out, List.of(READY));
    }

    static void awaitReady(DataInputStream in) throws IOException {
        if (!Frames.read(in).nextText().equals(READY)) {
            throw new StreamCorruptedException("the first frame does not say that it is ready");
        }
    }

    static void write(DataOutputStream out, Request request) throws IOException {
        List<Object> values = new ArrayList<>();
        values.add(request.script());
        values.add(request.forget());
        values.add(request.isSuspect());
        values.add(request.now().map(Instant::toString).orElse(""));
        values.add(request.text().isPresent());
        request.text().ifPresent(script -> {
            values.add(script.domain().name());
            values.add(script.ref().value());
            values.add(script.source());
            values.add(script.companions());
        });
        switch (request.work()) {
            case Work.Format format -> {
                values.add("format");
                values.add(format.command());
                values.add(format.config());
            }
            case Work.Parse parse -> {
                values.add("parse");
                values.add(parse.payload());
                values.add(parse.config());
            }
            case Work.ReadDeviceId read -> {
                values.add("device_id");
                values.add(read.payload());
                values.add(read.config());
            }
            case Work.MatchReply match -> {
                values.add("match_reply");
                values.add(match.outputs());
                values.add(match.awaiting());
                values.add(match.config());
            }
        }
        Frames.write(out, values);
    }

    static Request readRequest(DataInputStream in) throws IOException {
        Values values = Frames.read(in);
        int script = values.nextInt();
        List<Integer> forget = values.nextInts();
        boolean isSuspect = values.nextBoolean();
        Optional<Instant> now = values.nextTextIfAny().map(Instant::parse);
        Optional<ParserScript> text = Optional.empty();
        if (values.nextBoolean()) {
            TrustDomain domain = new TrustDomain(values.nextText());
            ParserRef ref = new ParserRef(values.nextText());
            String source = values.nextText();
            Map<String, String> companions = new TreeMap<>();
            values.nextObject().forEach((name, content) -> companions.put(name, String.valueOf(content)));
            text = Optional.of(new ParserScript(domain, ref, source, companions, Optional.empty()));
        }
        String kind = values.nextText();
        Work work =
                switch (kind) {
                    case "format" -> new Work.Format(values.nextObject(), values.nextObject());
                    case "parse" -> new Work.Parse(values.next(byte[].class), values.nextObject());
                    case "device_id" -> new Work.ReadDeviceId(values.next(byte[].class), values.nextObject());
                    case "match_reply" ->
                        new Work.MatchReply(values.nextObjects(), values.nextObjects(), values.nextObject());
                    default -> throw new StreamCorruptedException("no work is a " + kind);
                };
        return new Request(script, text, forget, work, now, isSuspect);
    }

    static void write(DataOutputStream out, Answer answer) throws IOException {
        List<Object> values = new ArrayList<>();
        values.add(answer.wasLoaded());
        values.add(answer.loads().isPresent());
        answer.loads().ifPresent(load -> {
            values.add(load.success());
            values.add(load.took().toNanos());
        });
        values.add(answer.end().took().toNanos());
        switch (answer.end()) {
            case CallEnd.Answered answered -> {
                values.add("answered");
                add(values, answered.result());
            }
            case CallEnd.Broken broken -> {
                values.add("broken");
                values.add(broken.why());
            }
            case CallEnd.Stopped stopped -> {
                values.add("stopped");
                values.add(stopped.why().name());
                values.add(stopped.doing());
            }
        }
        Frames.write(out, values);
    }

    private static void add(List<Object> values, ScriptResult result) {
        switch (result) {
            case ScriptResult.Bytes bytes -> {
                values.add("bytes");
                values.add(bytes.bytes());
                values.add(bytes.delivery());
                values.add(bytes.warnings());
            }
            case ScriptResult.Outputs outputs -> {
                values.add("outputs");
                values.add(outputs.deviceId().map(DeviceId::value).orElse(""));
                values.add(outputs.outputs());
                values.add(outputs.warnings());
            }
            case ScriptResult.Problem problem -> {
                values.add("problem");
                values.add(problem.reason().name());
                values.add(problem.message());
                values.add(problem.deviceId().map(DeviceId::value).orElse(""));
            }
            case ScriptResult.Quarantined quarantined -> throw new IllegalArgumentException("no process quarantines");
        }
    }

    /** @throws StreamCorruptedException when it is not what a worker process says */
    static Answer readAnswer(DataInputStream in) throws IOException {
        Values values = Frames.read(in);
        try {
            boolean wasLoaded = values.nextBoolean();
            Optional<Load> load = values.nextBoolean()
                    ? Optional.of(new Load(values.nextBoolean(), Duration.ofNanos(values.nextLong())))
                    : Optional.empty();
            Duration took = Duration.ofNanos(values.nextLong());
            String kind = values.nextText();
            CallEnd end =
                    switch (kind) {
                        case "answered" -> new CallEnd.Answered(result(values), took);
                        case "broken" -> new CallEnd.Broken(values.nextText(), took);
                        case "stopped" -> new CallEnd.Stopped(stoppedBy(values.nextText()), values.nextText(), took);
                        default -> throw new StreamCorruptedException("no end is " + kind);
                    };
            return new Answer(end, wasLoaded, load);
        } catch (IllegalArgumentException e) {
            throw new StreamCorruptedException("an answer with " + e.getMessage());
        }
    }

    /** A process that cannot stop a script ends, and cannot say so. */
    private static StoppedBy stoppedBy(String name) throws StreamCorruptedException {
        StoppedBy why = StoppedBy.valueOf(name);
        return switch (why) {
            case TIME, MEMORY, EXIT -> why;
            case CRASH, LOST -> throw new StreamCorruptedException("no process lives to say " + why);
        };
    }

    private static ScriptResult result(Values values) throws StreamCorruptedException {
        String kind = values.nextText();
        return switch (kind) {
            case "bytes" -> new ScriptResult.Bytes(values.next(byte[].class), values.nextObject(), values.nextTexts());
            case "outputs" ->
                new ScriptResult.Outputs(
                        values.nextTextIfAny().map(DeviceId::new), values.nextObjects(), values.nextTexts());
            case "problem" ->
                new ScriptResult.Problem(
                        Reason.valueOf(values.nextText()),
                        values.nextText(),
                        values.nextTextIfAny().map(DeviceId::new));
            default -> throw new StreamCorruptedException("no result is a " + kind);
        };
    }
}
