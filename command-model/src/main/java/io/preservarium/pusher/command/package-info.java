/**
 * The vocabulary: a command, the states it passes through, the evidence for each, and the one fold over that evidence.
 * Nothing here knows a framework, a protocol library or a store.
 */
@NullMarked
package io.preservarium.pusher.command;

import org.jspecify.annotations.NullMarked;
