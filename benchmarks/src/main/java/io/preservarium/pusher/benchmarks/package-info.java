/** Load on the whole path of a command, and the same load on bare baselines beside it, in one run. */
@NullMarked
package io.preservarium.pusher.benchmarks;

import org.jspecify.annotations.NullMarked;
