package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

    @TempDir
    private Path folder;

    @Test
    void secondLauncherIsToldWhoHoldsTheFolder() throws Exception {
        try (DataFolder first = DataFolder.open(folder)) {
            assertThatThrownBy(() -> DataFolder.open(folder))
                    .isInstanceOf(CannotGoOn.class)
                    .hasMessage("another launcher (process %d) uses the data folder %s; stop it or use --data DIR"
                            .formatted(ProcessHandle.current().pid(), first.path()));
        }
    }

    @Test
    void folderIsFreeAgainAfterClose() throws Exception {
        DataFolder.open(folder).close();
        DataFolder.open(folder).close();
    }

    @Test
    void freshForgetsDataAndLeavesTheRest() throws Exception {
        Path mine = Files.writeString(folder.resolve("mine.txt"), "not the launcher's");
        try (DataFolder data = DataFolder.open(folder)) {
            Path record = Files.writeString(data.kafka().resolve("record"), "x");
            Path session = Files.writeString(data.mqtt().resolve("session"), "x");
            Path state = Files.writeString(data.state("coap-connector").resolve("state"), "x");

            data.forget();

            assertThat(record).doesNotExist();
            assertThat(session).doesNotExist();
            assertThat(state).doesNotExist();
            assertThat(mine).exists();
        }
    }

    @Test
    void theInternalTokenIsKeptAndNobodyElseMayReadIt() throws Exception {
        String token;
        try (DataFolder data = DataFolder.open(folder)) {
            token = data.internalToken();
            data.forget();
        }
        assertThat(token).matches("[0-9a-f]{32}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("internal-token"))))
                .isEqualTo("rw-------");
        try (DataFolder again = DataFolder.open(folder)) {
            assertThat(again.internalToken()).isEqualTo(token);
        }
    }

    @Test
    void fileInThePlaceOfTheFolderIsSaid() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> DataFolder.open(file)).hasMessageContaining("cannot be used");
    }
}
