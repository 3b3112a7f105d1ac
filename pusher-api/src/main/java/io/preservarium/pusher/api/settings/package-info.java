/** Every setting of the service. */
@NullMarked
package io.preservarium.pusher.api.settings;

import org.jspecify.annotations.NullMarked;
