/** The bare programs that the pusher is compared with: each a process that does its one thing and no more. */
@NullMarked
package io.preservarium.pusher.benchmarks.baseline;

import org.jspecify.annotations.NullMarked;
