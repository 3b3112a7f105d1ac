package io.preservarium.pusher.journal.store;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * One memory bound for all RocksDB stores of the process; by default each partition takes about 100 MB for itself. The
 * first store that opens sets the bound, with the Streams setting {@link #MEBIBYTES}.
 */
public final class StoreMemory implements RocksDBConfigSetter {

    /** MiB for all stores together, half of it at most for what is not on disk yet. */
    public static final String MEBIBYTES = "pusher.store.memory.mib";

    private static final int DEFAULT_MEBIBYTES = 64;
    private static final long WRITE_BUFFER = 4L * 1024 * 1024;
    private static final int BITS_PER_KEY = 10;

    /** Made with the first store: native pointers made when a class is initialised would be dead ones in a native image. */
    private static Optional<Shared> shared = Optional.empty();

    private record Shared(Cache cache, WriteBufferManager buffers, BloomFilter filter) {}

    private static synchronized Shared shared(int mebibytes) {
        if (shared.isEmpty()) {
            long bytes = mebibytes * 1024L * 1024L;
            LRUCache cache = new LRUCache(bytes, -1, false, 0.1);
            shared = Optional.of(
                    new Shared(cache, new WriteBufferManager(bytes / 2, cache), new BloomFilter(BITS_PER_KEY)));
        }
        return shared.get();
    }

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        Shared memory = shared(Integer.parseInt(String.valueOf(configs.getOrDefault(MEBIBYTES, DEFAULT_MEBIBYTES))));
        BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(memory.cache());
        table.setCacheIndexAndFilterBlocks(true);
        table.setCacheIndexAndFilterBlocksWithHighPriority(true);
        table.setPinTopLevelIndexAndFilter(true);
        table.setFilterPolicy(memory.filter());
        options.setTableFormatConfig(table);
        options.setWriteBufferManager(memory.buffers());
        options.setWriteBufferSize(WRITE_BUFFER);
        options.setMaxWriteBufferNumber(2);
        // Most questions are about ids that were never seen.
        options.setMemtablePrefixBloomSizeRatio(0.1);
        options.setMemtableWholeKeyFiltering(true);
        options.setCompressionType(CompressionType.LZ4_COMPRESSION);
    }

    @Override
    public void close(String storeName, Options options) {
        // The bound is shared by every store and lives as long as the process.
    }
}
