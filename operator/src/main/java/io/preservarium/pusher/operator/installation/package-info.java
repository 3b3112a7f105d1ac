/** What the parts of the operator share: settings, log, metrics, and the ways to the API server and to pusher-api. */
@NullMarked
package io.preservarium.pusher.operator.installation;

import org.jspecify.annotations.NullMarked;
