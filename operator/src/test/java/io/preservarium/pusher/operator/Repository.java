package io.preservarium.pusher.operator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of the project outside this module. */
public final class Repository {

    private Repository() {}

    public static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("k8s/testing/kube"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException("this test runs inside the repository");
            }
        }
        return folder;
    }

    public static Path k8s(String path) {
        return root().resolve("k8s").resolve(path);
    }

    public static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
