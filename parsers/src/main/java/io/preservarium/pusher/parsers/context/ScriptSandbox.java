package io.preservarium.pusher.parsers.context;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.ZoneOffset;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.EnvironmentAccess;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.PolyglotAccess;
import org.graalvm.polyglot.io.FileSystem;
import org.graalvm.polyglot.io.IOAccess;

/**
 * The one place that builds engines and contexts: no files, network, processes, threads, native code, environment or host
 * classes, in UTC, with what a script prints thrown away.
 */
public final class ScriptSandbox implements AutoCloseable {

    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(3);

    /** With those that the languages bring themselves, such as Python's standard library. */
    private final IOAccess noFiles = IOAccess.newBuilder()
            .fileSystem(FileSystem.allowInternalResourceAccess(new NoFiles()))
            .allowHostSocketAccess(false)
            .build();

    private final Engine engine = Engine.newBuilder()
            // Interpreted by choice: the compiler costs a gigabyte and pays only after ten thousands of calls.
            .option("engine.WarnInterpreterOnly", "false")
            .out(OutputStream.nullOutputStream())
            .err(OutputStream.nullOutputStream())
            .build();

    public Context python() {
        return confined("python")
                .allowExperimentalOptions(true)
                // The emulation in Java obeys the IOAccess; the native one would go around it.
                .option("python.PosixModuleBackend", "java")
                .option("python.DontWriteBytecodeFlag", "true")
                .option("python.NoUserSiteFlag", "true")
                .build();
    }

    public Context javaScript() {
        return confined("js")
                .allowExperimentalOptions(true)
                // Codecs of the LoRaWAN repository assign undeclared names.
                .option("js.strict", "false")
                .option("js.text-encoding", "true")
                .option("js.load", "false")
                .option("js.polyglot-builtin", "false")
                .option("js.graal-builtin", "false")
                .option("js.java-package-globals", "false")
                .build();
    }

    private Context.Builder confined(String language) {
        return Context.newBuilder(language)
                .engine(engine)
                .allowHostAccess(HostAccess.NONE)
                .allowHostClassLookup(name -> false)
                .allowHostClassLoading(false)
                .allowIO(noFiles)
                .allowNativeAccess(false)
                .allowCreateThread(false)
                .allowCreateProcess(false)
                .allowPolyglotAccess(PolyglotAccess.NONE)
                .allowEnvironmentAccess(EnvironmentAccess.NONE)
                .allowInnerContextOptions(false)
                .in(InputStream.nullInputStream())
                .out(OutputStream.nullOutputStream())
                .err(OutputStream.nullOutputStream())
                .timeZone(ZoneOffset.UTC);
    }

    /** Does not wait for a script that cannot be stopped. */
    @Override
    public void close() {
        Thread closing =
                Thread.ofPlatform().daemon().name("parser-engine-close").start(() -> engine.close(true));
        try {
            closing.join(CLOSE_PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
