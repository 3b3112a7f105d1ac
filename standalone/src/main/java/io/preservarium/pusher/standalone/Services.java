package io.preservarium.pusher.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The services as built, all of them or none. */
final class Services implements AutoCloseable {

    private final List<ServiceProcess> processes;
    private final ScheduledExecutorService scheduler;
    private final Lifeline lifeline;

    private Services(List<ServiceProcess> processes, ScheduledExecutorService scheduler, Lifeline lifeline) {
        this.processes = processes;
        this.scheduler = scheduler;
        this.lifeline = lifeline;
    }

    /** Not started yet. */
    static Services of(
            Path root,
            DataFolder data,
            Ports ports,
            Optional<Path> scripts,
            List<JavaOption> javaOptions,
            Progress progress)
            throws IOException {
        String token = data.internalToken();
        ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(Service.values().length, task -> {
            Thread thread = new Thread(task, "services");
            thread.setDaemon(true);
            return thread;
        });
        List<ServiceProcess> processes = new ArrayList<>();
        for (Service service : Service.values()) {
            ServiceCommand command =
                    ServiceCommand.of(service, root, data, ports, token, scripts, JavaOption.of(service, javaOptions));
            processes.add(new ServiceProcess(service, command, ports, data, progress, scheduler));
        }
        return new Services(List.copyOf(processes), scheduler, Lifeline.over(data.run()));
    }

    /** Fails when a service has not been built. */
    static void checkBuilt(Path root) throws CannotGoOn {
        for (Service service : Service.values()) {
            if (!Files.isRegularFile(ServiceCommand.jar(root, service))) {
                throw new CannotGoOn(service + " has not been built (" + ServiceCommand.jar(root, service)
                        + " is missing); run ./dev build");
            }
        }
    }

    /** Ends what a launcher that was killed left running on this data folder; says so. */
    static void endStale(DataFolder data, Progress progress) throws IOException {
        try (Stream<Path> files = Files.list(data.run())) {
            for (Path file : files.filter(f -> f.toString().endsWith(".pid")).toList()) {
                String pid = Files.readString(file).strip();
                Optional<ProcessHandle> left =
                        ProcessHandle.of(Long.parseLong(pid)).filter(process -> ServiceCommand.isOurs(process, data));
                if (left.isPresent()) {
                    progress.say("process " + pid + " (" + file.getFileName() + ") was left over and is killed");
                    left.get().destroyForcibly();
                    left.get().onExit().join();
                }
                Files.delete(file);
            }
        }
    }

    void start() {
        processes.forEach(ServiceProcess::start);
    }

    /** Waits that long, or until asked to stop; true when every service has been ready once. */
    boolean awaitReady(Duration atMost, StopSignal stop) throws InterruptedException {
        CompletableFuture<Void> all = CompletableFuture.allOf(
                processes.stream().map(ServiceProcess::ready).toArray(CompletableFuture<?>[]::new));
        try {
            CompletableFuture.anyOf(all, stop.asked()).get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // neither is ever completed so
        }
        return all.isDone();
    }

    /** Those that have not been ready yet. */
    String waitedFor() {
        return processes.stream()
                .filter(process -> !process.ready().isDone())
                .map(ServiceProcess::toString)
                .collect(Collectors.joining(", "));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        processes.forEach(ServiceProcess::askToStop);
        for (ServiceProcess process : processes) {
            process.awaitEnd();
        }
        scheduler.shutdownNow();
        lifeline.close();
    }
}
