/** What a REST door costs that does nothing but produce. */
@NullMarked
package io.preservarium.pusher.benchmarks.rest;

import org.jspecify.annotations.NullMarked;
