/** The status view: every command's events, kept as they were read, and the answers made of them. */
@NullMarked
package io.preservarium.pusher.api.status;

import org.jspecify.annotations.NullMarked;
