package io.preservarium.pusher.benchmarks.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** Puts a result on the terminal and into the folder: {@code <scenario>.md} for people, {@code <scenario>.json} for programs. */
public final class Report {

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path folder;
    private final Path root;
    private final Clock clock;
    private final boolean quick;

    public Report(Path folder, Path root, Clock clock, boolean quick) {
        this.folder = folder;
        this.root = root;
        this.clock = clock;
        this.quick = quick;
    }

    /** {@code profile-<scenario>.md}: the figures, which recording has made smaller, and where the time went. */
    public void writeProfile(Result result, Map<String, Path> recordings, PrintWriter out)
            throws IOException, InterruptedException {
        StringBuilder page = new StringBuilder("<!-- Recorded while it was measured: compare shares, not rates. -->\n")
                .append(Page.of(result, occasion()));
        for (Map.Entry<String, Path> recording : recordings.entrySet()) {
            page.append(WhereTimeGoes.of(recording.getKey(), recording.getValue()));
        }
        Files.writeString(folder.resolve("profile-" + result.scenario() + ".md"), page.toString());
        out.println();
        out.println(page);
        out.flush();
    }

    private Occasion occasion() throws IOException, InterruptedException {
        return new Occasion(
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(), commit(), quick, Machine.here());
    }

    public void write(Result result, PrintWriter out) throws IOException, InterruptedException {
        Occasion occasion = occasion();
        String page = Page.of(result, occasion);
        Files.writeString(folder.resolve(result.scenario() + ".md"), page);
        ObjectNode document = JSON.createObjectNode();
        document.set("occasion", JSON.valueToTree(occasion));
        document.setAll(JSON.<ObjectNode>valueToTree(result));
        Files.writeString(folder.resolve(result.scenario() + ".json"), JSON.writeValueAsString(document) + "\n");
        out.println();
        out.println(page);
        out.flush();
    }

    /** The commit that was measured, with a + when the tree had changes. */
    private String commit() throws IOException, InterruptedException {
        String commit = git("rev-parse", "--short=12", "HEAD");
        return commit.isEmpty()
                ? "unknown"
                : commit + (git("status", "--porcelain", "-uno").isEmpty() ? "" : "+");
    }

    private String git(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("git", "-C", root.toString());
        builder.command().addAll(List.of(arguments));
        try {
            Process git = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return git.waitFor() == 0 ? said.strip() : "";
        } catch (IOException e) {
            return ""; // a machine without git
        }
    }
}
