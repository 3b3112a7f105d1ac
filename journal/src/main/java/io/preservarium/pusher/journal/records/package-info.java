/** One type a topic: its key, headers and value, the id of a record that names none, and where it belongs. */
@NullMarked
package io.preservarium.pusher.journal.records;

import org.jspecify.annotations.NullMarked;
