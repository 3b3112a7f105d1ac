package io.preservarium.pusher.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The folder with everything that is found again at the next start; one launcher at a time holds it. */
final class DataFolder implements AutoCloseable {

    /** What --fresh forgets. */
    private static final List<String> FORGETTABLE = List.of("kafka", "mqtt", "state", "logs");

    private final Path folder;
    private final FileChannel lockFile;

    private DataFolder(Path folder, FileChannel lockFile) {
        this.folder = folder;
        this.lockFile = lockFile;
    }

    /** Creates the folder if need be and locks it; the lock ends with the process, however it ends. */
    static DataFolder open(Path folder) throws CannotGoOn {
        Path absolute = folder.toAbsolutePath().normalize();
        try {
            Files.createDirectories(absolute);
            FileChannel lockFile = FileChannel.open(
                    absolute.resolve("lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            if (!lock(lockFile)) {
                String holder = Files.readString(absolute.resolve("lock")).strip();
                lockFile.close();
                throw new CannotGoOn("another launcher (process " + holder + ") uses the data folder " + absolute
                        + "; stop it or use --data DIR");
            }
            lockFile.truncate(0);
            byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
            lockFile.write(ByteBuffer.wrap(pid), 0);
            return new DataFolder(absolute, lockFile);
        } catch (IOException e) {
            throw new CannotGoOn("the data folder " + absolute + " cannot be used: " + e, e);
        }
    }

    private static boolean lock(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // held by this process
        }
    }

    /** Forgets commands, uplinks, sessions and states; leaves alone whatever else is in the folder. */
    void forget() throws IOException {
        for (String name : FORGETTABLE) {
            delete(folder.resolve(name));
        }
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    Path path() {
        return folder;
    }

    Path kafka() throws IOException {
        return Files.createDirectories(folder.resolve("kafka"));
    }

    Path mqtt() throws IOException {
        return Files.createDirectories(folder.resolve("mqtt"));
    }

    /** Kafka Streams state of one service. */
    Path state(String service) throws IOException {
        return Files.createDirectories(folder.resolve("state").resolve(service));
    }

    Path logs() throws IOException {
        return Files.createDirectories(folder.resolve("logs"));
    }

    /** Process ids of running services. */
    Path run() throws IOException {
        return Files.createDirectories(folder.resolve("run"));
    }

    /** What the services show each other, and the operator beside them: made once, readable by its owner only. */
    String internalToken() throws IOException {
        Path file = folder.resolve("internal-token");
        if (!Files.exists(file)) {
            byte[] random = new byte[16];
            new SecureRandom().nextBytes(random);
            Path fresh = folder.resolve("internal-token.new");
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, HexFormat.of().formatHex(random));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return Files.readString(file).strip();
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
