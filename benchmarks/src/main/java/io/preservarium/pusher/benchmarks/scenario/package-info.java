/** One file per question that is asked of the pusher. */
@NullMarked
package io.preservarium.pusher.benchmarks.scenario;

import org.jspecify.annotations.NullMarked;
