/** Runs scripts on threads of its own, within their limits. */
@NullMarked
package io.preservarium.pusher.parsers.runtime;

import org.jspecify.annotations.NullMarked;
