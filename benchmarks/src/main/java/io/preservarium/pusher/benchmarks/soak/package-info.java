/** Long runs over data that is not ours: {@code ./dev soak}. */
@NullMarked
package io.preservarium.pusher.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
