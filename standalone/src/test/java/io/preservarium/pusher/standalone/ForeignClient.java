package io.preservarium.pusher.standalone;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A program of somebody else that talks to us. Missing ones skip their test, or fail it where REQUIRE_CLIENTS=1. */
enum ForeignClient {
    COAP_CLIENT("coap-client-notls", "libcoap3-bin"),
    MOSQUITTO_SUB("mosquitto_sub", "mosquitto-clients"),
    KCAT("kcat", "kcat"),
    PROTOC("protoc", "protobuf-compiler");

    private final String program;
    private final String debianPackage;

    ForeignClient(String program, String debianPackage) {
        this.program = program;
        this.debianPackage = debianPackage;
    }

    void require() {
        for (String folder : System.getenv().getOrDefault("PATH", "/usr/bin").split(":")) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return;
            }
        }
        String missing = "skipped: " + program + " is missing (Debian package " + debianPackage + ")";
        if ("1".equals(System.getenv("REQUIRE_CLIENTS"))) {
            fail(missing + ", and REQUIRE_CLIENTS=1");
        }
        System.out.println(missing);
        Assumptions.abort(missing);
    }

    Process start(Path output, List<String> arguments) throws IOException {
        // Lines as they are said, although they go to a file.
        List<String> command = new ArrayList<>(List.of("stdbuf", "-oL", program));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** Runs it with this input and gives its output; anything but exit code 0 within 30 s fails the test. */
    String run(byte[] input, String... arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile(program, ".out");
        Process process = start(output, List.of(arguments));
        try (var stdin = process.getOutputStream()) {
            stdin.write(input);
        } catch (IOException e) {
            // A program that does not read its input may have closed it.
        }
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            fail(program + " did not end: " + Files.readString(output));
        }
        String said = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
        Files.delete(output);
        if (process.exitValue() != 0) {
            fail(program + " ended with " + process.exitValue() + ": " + said);
        }
        return said;
    }
}
