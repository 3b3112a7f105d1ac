package io.preservarium.pusher.journal.store;

import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;

/** How the rows of a {@link WriteBehindStore} are written out. */
public interface WritePlan {

    /** All together, and every row is read soon. */
    WritePlan TOGETHER = new WritePlan() {
        @Override
        public int phases() {
            return 1;
        }

        @Override
        public int phase(Bytes key, Optional<Object> row) {
            return 0;
        }

        @Override
        public boolean isReadSoon(Bytes key, Object row) {
            return true;
        }
    };

    int phases();

    /** From 0 on: when a row is written out, or deleted where there is none. All of a phase are written before any of the next. */
    int phase(Bytes key, Optional<Object> row);

    /** Whether a row is to stay in memory for a while after it was written out. */
    boolean isReadSoon(Bytes key, Object row);
}
