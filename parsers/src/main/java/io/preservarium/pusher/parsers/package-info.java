/**
 * The script runtime: which version of a parser script is live, and running it within its limits. Everything of the
 * polyglot engines stays in here.
 */
@NullMarked
package io.preservarium.pusher.parsers;

import org.jspecify.annotations.NullMarked;
