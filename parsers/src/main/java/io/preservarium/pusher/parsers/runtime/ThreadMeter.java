package io.preservarium.pusher.parsers.runtime;

import java.lang.management.ManagementFactory;
import java.util.OptionalLong;

/** What a thread has used, where the runtime can tell. */
final class ThreadMeter {

    private static final java.lang.management.ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final boolean CPU = THREADS.isThreadCpuTimeSupported() && THREADS.isThreadCpuTimeEnabled();

    private ThreadMeter() {}

    /** Processor time in nanoseconds. */
    static OptionalLong processorTime(long threadId) {
        long time = CPU ? THREADS.getThreadCpuTime(threadId) : -1;
        return time < 0 ? OptionalLong.empty() : OptionalLong.of(time);
    }

    /** Bytes allocated since this thread began; cheap, unlike asking about another one. */
    static OptionalLong allocatedByThis() {
        if (THREADS instanceof com.sun.management.ThreadMXBean threads
                && threads.isThreadAllocatedMemorySupported()
                && threads.isThreadAllocatedMemoryEnabled()) {
            long bytes = threads.getCurrentThreadAllocatedBytes();
            return bytes < 0 ? OptionalLong.empty() : OptionalLong.of(bytes);
        }
        return OptionalLong.empty();
    }

    /** Bytes allocated since the thread began. */
    static OptionalLong allocated(long threadId) {
        if (THREADS instanceof com.sun.management.ThreadMXBean threads
                && threads.isThreadAllocatedMemorySupported()
                && threads.isThreadAllocatedMemoryEnabled()) {
            long bytes = threads.getThreadAllocatedBytes(threadId);
            return bytes < 0 ? OptionalLong.empty() : OptionalLong.of(bytes);
        }
        return OptionalLong.empty();
    }
}
