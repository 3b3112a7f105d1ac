/** HTTP itself: problems, headers, bodies and their limits. RFC 9110, RFC 9457. */
@NullMarked
package io.preservarium.pusher.api.http;

import org.jspecify.annotations.NullMarked;
