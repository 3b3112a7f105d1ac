/** What the state stores of the process share: deadlines, and the one bound of their memory. */
@NullMarked
package io.preservarium.pusher.journal.store;

import org.jspecify.annotations.NullMarked;
