/** The processes under load: the pusher as {@code ./dev up} starts it, children, what they use. */
@NullMarked
package io.preservarium.pusher.benchmarks.platform;

import org.jspecify.annotations.NullMarked;
