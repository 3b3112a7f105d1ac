/** Parser scripts: what is live, and changing it. */
@NullMarked
package io.preservarium.pusher.api.parsers;

import org.jspecify.annotations.NullMarked;
