/** Two delivery instances as processes of their own, and what they promise when they fail. */
@NullMarked
package io.preservarium.pusher.delivery.takeover;

import org.jspecify.annotations.NullMarked;
