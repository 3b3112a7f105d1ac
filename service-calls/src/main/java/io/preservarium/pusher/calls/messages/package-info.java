/** The bodies of pusher-api's answers, one type per message for who writes and who reads it; commands and scripts are in the model. */
@NullMarked
package io.preservarium.pusher.calls.messages;

import org.jspecify.annotations.NullMarked;
