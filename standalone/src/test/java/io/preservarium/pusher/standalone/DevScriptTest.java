package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./dev} in a tree of its own, where Maven is a script that says with which Java it was started. */
class DevScriptTest {

    private record Run(int exitCode, String output) {}

    @TempDir
    private Path tree;

    @Test
    void tooOldJavaHomeIsSkippedWithALineThatSaysSo() throws Exception {
        Path old = java("old", "17.0.9");
        Path found = java("found", "21.0.4");

        Run run = dev(Map.of("JAVA_HOME", old.toString(), "DEV_JDK_FOLDERS", found.toString()), "fix");

        assertThat(run.output())
                .contains("JAVA_HOME=" + old + " is skipped: it has Java 17, 21 or newer is needed")
                .contains("maven with " + found);
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void fittingJavaHomeIsTaken() throws Exception {
        Path given = java("given", "26.0.1");
        assertThat(dev(Map.of("JAVA_HOME", given.toString()), "fix").output())
                .contains("maven with " + given)
                .doesNotContain("skipped");
    }

    @Test
    void longTermVersionIsPreferredToANewerOne() throws Exception {
        String folders = java("a", "26.0.1") + " " + java("b", "25.0.3") + " " + java("c", "21.0.9");
        assertThat(dev(Map.of("DEV_JDK_FOLDERS", folders), "fix").output()).contains("maven with " + tree.resolve("b"));
    }

    @Test
    void withoutAnyJdkItSaysWhatToInstall() throws Exception {
        Run run = dev(Map.of("DEV_JDK_FOLDERS", ""), "fix");
        assertThat(run.output()).contains("No JDK 21 or newer was found. Install one");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void unknownVerbIsAnError() throws Exception {
        Run run = dev(Map.of(), "upp");
        assertThat(run.output()).contains("./dev does not know 'upp'").contains("./dev up [options]");
        assertThat(run.exitCode()).isEqualTo(2);
    }

    @Test
    void testEndsWithTheTotalsOfAllReportsAndMavensExitCode() throws Exception {
        Path given = java("given", "25");
        write(tree.resolve("mvnw"), """
                #!/bin/sh
                mkdir -p a/target/surefire-reports b/target/failsafe-reports
                echo '<testsuite name="A" time="0.1" tests="5" errors="1" skipped="1" failures="1">' > a/target/surefire-reports/TEST-A.xml
                echo '<testsuite name="B" time="0.1" tests="2" errors="0" skipped="0" failures="0">' > b/target/failsafe-reports/TEST-B.xml
                exit 3
                """);

        Run run = dev(Map.of("JAVA_HOME", given.toString()), "test");

        assertThat(run.output()).endsWith("4 passed, 2 failed, 1 skipped\n");
        assertThat(run.exitCode()).isEqualTo(3);
    }

    private Path java(String name, String version) throws IOException {
        Path bin = Files.createDirectories(tree.resolve(name).resolve("bin"));
        write(bin.resolve("java"), "#!/bin/sh\necho 'openjdk version \"" + version + "\" 2024-01-01' >&2\n");
        write(bin.resolve("javac"), "#!/bin/sh\n");
        return bin.getParent();
    }

    private Run dev(Map<String, String> environment, String... arguments) throws Exception {
        Path script = Files.copy(Path.of("..", "dev"), tree.resolve("dev"));
        if (!Files.exists(tree.resolve("mvnw"))) {
            write(tree.resolve("mvnw"), "#!/bin/sh\necho maven with $JAVA_HOME\n");
        }
        ProcessBuilder builder = new ProcessBuilder("bash", script.toString());
        builder.command().addAll(List.of(arguments));
        builder.redirectErrorStream(true);
        builder.environment().remove("JAVA_HOME");
        builder.environment().put("PATH", pathWithoutJava());
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), output);
    }

    /** The usual commands, but no java. */
    private String pathWithoutJava() throws IOException {
        Path bin = Files.createDirectories(tree.resolve("usual"));
        for (String name : new String[] {
            "bash", "sh", "dirname", "sed", "head", "cat", "mkdir", "touch", "find", "grep", "awk", "readlink", "mv"
        }) {
            for (String folder : System.getenv("PATH").split(":")) {
                Path command = Path.of(folder, name);
                if (Files.isExecutable(command) && !Files.exists(bin.resolve(name))) {
                    Files.createSymbolicLink(bin.resolve(name), command);
                }
            }
        }
        return bin.toString();
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
