/** What goes next and what an outcome means: the decisions, each of which becomes an event. */
@NullMarked
package io.preservarium.pusher.delivery.schedule;

import org.jspecify.annotations.NullMarked;
