package io.preservarium.pusher.delivery.book;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/** One memory bound for all stores of the process; by default RocksDB takes about 100 MB for each. */
public final class StoreMemory implements RocksDBConfigSetter {

    public static final String MEBIBYTES = "pusher.store.memory.mib";

    private static volatile Shared shared = new Shared(null, null);

    private record Shared(
            @org.jspecify.annotations.Nullable Cache cache,
            @org.jspecify.annotations.Nullable WriteBufferManager buffers) {}

    private static synchronized Shared shared(int mebibytes) {
        if (shared.cache() == null) {
            long bytes = mebibytes * 1024L * 1024L;
            LRUCache cache = new LRUCache(bytes, -1, false, 0.1);
            shared = new Shared(cache, new WriteBufferManager(bytes / 2, cache));
        }
        return shared;
    }

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        Shared memory = shared(Integer.parseInt(String.valueOf(configs.getOrDefault(MEBIBYTES, 64))));
        BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(java.util.Objects.requireNonNull(memory.cache()));
        table.setCacheIndexAndFilterBlocks(true);
        table.setCacheIndexAndFilterBlocksWithHighPriority(true);
        table.setPinTopLevelIndexAndFilter(true);
        options.setWriteBufferManager(java.util.Objects.requireNonNull(memory.buffers()));
        options.setWriteBufferSize(4L * 1024 * 1024);
        options.setMaxWriteBufferNumber(2);
        options.setTableFormatConfig(table);
    }

    @Override
    public void close(String storeName, Options options) {
        // The bound is shared by every store and lives as long as the process.
    }
}
