package io.preservarium.pusher.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/** One memory bound for all partitions of the process together; by default each partition would take some 100 MB for itself. */
@RegisterForReflection
public final class RocksDbBounds implements RocksDBConfigSetter {

    private static final long MEMORY = 96L * 1024 * 1024;
    private static final long WRITE_BUFFERS = 32L * 1024 * 1024;
    private static final long WRITE_BUFFER = 4L * 1024 * 1024;
    private static final int BITS_PER_KEY = 10;

    /** Loaded with the first store and kept as long as the process: stores come and go with the partitions. */
    private static final class Shared {
        private static final Cache CACHE;
        private static final WriteBufferManager WRITES;
        private static final BloomFilter FILTER;

        static {
            RocksDB.loadLibrary();
            CACHE = new LRUCache(MEMORY);
            WRITES = new WriteBufferManager(WRITE_BUFFERS, CACHE);
            FILTER = new BloomFilter(BITS_PER_KEY);
        }
    }

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(Shared.CACHE);
        table.setCacheIndexAndFilterBlocks(true);
        table.setFilterPolicy(Shared.FILTER);
        options.setTableFormatConfig(table);
        options.setWriteBufferManager(Shared.WRITES);
        options.setWriteBufferSize(WRITE_BUFFER);
        options.setMaxWriteBufferNumber(2);
        options.setCompressionType(CompressionType.LZ4_COMPRESSION);
    }

    @Override
    public void close(String storeName, Options options) {
        // What is shared outlives every store.
    }
}
